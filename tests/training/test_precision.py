from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.core.errors import RecipeError
from netwright.training import precision
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig, validate
from netwright.training.engines.choice import choose_engine
from netwright.training.fit import fit
from netwright.training.precision import FLOAT32, Candidate, Trial, choose_precision, computing, is_as_good, race

CONFIG = TrainingConfig(epochs=2, batch_size=16, patience=None, threads=1, record_every=1)


def slowed(slow: str, scale: float = 1.0):
    """A trainer by whose clock one precision is slow, and whose bfloat16 losses are `scale` times float32's."""

    def trainer(module: nn.Module, name: str):
        def step() -> float:
            clock.now += 2.0 if name == slow else 1.0
            return scale if name == "bfloat16" else 1.0

        return step

    return trainer


class Clock:
    now = 0.0

    def perf_counter(self) -> float:
        return self.now

    monotonic = perf_counter


clock = Clock()


@pytest.fixture(autouse=True)
def fake_time(monkeypatch, request):
    if "slowed" in request.node.name:
        monkeypatch.setattr(precision, "time", clock)


def batches(rows: int = 64) -> Batches:
    torch.manual_seed(3)
    inputs = torch.randn(rows, 8)
    return Batches((inputs,), (inputs.sum(1) > 0).long(), (inputs,), (inputs.sum(1) > 0).long())


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))


def test_what_is_asked_for_is_taken_and_nothing_is_measured():
    choice = choose_precision("bfloat16", network(), lambda *_: pytest.fail("measured"))
    assert (choice.value, choice.reason) == ("bfloat16", "asked for")


def test_slowed_float32_loses():
    choice = choose_precision("auto", network(), slowed("float32"))
    assert choice.value == "bfloat16"
    assert "1e+03 ms in bfloat16 and 2e+03 ms in float32" in choice.reason


def test_slowed_bfloat16_loses():
    choice = choose_precision("auto", network(), slowed("bfloat16"))
    assert choice.value == "float32"
    assert "not faster" in choice.reason


@pytest.mark.parametrize("scale", [1.05, float("nan")])
def test_slowed_float32_wins_where_losses_differ(scale):
    choice = choose_precision("auto", network(), slowed("float32", scale))
    assert choice.value == "float32"
    assert "within the first steps" in choice.reason


def test_losses_agree_within_a_share():
    plain = Trial(FLOAT32, 1.0, (2.0, 1.0))
    assert is_as_good(replace(plain, losses=(2.01, 1.005)), plain)
    assert not is_as_good(replace(plain, losses=(2.0, 1.02)), plain)


def test_candidates_train_copies_of_one_network_that_stays_as_it_is():
    module = nn.Conv2d(2, 3, 3)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    seen = []

    def trainer(copied: nn.Module, name: str):
        seen.append(copied.weight.is_contiguous(memory_format=torch.channels_last))
        assert all(torch.equal(before[key], value) for key, value in copied.state_dict().items())

        def step() -> float:
            with torch.no_grad():
                copied.weight.add_(1.0)
            return 0.0

        return step

    trials = race(module, trainer, (FLOAT32, Candidate("float32", channels_last=True)))
    assert seen == [False, True]
    assert [trial.candidate.name for trial in trials] == ["float32", "float32, channels last"]
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())


def test_bfloat16_is_what_products_are_computed_in_and_what_leaves_it_alone_is_float32():
    layer, rows = nn.Linear(4, 4), torch.randn(3, 4)
    with computing("bfloat16"):
        assert layer(rows).dtype == torch.bfloat16
    with computing("float32"):
        assert layer(rows).dtype == torch.float32


def test_a_training_in_bfloat16_is_near_that_in_float32_and_keeps_float32_weights():
    found = {}
    for name in ("float32", "bfloat16"):
        module, records = network(), []
        fit(module, batches(), replace(CONFIG, engine="eager", precision=name), (records.append,))
        found[name] = [record.loss for record in records if record.kind == "step"]
        assert all(weight.dtype == torch.float32 for weight in module.parameters())
    assert found["float32"] != found["bfloat16"]
    assert found["bfloat16"] == pytest.approx(found["float32"], rel=0.02)


def test_micro_batches_are_computed_in_bfloat16_too():
    found = {}
    for parts in (1, 2):
        module, records = network(), []
        config = replace(CONFIG, engine="eager", precision="bfloat16", accumulate=parts)
        fit(module, batches(), config, (records.append,))
        found[parts] = [record.loss for record in records if record.kind == "step"]
    assert found[2] == pytest.approx(found[1], rel=0.01)


def test_the_fused_engine_leaves_bfloat16_to_the_eager_one():
    name, choice = choose_engine(network(), replace(CONFIG, precision="bfloat16"), batches())
    assert name == "eager"
    assert "bfloat16" in choice.reason


def test_an_unknown_precision_is_refused_with_the_nearest():
    with pytest.raises(RecipeError, match="did you mean 'bfloat16'"):
        validate(TrainingConfig(precision="bfloat"))
