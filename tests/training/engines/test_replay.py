"""What is recorded for a GPU trains as what is not, resumes to the same bytes, and skips what is not finite."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.core.errors import Interrupted
from netwright.networks.layers.activations import FunctionActivation
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.replay import recorder_for
from netwright.training.fit import fit
from netwright.training.optimizers import is_recordable
from tests.training.small_runs import make_batches, make_module, run_in

CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="recorded steps need a GPU")
CONFIG = TrainingConfig(
    epochs=4,
    batch_size=8,
    optimizer="muon",
    weight_decay=0.01,
    clip_norm=1.0,
    ema_decay=0.9,
    seed=5,
    device="cuda",
    record_every=5,
    checkpoint_every=3600.0,
)


class There(torch.Tensor):
    """A tensor that says it lies on a GPU."""

    is_cuda = True


def there(module, config, mixed=False):
    """Return the recorder of a module as if it lay on a GPU."""
    return recorder_for(module, [torch.ones(1).as_subclass(There)], config, 8, mixed)


def test_on_a_cpu_nothing_is_recorded():
    module = make_module()
    assert recorder_for(module, list(module.parameters()), CONFIG, 8, False) is None


def test_on_a_gpu_known_networks_are():
    assert there(make_module(), CONFIG) is not None
    assert there(nn.Sequential(nn.Linear(2, 2), nn.ReLU()), CONFIG) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"compile": "off"},
        {"accumulate": 2},
        {"dropout_schedule": "flat_cosine"},
        {"optimizer": "sgd"},
        {"l1": 0.1},
        {"optimizer": "adam", "weight_decay_form": "coupled"},
    ],
)
def test_what_changes_on_the_host_is_not_recorded(changes):
    assert there(make_module(), replace(CONFIG, **changes)) is None


def test_what_decides_on_the_host_is_not_recorded():
    class Own(nn.Module):
        """May do anything."""

    assert there(nn.Sequential(Own()), CONFIG) is None
    assert there(nn.Sequential(FunctionActivation(torch.sin)), CONFIG) is None
    assert there(make_module(), CONFIG, mixed=True) is None
    assert not is_recordable(replace(CONFIG, optimizer="rmsprop"))


def losses(module, batches, config):
    result = fit(module, batches, config)
    return [epoch.train_loss for epoch in result.epochs], result.notes


@CUDA
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_recorded_steps_learn_as_others_do(optimizer):
    config = replace(CONFIG, optimizer=optimizer)
    found, notes = losses(make_module(dropout=0.0), make_batches(), config)
    expected, _ = losses(make_module(dropout=0.0), make_batches(), replace(config, compile="off"))
    assert found == pytest.approx(expected, rel=1e-3)
    assert not notes


@CUDA
def test_recorded_dropout_draws_anew_in_each_step():
    module, batches = make_module(dropout=0.5, normalization="none").cuda().train(), make_batches(8)
    still = replace(CONFIG, learning_rate=1e-30, weight_decay=0.0, ema_decay=None, epochs=8, statistics=False)
    found, notes = losses(module, batches, still)
    assert len(set(found)) == len(found)
    assert not notes


@CUDA
def test_a_recorded_training_resumes_to_the_same_bytes(tmp_path):
    def run(folder, stop_at=None, resume=False):
        return run_in(folder, (make_module(), make_batches()), CONFIG, stop_at, resume)[0]

    (tmp_path / "whole").mkdir()
    expected = run(tmp_path / "whole")
    for step in (1, 5, 10):
        folder = tmp_path / str(step)
        folder.mkdir()
        with pytest.raises(Interrupted):
            run(folder, stop_at=step)
        assert run(folder, resume=True) == expected, step


@CUDA
def test_a_recorded_step_that_is_not_finite_changes_nothing():
    inputs = torch.ones(24, 2)
    inputs[3] = 1e38  # one batch of three in each epoch
    batches = Batches((inputs,), torch.zeros(24, dtype=torch.long))
    module = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    result = fit(module, batches, replace(CONFIG, optimizer="adamw", epochs=6))
    assert any("skipped" in note for note in result.notes)
    assert all(torch.isfinite(value).all() for value in module.state_dict().values())


@CUDA
def test_what_cannot_be_recorded_is_trained_and_said(monkeypatch):
    monkeypatch.setattr(nn.ReLU, "forward", lambda _, x: x.relu() if x.sum().item() is not None else x)
    module = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    batches = Batches((torch.randn(32, 4),), torch.arange(32) % 2)
    result = fit(module, batches, replace(CONFIG, optimizer="adamw"))
    assert any("could not be recorded" in note for note in result.notes)
    assert result.epochs[-1].train_loss < result.epochs[0].train_loss
