from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.core.errors import RunError
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit
from netwright.training.stacked import fit_stacked, stack_key
from tests.training.small_runs import make_batches, make_module

CONFIG = TrainingConfig(epochs=6, batch_size=8, learning_rate=0.01, device="cpu", engine="eager", patience=None)
CASES = {
    "adam": {},
    "average and clipping": {"ema_decay": 0.9, "clip_norm": 0.5, "clip_value": 0.1},
    "decoupled decay": {"weight_decay": 0.1, "schedule": "cosine", "warmup": 0.2},
    "coupled decay of everything, momentum": {
        "optimizer": "momentum",
        "weight_decay": 0.1,
        "weight_decay_form": "coupled",
        "decay_norms_and_biases": True,
    },
    "rmsprop, l1": {"optimizer": "rmsprop", "l1": 0.01, "learning_rate": 0.001},
    "plateau, smoothing, class weights": {
        "schedule": "plateau",
        "plateau_patience": 1,
        "label_smoothing": 0.1,
        "class_weights": "balanced",
    },
    "factors by group": {
        "weight_decay": 0.1,
        "l1": 0.001,
        "rate_factors": {"bias": 0.5, "weight": 2.0},
        "decay_factors": {"normalization": 3.0, "categorical_embedding": 0.0},
    },
    "members within": {"optimizer": "momentum", "clip_norm": 0.5},
    "realmlp": {
        "schedule": "coslog4",
        "parametrization": "ntk",
        "weight_decay": 0.1,
        "weight_decay_schedule": "flat_cosine",
        "dropout_schedule": "flat_cosine",
    },
    "patience": {"patience": 1, "epochs": 30, "learning_rate": 0.05},
}


def members(settings, network):
    configs = [replace(CONFIG, **{"learning_rate": 0.01, **settings}, seed=seed) for seed in range(4)]
    configs = [replace(config, learning_rate=config.learning_rate * (1 + config.seed)) for config in configs]
    return [make_module(seed=seed, **network).double() for seed in range(4)], configs


def doubled():
    rows = make_batches()
    inputs = (rows.train_inputs[0].double(), rows.train_inputs[1])
    validation = (rows.validation_inputs[0].double(), rows.validation_inputs[1])
    return replace(rows, train_inputs=inputs, validation_inputs=validation)


@pytest.mark.parametrize("name", CASES)
def test_each_member_becomes_what_it_would_alone(name):
    network = {"dropout": 0.0, "activation": "silu", "members": 3 if name == "members within" else 1}
    (stacked, configs), (alone, _) = members(CASES[name], network), members(CASES[name], network)
    results, batches = {}, doubled()
    fit_stacked(stacked, configs, batches, "multiclass", results.__setitem__)
    for number, (module, twin, config) in enumerate(zip(stacked, alone, configs, strict=True)):
        expected = fit(twin, batches, config)
        found = results[number]
        assert (found.best_epoch, found.steps, found.stopped_because) == (
            expected.best_epoch,
            expected.steps,
            expected.stopped_because,
        )
        for one, other in zip(found.epochs, expected.epochs, strict=True):
            assert one.train_loss == pytest.approx(other.train_loss, rel=1e-8)
            assert one.validation_loss == pytest.approx(other.validation_loss, rel=1e-8)
            assert one.learning_rate == pytest.approx(other.learning_rate)
        for key, weight in module.state_dict().items():
            assert torch.allclose(weight, twin.state_dict()[key], rtol=1e-6, atol=1e-6), key
        assert not module.training


def test_dropout_differs_between_members_and_learns():
    (stacked, configs), results = members({"epochs": 10}, {"dropout": 0.3}), {}
    same = [replace(config, seed=0, learning_rate=0.01) for config in configs]
    for module in stacked[1:]:
        module.load_state_dict(stacked[0].state_dict())
    fit_stacked(stacked, same, doubled(), "multiclass", results.__setitem__)
    losses = [results[number].epochs[-1].train_loss for number in range(4)]
    assert len(set(losses)) == 4
    assert max(losses) < results[0].epochs[0].train_loss


def test_one_that_diverges_leaves_the_others_alone():
    (stacked, configs), results = members({"optimizer": "sgd", "epochs": 4}, {"dropout": 0.0}), {}
    configs[2] = replace(configs[2], learning_rate=1e300)
    fit_stacked(stacked, configs, doubled(), "multiclass", results.__setitem__)
    assert isinstance(results[2], RunError)
    assert "1e+300" in str(results[2])
    assert all(results[number].best_epoch > 0 for number in (0, 1, 3))


def test_what_cannot_be_stacked_has_no_key():
    module = make_module()
    assert stack_key(module, CONFIG) == stack_key(make_module(seed=1), replace(CONFIG, seed=1, learning_rate=0.1))
    assert stack_key(module, CONFIG) != stack_key(make_module(hidden_sizes=(4,)), CONFIG)
    assert stack_key(module, CONFIG) != stack_key(module, replace(CONFIG, batch_size=16))
    assert stack_key(make_module(activation=torch.sin), CONFIG) is None
    assert stack_key(module, replace(CONFIG, optimizer="muon")) is None
    assert stack_key(module, replace(CONFIG, accumulate=2)) is None

    class Own(nn.Linear):
        pass

    assert stack_key(Own(3, 2), CONFIG) is None
