from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Batch, Engine, take_step
from netwright.training.fit import fit
from netwright.training.losses import loss_for, prepare_targets
from netwright.training.optimizers import make_updater
from tests.training.small_runs import make_batches, make_module

CONFIG = TrainingConfig(batch_size=27, class_weights="balanced", learning_rate=0.01)


def gradients(module, config, dtype):
    rows = make_batches()
    module = module.to(dtype)
    targets = prepare_targets(rows.train_targets, "multiclass", dtype)
    engine = Engine(module, loss_for(config, "multiclass", targets), make_updater(module, config), None, config)
    inputs = (rows.train_inputs[0].to(dtype), rows.train_inputs[1])
    loss, norm, *_ = take_step(engine, Batch(inputs, targets, None, 1, config.learning_rate, True))
    return loss, norm, torch.cat([p.grad.flatten() for p in module.parameters()])


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
@pytest.mark.parametrize("parts", [2, 4, 5, 13])  # 27 rows: all leave a ragged last micro-batch
def test_micro_batches_add_up_to_the_large_batch(dtype, tolerance, parts):
    settings = {"normalization": "none", "dropout": 0.0}
    whole = gradients(make_module(**settings), CONFIG, dtype)
    split = gradients(make_module(**settings), replace(CONFIG, accumulate=parts), dtype)
    for one, other in zip(whole, split, strict=True):
        assert torch.linalg.vector_norm(one - other) <= tolerance * torch.linalg.vector_norm(one)


def test_one_step_is_the_one_written_by_hand():
    module, twin = make_module(), make_module()
    config = replace(CONFIG, class_weights="none", weight_decay=0.1, weight_decay_form="coupled")
    rows = make_batches()
    torch.manual_seed(0)
    gradients(module, config, torch.float32)
    torch.manual_seed(0)
    decayed = [p for p in twin.parameters() if p.ndim > 1]
    others = [p for p in twin.parameters() if p.ndim == 1]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others}]
    optimizer = torch.optim.Adam(groups, lr=0.01)
    nn.functional.cross_entropy(twin(*rows.train_inputs), rows.train_targets).backward()
    optimizer.step()
    for one, other in zip(module.parameters(), twin.parameters(), strict=True):
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-7)


def test_clipping_limits_the_norm_but_reports_the_one_before():
    limited = replace(CONFIG, clip_norm=0.01)
    torch.manual_seed(0)
    _, norm, clipped = gradients(make_module(), limited, torch.float32)
    torch.manual_seed(0)
    _, same_norm, free = gradients(make_module(), CONFIG, torch.float32)
    assert norm == same_norm == pytest.approx(free.norm().item(), rel=1e-5)
    assert clipped.norm().item() == pytest.approx(0.01, rel=1e-3)
    torch.manual_seed(0)
    _, _, by_value = gradients(make_module(), replace(CONFIG, clip_value=0.02), torch.float32)
    assert torch.equal(by_value, free.clamp(-0.02, 0.02))


def test_shares_of_dropout_follow_their_schedule_and_come_back():
    module, seen = make_module(dropout=0.4), []
    config = replace(CONFIG, batch_size=9, epochs=4, dropout_schedule="flat_cosine", engine="eager", record_every=1)
    config = replace(config, device="cpu", patience=None)
    (dropout, *others) = (layer for layer in module.modules() if isinstance(layer, nn.Dropout))
    dropout.register_forward_pre_hook(lambda layer, _: seen.append(layer.p) if layer.training else None)
    steps = fit(module, make_batches(), config).steps
    t = torch.arange(steps, dtype=torch.float64) / steps
    expected = 0.4 * torch.where(t < 0.5, 1.0, torch.sin(torch.pi * t) ** 2)
    assert torch.allclose(torch.tensor(seen, dtype=torch.float64), expected)
    assert [layer.p for layer in (dropout, *others)] == [0.4, 0.4]
