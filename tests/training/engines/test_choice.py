"""Which engine is chosen, and that the reason says why."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.core.errors import RecipeError
from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.networks.layers.activations import ParametricActivation
from netwright.networks.layers.numeric_embedding import PeriodicEmbedding
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.choice import choose_engine, estimate

CONFIG = TrainingConfig(batch_size=64, device="cpu", threads=1)


def rows_of(count=10_000, dtype=torch.float32):
    return Batches(
        (torch.zeros(count, 20, dtype=dtype), torch.zeros(count, 0, dtype=torch.long)), torch.zeros(count).long()
    )


def network(**settings):
    return build("mlp", MLPConfig(**settings), InputSpec(20, (), 3, "multiclass"), 0)


def chosen(module, config=CONFIG, rows=None):
    name, choice = choose_engine(module, config, rows or rows_of())
    assert (choice.name, choice.value) == ("training.engine", name)
    return name, choice.reason


def test_a_small_network_with_many_steps_is_fused():
    name, reason = chosen(network())
    assert name == "fused"
    assert "faster for this network" in reason


def test_a_short_training_does_not_pay_for_loading_compiled_code():
    name, reason = chosen(network(), rows=rows_of(300))
    assert name == "eager"
    assert "loading included" in reason


def test_a_large_network_on_many_threads_is_eager():
    assert chosen(network(hidden_sizes=(2048, 2048)), replace(CONFIG, threads=8))[0] == "eager"


def test_members_are_counted_as_the_work_they_are():
    wide = {"hidden_sizes": (256, 256), "normalization": "none"}
    one, many = (estimate(network(members=members, **wide), CONFIG, rows_of(), 10**9) for members in (1, 32))
    assert 5.0 < many.fused / one.fused < 32.0
    assert many.eager > one.eager


def test_a_short_budget_is_not_spent_on_compiling(monkeypatch):
    monkeypatch.setattr("netwright.training.engines.choice.is_compiled", lambda: False)
    assert choose_engine(network(), CONFIG, rows_of(), seconds_left=100.0)[0] == "fused"
    name, choice = choose_engine(network(), CONFIG, rows_of(), seconds_left=10.0)
    assert name == "eager"
    assert "loaded or compiled first" in choice.reason


def test_an_engine_can_be_asked_for():
    assert chosen(network(), replace(CONFIG, engine="eager")) == ("eager", "asked for by name")
    assert chosen(network(), replace(CONFIG, engine="fused"), rows_of(100)) == ("fused", "asked for by name")


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(20, 3))

    def forward(self, x):
        return x @ self.weight


def hooked():
    module = network()
    module.output.register_forward_hook(lambda *_: None)
    return module


def shared():
    layer = nn.Linear(20, 20)
    return nn.Sequential(layer, nn.ReLU(), layer)


OBSTACLES = {
    "sin is not one of its operations": lambda: network(activation=torch.sin),
    "Own is not one of its operations": Own,
    "Linear has hooks": hooked,
    "a weight is shared by two layers": shared,
    "float64": lambda: network().double(),
    "not around a simple one": lambda: nn.Sequential(nn.Linear(20, 3), ParametricActivation(nn.PReLU(3), 3)),
    "embedding is not the first layer": lambda: nn.Sequential(nn.Linear(20, 3), PeriodicEmbedding(3, (1,), 2, 2, 0.1)),
    "GELU by tanh": lambda: nn.Sequential(nn.Linear(20, 3), nn.GELU(approximate="tanh")),
    "no weights, no running statistics": lambda: nn.Sequential(nn.Linear(20, 3), nn.BatchNorm1d(3, affine=False)),
}


@pytest.mark.parametrize("reason", OBSTACLES)
def test_what_cannot_be_done_falls_to_eager_and_says_why(reason):
    name, said = chosen(OBSTACLES[reason]())
    assert name == "eager"
    assert reason in said
    with pytest.raises(RecipeError, match=r"cannot train this.*take engine = \"auto\""):
        choose_engine(OBSTACLES[reason](), replace(CONFIG, engine="fused"), rows_of())


def test_a_class_or_a_category_beyond_the_network_is_left_to_eager():
    rows = rows_of()
    assert "no class number" in chosen(network(), rows=replace(rows, train_targets=rows.train_targets + 3))[1]
    embedded = build("mlp", MLPConfig(), InputSpec(20, (4,), 3, "multiclass"), 0)
    codes = torch.full((rows.rows, 1), 4)
    odd = replace(rows, train_inputs=(rows.train_inputs[0], codes))
    assert "beyond its embedding" in chosen(embedded, rows=odd)[1]
    assert chosen(embedded, rows=replace(odd, train_inputs=(odd.train_inputs[0], codes - 1)))[0] == "fused"
