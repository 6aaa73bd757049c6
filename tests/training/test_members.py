"""A network of members trains as so many networks would with the same hidden weights, whose losses are averaged."""

from dataclasses import replace

import pytest
import torch

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit
from netwright.training.losses import LOSSES, loss_for
from netwright.training.predict import predict_logits
from netwright.training.session import Session

MEMBERS, ROWS = 4, 9
NETWORK = MLPConfig((8, 6), dropout=0.0, normalization="none")
TASKS = {"mse": "regression", "mae": "regression", "huber": "regression", "bce": "binary", "cce": "multiclass"}


def loss_of(name, targets):
    task = TASKS[name]
    smoothing = {} if task == "regression" else {"label_smoothing": 0.1, "class_weights": "balanced"}
    return loss_for(TrainingConfig(loss=name, **smoothing), task, targets)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradients_are_those_of_networks_built_one_by_one(name, weighted):
    task = TASKS[name]
    spec = InputSpec(4, (), 3 if task == "multiclass" else 1, task)
    together = build("mlp", replace(NETWORK, members=MEMBERS), spec, 0).double().train()
    plain = build("mlp", NETWORK, spec, 0).double()
    x, codes = torch.randn(ROWS, 4, dtype=torch.float64), torch.zeros(ROWS, 0, dtype=torch.long)
    targets = torch.arange(ROWS) % 3
    targets = targets if task == "multiclass" else (targets > 0).double() if task == "binary" else targets.double()
    weights, loss = (torch.rand(ROWS, dtype=torch.float64) if weighted else None), loss_of(name, targets)
    found = loss(together(x, codes), targets, weights)
    alone = []
    for member in range(MEMBERS):
        own = dict(plain.named_parameters()) | {
            name: weight for name, weight in together.named_parameters() if name.startswith("hidden")
        }
        own["hidden.0.weight"] = together.hidden[0].weight * together.adapter.weight[member]
        own |= {"output.weight": together.output.weight[member], "output.bias": together.output.bias[member]}
        alone.append(loss(torch.func.functional_call(plain, own, (x, codes)), targets, weights))
    expected = torch.stack(alone).mean()
    assert found.item() == pytest.approx(expected.item(), rel=1e-12)
    parameters = list(together.parameters())
    pairs = zip(torch.autograd.grad(found, parameters), torch.autograd.grad(expected, parameters), strict=True)
    assert all(torch.allclose(one, other, rtol=1e-9, atol=1e-12) for one, other in pairs)


@pytest.mark.parametrize("engine", ["eager", "fused"])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_dropout_silences_other_units_in_each_member(engine, dropout):
    """Members that start as one stay one, unless chance treats them apart."""
    config = TrainingConfig(epochs=1, batch_size=ROWS, device="cpu", engine=engine, optimizer="sgd", learning_rate=0.1)
    spec = InputSpec(4, (), 1, "regression")
    module = build("mlp", replace(NETWORK, members=MEMBERS, dropout=dropout), spec, 0)
    with torch.no_grad():
        module.adapter.weight.fill_(1.0)
        module.output.weight.copy_(module.output.weight[:1].expand_as(module.output.weight))
        module.output.bias.zero_()
    rows = Batches((torch.randn(ROWS, 4), torch.zeros(ROWS, 0, dtype=torch.long)), torch.randn(ROWS))
    fit(module, rows, config, session=Session(task="regression"))
    heads = module.output.weight.detach()
    same = [torch.allclose(heads[0], head, atol=1e-6) for head in heads[1:]]
    assert not any(same) if dropout else all(same)


def test_rows_answered_at_once_are_counted_once_for_each_member():
    module, seen = build("mlp", replace(NETWORK, members=MEMBERS), InputSpec(4, (), 1, "binary"), 0), []
    module.hidden.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    inputs = (torch.randn(ROWS, 4), torch.zeros(ROWS, 0, dtype=torch.long))
    in_pieces = predict_logits(module, inputs, batch_size=3 * MEMBERS + 1)
    assert seen == [3 * MEMBERS] * 3
    assert torch.allclose(in_pieces, predict_logits(module, inputs), atol=1e-6)


@pytest.mark.parametrize("engine", ["eager", "fused"])
def test_validation_judges_the_averaged_answer(engine):
    config = TrainingConfig(epochs=2, batch_size=ROWS, device="cpu", engine=engine, patience=None)
    spec = InputSpec(4, (), 3, "multiclass")
    module = build("mlp", replace(NETWORK, members=MEMBERS), spec, 0)
    inputs, targets = (torch.randn(ROWS, 4), torch.zeros(ROWS, 0, dtype=torch.long)), torch.arange(ROWS) % 3
    result = fit(module, Batches(inputs, targets, inputs, targets), config, session=Session(task="multiclass"))
    answers = module.train()(*inputs).reshape(MEMBERS, ROWS, 3).softmax(2).mean(0)
    expected = -answers[torch.arange(ROWS), targets].log().mean()
    assert result.best_value == pytest.approx(expected.item(), rel=1e-5)
