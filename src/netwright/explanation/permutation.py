"""Permutation importance: how much worse a network is once the cells of one column are dealt out among the rows anew.

The interval is of 95%, over shuffles and rows together: in each of many resamples the rows are drawn anew, with
replacement, and so are the shuffles that the mean is taken of; its bounds are percentiles.

Source: L. Breiman, Random forests, 2001; A. Fisher, C. Rudin, F. Dominici, All models are wrong, but many are useful,
2019.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from netwright.core.errors import ContractError
from netwright.core.explanations import Importance, ImportanceTable
from netwright.data import Prepared, Table, prepare
from netwright.data.transforms.numbers import as_float
from netwright.explanation.players import Player, players_of
from netwright.training.evaluation.bootstrap import weights_of
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER, Metric, headline_metric, metrics_for
from netwright.training.inference import Model, from_logits
from netwright.training.parts import inputs_of
from netwright.training.predict import predict_logits

MOST_ROWS = 2000
SHUFFLES = 8
RESAMPLES = 400
Dealing = Callable[[Prepared, NDArray[np.int64]], Prepared]  # of rows and an order: the rows with one part dealt anew


@dataclass(frozen=True)
class Judge:
    """The metric, the truth of the rows, and which rows (and shuffles) each resample drew."""

    metric: Metric
    sign: float  # that makes worse greater
    truth: NDArray[np.generic]
    weights: Float[np.ndarray, "resamples rows"]
    shuffles: Int[np.ndarray, "resamples drawn"]

    def of(self, said: NDArray[np.float64]) -> Float[np.ndarray, " one_and_resamples"]:
        """Return the metric on the rows as they are, then on each resample."""
        ones = np.ones((1, len(self.truth)))
        return self.sign * np.concatenate([self.metric(self.truth, said, part) for part in (ones, self.weights)])


@dataclass(frozen=True)
class Labelled:
    """Rows as the network reads them, with what is true of them."""

    part: Prepared
    truth: NDArray[np.generic]  # classes by their positions, or values in the target's own unit

    def of(self, rows: NDArray[np.int64]) -> "Labelled":
        return Labelled(self.part.rows(rows), self.truth[rows])


def permutation_importance(
    model: Model, table: Table, rows: NDArray[np.int64] | None = None, shuffles: int = SHUFFLES, seed: int = 0
) -> ImportanceTable:
    """Return the loss of the headline metric, column by column, most important first.

    Args:
        model: a trained network with its contract.
        table: a conforming table with its target.
        rows: positions in its frame; of more than 2,000 as many, evenly spread, are asked. All without it.
        shuffles: of each column.
        seed: of shuffles and resamples.

    Raises:
        ContractError: the table has no target, or too few rows.
    """
    every = np.arange(table.frame.height) if rows is None else rows
    asked = labelled_rows(model, table, spread(every, MOST_ROWS))
    dealings = {player.name: _dealing(player) for player in players_of(model.preparation)}
    unit, columns = losses_of(model, asked, dealings, shuffles, seed)
    return ImportanceTable("permutation importance", unit, len(asked.truth), columns)


def labelled_rows(model: Model, table: Table, rows: NDArray[np.int64]) -> Labelled:
    """Return some rows of a conforming table, by their positions; errors as of `permutation_importance`."""
    if model.schema.target not in table.frame.columns:
        raise ContractError(
            f"permutation importance: expected rows with their target {model.schema.target!r}, got rows without; add it"
        )
    if len(rows) < 2:
        raise ContractError(f"permutation importance: expected at least 2 rows, got {len(rows)}; give more rows")
    part = prepare(table, model.schema, model.preparation, rows)
    return Labelled(part, _truth(model, table, part, rows))


def losses_of(
    model: Model,
    asked: Labelled,
    dealings: Mapping[str, Dealing],
    shuffles: int = SHUFFLES,
    seed: int = 0,
    headline: bool = True,
) -> tuple[str, tuple[Importance, ...]]:
    """Return the unit, and by how much the answers get worse with each part dealt out anew, most important first.

    Args:
        model: a trained network with its contract.
        asked: of it.
        dealings: each part's, by its name.
        shuffles: of each part.
        seed: of shuffles and resamples.
        headline: the loss of the metric that tables lead with; else the growth of the mean -log p of the truth, which
            feels what is too little to turn an answer over, and of values that of their error.
    """
    rng, truth = np.random.default_rng(seed), asked.truth
    name, judge = _judge(model, truth, rng, shuffles, headline)
    plain = judge.of(_answers(model, asked.part))
    orders = np.stack([rng.permutation(len(truth)) for _ in range(shuffles)])
    found = []
    for part, deal in dealings.items():
        dealt = np.stack([judge.of(_answers(model, deal(asked.part, order))) for order in orders])
        found.append(_importance(part, plain, dealt, judge))
    known = [one for one in found if np.isfinite(one.amount)]
    unit = f"{'loss' if name in HIGHER_IS_BETTER else 'growth'} of {name.replace('_', ' ')}"
    return unit, tuple(sorted(known, key=lambda one: -one.amount))


def spread(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return rows, of more than so many as many, evenly spread."""
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(np.int64))]


def _truth(model: Model, table: Table, part: Prepared, rows: NDArray[np.int64]) -> NDArray[np.generic]:
    if model.schema.task == "regression":
        return as_float(table.frame[model.schema.target].gather(rows))
    assert part.target is not None
    return part.target


def _judge(
    model: Model, truth: NDArray[np.generic], rng: np.random.Generator, shuffles: int, headline: bool
) -> tuple[str, Judge]:
    task = model.schema.task
    rarer = float(np.bincount(truth.astype(np.int64), minlength=2).min() / len(truth)) if task == "binary" else None
    name, _ = headline_metric(task, rarer)
    if rarer == 0.0:
        name = "accuracy"  # there is no area under the curve of one class
    if not headline:
        name = "rmse" if task == "regression" else "log_loss"
    weights = np.concatenate(list(weights_of(len(truth), rng, RESAMPLES)))
    drawn = rng.integers(shuffles, size=(RESAMPLES, shuffles))
    metric = metrics_for(task, model.calibration.threshold)[name]
    return name, Judge(metric, -1.0 if name in HIGHER_IS_BETTER else 1.0, truth, weights, drawn)


def _importance(name: str, plain: NDArray[np.float64], dealt: NDArray[np.float64], judge: Judge) -> Importance:
    worse = dealt - plain
    drawn = np.take_along_axis(worse[:, 1:], judge.shuffles.T, axis=0).mean(axis=0)
    drawn = drawn[np.isfinite(drawn)]
    amount = float(worse[:, 0].mean())
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist() if len(drawn) else (amount, amount)
    return Importance(name, amount, low, high)


def _dealing(player: Player) -> Dealing:
    return lambda part, order: _dealt(part, player, order)


def _dealt(part: Prepared, player: Player, order: NDArray[np.int64]) -> Prepared:
    """Return the rows with one column's cells in another order."""
    numeric, categorical = part.numeric.copy(), part.categorical.copy()
    for cells, own in ((numeric, player.numeric), (categorical, player.categorical)):
        for column in own:
            cells[:, column] = cells[order, column]
    other = replace(part, numeric=numeric, categorical=categorical)
    if player.third and part.pixels is not None:
        return replace(other, pixels=part.pixels[order])
    if player.third and part.series is not None:
        return replace(other, series=part.series[order])
    return other


def _answers(model: Model, part: Prepared) -> NDArray[np.float64]:
    logits = predict_logits(model.module, inputs_of(part)).double().cpu()
    return from_logits(logits, model.preparation, model.calibration.temperature)
