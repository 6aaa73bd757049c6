"""Shapley values: how exact they are where they are known, and what a row of adult costs beside shap.KernelExplainer.

The peer is asked as fast as it can be: cells are numbers that stand for prepared cells, so that no preprocessing runs
inside it. Errors are those against all 16,384 coalitions beside the same background rows.
"""

import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import torch
from rows import Row

from explainers.networks import Normed
from explainers.runs import Trained
from netwright.data import prepare
from netwright.explanation.chosen_rows import classes_said
from netwright.explanation.flattening import evidence_of
from netwright.explanation.players import Player, players_of
from netwright.explanation.shapley.exact import all_coalitions, exact_shapley, exact_weights
from netwright.explanation.shapley.game import Game
from netwright.explanation.shapley.kernel import kernel_shapley
from netwright.explanation.shapley.permutations import permutation_shapley
from netwright.explanation.shapley.replacing import replacing_game
from netwright.training.inference import answer
from netwright.training.parts import inputs_of
from netwright.training.predict import predict_logits

BACKGROUND = 64


class NumbersOnly(torch.nn.Module):
    """A network of numbers, asked as ours are."""

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, numeric: torch.Tensor, _categorical: torch.Tensor) -> torch.Tensor:
        return self.module(numeric)


def measure_exactness() -> Iterator[Row]:
    """Yield the greatest error on a linear and on a 10-feature network, in double precision."""
    players = tuple(Player(f"x{at}", numeric=(at,)) for at in range(10))
    draw = torch.Generator().manual_seed(3)
    rows, others = (torch.randn(count, 10, generator=draw, dtype=torch.float64) for count in (5, 12))
    empty = torch.zeros(12, 0, dtype=torch.int64)
    linear, bent = torch.nn.Linear(10, 1).double(), Normed(1).double()
    for name, module in (("linear", linear), ("layer norm and GELU", bent)):
        whole = NumbersOnly(module)
        game = replacing_game(whole, (rows, empty[:5]), (others, empty), players, lambda said, _rows: said[:, 0])
        if module is linear:
            known = ((rows - others.mean(dim=0)) * linear.weight[0]).detach().T.numpy()
        else:
            known = by_definition(bent, rows, others)
        error = float(np.abs(exact_shapley(game).amounts - known).max())
        yield Row("greatest error of exact amounts", f"netwright, {name}", error, "", "<= 1e-6", "10 features")


def by_definition(module: torch.nn.Module, rows: torch.Tensor, others: torch.Tensor) -> np.ndarray:
    """Return the mean, over coalitions of each size, of what a player adds, coalition by coalition."""
    coalitions = torch.from_numpy(all_coalitions(10))
    with torch.no_grad():
        worth = [
            module(torch.where(kept, rows[:, None], others).flatten(0, 1)).view(5, -1).mean(1) for kept in coalitions
        ]
    values = torch.stack(worth).numpy()
    found = np.zeros((10, 5))
    for player in range(10):
        without = np.flatnonzero(~(np.arange(1024) >> player & 1).astype(bool))
        added = values[without | 1 << player] - values[without]
        sizes = np.array([int(code).bit_count() for code in without])
        found[player] = np.mean([added[sizes == size].mean(axis=0) for size in range(10)], axis=0)
    return found


def measure_speed(run: Trained, quick: bool) -> Iterator[Row]:
    """Yield seconds and errors on rows of adult, and how much faster ours is at the peer's error or below it."""
    try:
        import shap
    except ImportError:
        yield Row("Shapley, seconds a row of adult", "shap.KernelExplainer", None, "s", note="not installed here")
        return
    rows = 6 if quick else 16
    game, ask, codes = adult_game(run, rows)
    every = np.arange(rows)
    known = exact_weights(all_coalitions(game.players)) @ game.of(all_coalitions(game.players), every)
    work = "Shapley, processor seconds a row of adult"
    for samples in (2076,) if quick else (2076, 6000):
        theirs = _theirs(shap, ask, codes, samples, rows)
        error = _rmse(theirs[1] - known)
        ours = next(found for found in _ours(game) if _rmse(found[1] - known) <= error or found[2])
        own = _rmse(ours[1] - known)
        yield Row(work, f"shap.KernelExplainer, {samples:,} samples", theirs[0], "s", "", f"error {error:.2g}")
        yield Row(work, "netwright", ours[0], "s", "", f"error {own:.2g}")
        note = f"at {samples:,} samples; errors {own:.2g} and {error:.2g} log-odds"
        yield Row("Shapley, times faster than KernelExplainer", "netwright", theirs[0] / ours[0], "x", ">= 10", note)


def _ours(game: Game) -> Iterator[tuple[float, np.ndarray, bool]]:
    """Yield seconds a row, amounts and whether there is no more, from the cheapest."""
    for rounds in (8, 16):
        seconds, found = _timed(lambda most=rounds: permutation_shapley(game, 0.0, most=most).amounts)
        yield seconds / game.games, found, False
    for pairs in (480, 600, 1024, 2048, 4096):
        seconds, found = _timed(lambda most=pairs: kernel_shapley(game, most, 0.0).amounts)
        yield seconds / game.games, found, pairs == 4096


def _theirs(shap: object, ask: Callable[[int], Callable], codes: np.ndarray, samples: int, rows: int):  # type: ignore[no-untyped-def]
    def explain() -> np.ndarray:
        found = []
        for row in range(rows):
            explainer = shap.KernelExplainer(ask(row), codes[rows:])  # type: ignore[attr-defined]
            found.append(
                explainer.shap_values(codes[row : row + 1], nsamples=samples, l1_reg=False, silent=True).ravel()
            )
        return np.stack(found, axis=1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seconds, found = _timed(explain)
    return seconds / rows, found


def adult_game(run: Trained, rows: int) -> tuple[Game, Callable[[int], Callable[[np.ndarray], np.ndarray]], np.ndarray]:
    """Return our game, the peer's function for each row, and the peer's table: rows to explain, then background."""
    model, table = run.model, run.rows.table
    places = np.arange(rows), np.linspace(rows, table.frame.height - 1, BACKGROUND).astype(int)
    own, others = (inputs_of(prepare(table, model.schema, model.preparation, at, with_target=False)) for at in places)
    classes = torch.from_numpy(classes_said(answer(model, table, places[0]), model.calibration.threshold))
    players = players_of(model.preparation)
    game = replacing_game(model.module, own, others, players, lambda said, row: evidence_of(said, classes[row]))
    numeric, categorical = (torch.cat(pair).numpy() for pair in zip(own, others, strict=True))
    codes, cells = np.zeros((len(numeric), len(players))), []
    for at, player in enumerate(players):
        wrote = np.concatenate([numeric[:, list(player.numeric)], categorical[:, list(player.categorical)]], axis=1)
        kinds, back = np.unique(wrote, axis=0, return_inverse=True)
        codes[:, at] = back.ravel()
        cells.append(kinds)

    def ask(row: int) -> Callable[[np.ndarray], np.ndarray]:
        def said(table: np.ndarray) -> np.ndarray:
            shown = np.empty((len(table), numeric.shape[1]), np.float32)
            looked_up = np.empty((len(table), categorical.shape[1]), np.int64)
            for at, player in enumerate(players):
                wrote = cells[at][table[:, at].astype(int)]
                shown[:, list(player.numeric)] = wrote[:, : len(player.numeric)]
                looked_up[:, list(player.categorical)] = wrote[:, len(player.numeric) :]
            logits = predict_logits(model.module, (torch.from_numpy(shown), torch.from_numpy(looked_up)), 1024)
            return evidence_of(logits, classes[row].expand(len(table))).double().numpy()

        return said

    return game, ask, codes


def _timed(what: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    began = time.process_time()
    found = what()
    return time.process_time() - began, found


def _rmse(error: np.ndarray) -> float:
    return float(np.sqrt((error**2).mean()))
