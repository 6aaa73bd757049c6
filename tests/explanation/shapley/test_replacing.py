"""The game of a network: exact amounts of what is known, like shap's, and the same whichever way it is asked."""

import numpy as np
import pytest
import torch

from netwright.data import prepare
from netwright.explanation.flattening import evidence_of
from netwright.explanation.players import Player, players_of
from netwright.explanation.shapley.exact import exact_shapley
from netwright.explanation.shapley.kernel import kernel_shapley
from netwright.explanation.shapley.permutations import permutation_shapley
from netwright.explanation.shapley.replacing import replacing_game
from netwright.networks import MLPConfig
from netwright.networks.ensemble import Ensemble
from netwright.training.parts import inputs_of
from tests.explanation.models import BENT, deaf_to, mixed_table, model_of

TEN = tuple(Player(f"x{at}", numeric=(at,)) for at in range(10))
NOTHING = torch.zeros(4, 0, dtype=torch.int64)


def value(said, _rows):
    return said[:, 0]


def ten_features(module, seed=0):
    draw = torch.Generator().manual_seed(seed)
    rows, others = (torch.randn(count, 10, generator=draw, dtype=torch.float64) for count in (4, 9))
    empty = torch.zeros(9, 0, dtype=torch.int64)
    return rows, others, replacing_game(module, (rows, NOTHING), (others, empty), TEN, value)


class Alone(torch.nn.Module):
    """A network of anybody's, that reads numbers only."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = torch.nn.Sequential(*layers).double()

    def forward(self, numeric, categorical):
        return self.layers(numeric)


@pytest.mark.parametrize("way", [exact_shapley, kernel_shapley, permutation_shapley])
def test_a_linear_model_gives_each_column_its_weight_times_its_distance_from_the_mean(way):
    module = Alone(torch.nn.Linear(10, 1))
    rows, others, game = ten_features(module)
    known = (rows - others.mean(dim=0)) * module.layers[0].weight[0].detach()
    np.testing.assert_allclose(way(game).amounts.T, known, atol=1e-9)


def test_a_network_of_ten_features_gets_the_amounts_of_the_definition():
    module = Alone(torch.nn.Linear(10, 12), torch.nn.LayerNorm(12), torch.nn.GELU(), torch.nn.Linear(12, 1))
    rows, others, game = ten_features(module)
    worth = np.zeros((4, 1024))
    with torch.no_grad():
        for code in range(1024):
            kept = torch.tensor([bool(code >> at & 1) for at in range(10)])
            mixed = torch.where(kept, rows[:, None], others[None])
            worth[:, code] = module(mixed.reshape(-1, 10), None).reshape(4, 9).mean(dim=1)
    amounts = np.zeros((10, 4))
    counts = np.array([code.bit_count() for code in range(1024)])
    weights = np.array([1 / (10 * np.prod([(9 - at) / (at + 1) for at in range(size)])) for size in range(10)])
    for player in range(10):
        without = np.flatnonzero(~(np.arange(1024) >> player & 1).astype(bool))
        amounts[player] = (worth[:, without | 1 << player] - worth[:, without]) @ weights[counts[without]]
    found = exact_shapley(game)
    np.testing.assert_allclose(found.amounts, amounts, atol=1e-6)
    np.testing.assert_allclose(found.amounts.sum(axis=0), worth[:, -1] - worth[:, 0], atol=1e-12)


def test_shap_says_the_same_within_the_intervals():
    shap = pytest.importorskip("shap")
    module = Alone(torch.nn.Linear(10, 12), torch.nn.Tanh(), torch.nn.Linear(12, 1))
    rows, others, game = ten_features(module)

    def answers(cells):
        with torch.no_grad():
            return module(torch.from_numpy(cells), None)[:, 0].numpy()

    theirs = shap.ExactExplainer(answers, shap.maskers.Independent(others.numpy(), max_samples=9))(rows.numpy())
    np.testing.assert_allclose(exact_shapley(game).amounts.T, theirs.values, atol=1e-6)
    for found in (kernel_shapley(game, 200, 0.0, order=1), permutation_shapley(game, 0.0, most=12)):
        held = np.abs(found.amounts.T - theirs.values) <= found.half.T + 1e-9
        assert held.mean() >= 0.9


@pytest.fixture(scope="module")
def mixed():
    return model_of(mixed_table())


def game_on(model, table, module=None, rows=3, others=6):
    part, beside = (
        inputs_of(prepare(table, model.schema, model.preparation, places, with_target=False))
        for places in (np.arange(rows), np.arange(100, 100 + others))
    )
    players = players_of(model.preparation)
    classes = torch.ones(rows, dtype=torch.int64)
    return replacing_game(
        module or model.module, part, beside, players, lambda said, own: evidence_of(said, classes[own])
    )


class Whole(torch.nn.Module):
    """A network whose parts are not known."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, numeric, categorical):
        return self.network(numeric, categorical)


@pytest.mark.parametrize(
    "config",
    [
        BENT,
        MLPConfig(hidden_sizes=(16,), numeric_embedding="periodic", scaling=True),
        MLPConfig(hidden_sizes=(16,), members=4, residual=True),
    ],
)
def test_columns_encoded_once_answer_as_the_whole_network_does(config):
    model, table = model_of(mixed_table(), config)
    whole, parts = (exact_shapley(game_on(model, table, module)) for module in (Whole(model.module), model.module))
    np.testing.assert_allclose(parts.amounts, whole.amounts, atol=1e-5)


def test_an_ensemble_is_asked_in_parts_too(mixed):
    model, table = mixed
    other, _ = model_of(mixed_table(), seed=2)
    both = Ensemble([model.module, other.module], "binary").eval()
    whole, parts = (exact_shapley(game_on(model, table, module)) for module in (Whole(both), both))
    np.testing.assert_allclose(parts.amounts, whole.amounts, atol=1e-5)


def test_a_column_that_the_network_does_not_hear_gets_nothing():
    model, table = model_of(mixed_table())
    amounts = exact_shapley(game_on(deaf_to(model, "many"), table)).amounts
    names = [player.name for player in players_of(model.preparation)]
    np.testing.assert_allclose(amounts[names.index("many")], 0.0, atol=1e-6)
    assert np.abs(amounts).max() > 0.1


def test_coalitions_that_change_nothing_are_not_asked_again(mixed):
    model, table = mixed
    asked = []
    module = Whole(model.module)
    module.register_forward_hook(lambda _module, inputs, _said: asked.append(len(inputs[0])))
    game = game_on(model, table, module)
    exact_shapley(game)
    assert 0 < sum(asked) < 0.7 * 128 * game.worlds * game.games
