"""How the answer goes with one column when it alone is changed: in the mean over rows, and row by row.

Source: J. Friedman, Greedy function approximation, 2001 (partial dependence); A. Goldstein, A. Kapelner, J. Bleich,
E. Pitkin, Peeking inside the black box, 2015 (ICE).
"""

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray

from netwright.core.errors import RecipeError, nearest
from netwright.core.explanations import Dependence
from netwright.data import Prepared, Table, prepare
from netwright.data.transforms.numbers import as_float
from netwright.explanation.flattening import evidence_of
from netwright.explanation.players import Player, players_of
from netwright.explanation.spans import Span, as_cells, cell_words, span_of, with_cells
from netwright.training.inference import Model
from netwright.training.parts import inputs_of
from netwright.training.predict import predict_logits

POINTS = 20
MOST_ROWS = 500
SHOWN = 40  # single rows that are kept
CERTAIN = 1.96


def partial_dependence(
    model: Model, table: Table, column: str, rows: NDArray[np.int64] | None = None, answer: str | None = None
) -> Dependence:
    """Return the answers at each of some values of one column, all other cells as they are.

    Args:
        model: a trained network with its contract.
        table: a conforming table.
        column: a feature: numbers and dates at quantiles of training, categories as training knew them.
        rows: positions in the frame, of more than 500 as many, evenly spread; all without it.
        answer: the class whose log-odds are told; the second of two, else the most frequent answer.

    Raises:
        RecipeError: there is no such feature or class, or the column is a text, an image or a series, or constant.
    """
    span = _span(model, column)
    every = np.arange(table.frame.height) if rows is None else rows
    chosen = every[np.unique(np.linspace(0, len(every) - 1, min(MOST_ROWS, len(every))).round().astype(np.int64))]
    grid = as_cells(span.labels or span.numbers, table.frame[column]).unique(maintain_order=True)
    made = with_cells(table, np.repeat(chosen[:1], len(grid)), **{column: grid})
    cells = prepare(made, model.schema, model.preparation, with_target=False)
    part = prepare(table, model.schema, model.preparation, chosen, with_target=False)
    player = next(one for one in players_of(model.preparation) if one.name == column)
    logits = [_logits(model, _changed(part, player, cells, at)) for at in range(len(grid))]
    unit, said = _told(model, torch.stack(logits), _logits(model, part), answer)
    half = CERTAIN * said.std(axis=1) / np.sqrt(len(chosen))
    mean = said.mean(axis=1)
    shown = said.T[np.unique(np.linspace(0, len(chosen) - 1, min(SHOWN, len(chosen))).round().astype(int))]
    numbers = tuple(map(float, range(len(grid)))) if span.labels else tuple(as_float(grid).tolist())
    middle, low, high = (tuple(end.tolist()) for end in (mean, mean - half, mean + half))
    single = tuple(tuple(row) for row in shown.tolist())
    return Dependence(column, unit, cell_words(grid), numbers, middle, low, high, single)


def _span(model: Model, column: str) -> Span:
    features = {one.name: one for one in model.schema.features}
    if column not in features:
        raise RecipeError(f"column: expected a feature, got {column!r}; {nearest(column, tuple(features))}")
    span = span_of(model.preparation, features[column], POINTS)
    if span is None:
        kind = features[column].kind
        raise RecipeError(f"column: expected numbers, dates or categories that vary, got the {kind} column {column!r}")
    return span


def _changed(part: Prepared, player: Player, cells: Prepared, at: int) -> Prepared:
    numeric, categorical = part.numeric.copy(), part.categorical.copy()
    numeric[:, list(player.numeric)] = cells.numeric[at, list(player.numeric)]
    categorical[:, list(player.categorical)] = cells.categorical[at, list(player.categorical)]
    return Prepared(numeric, categorical, None, part.pixels, part.series)


def _logits(model: Model, part: Prepared) -> torch.Tensor:
    return predict_logits(model.module, inputs_of(part)).double().cpu()


def _told(
    model: Model, logits: torch.Tensor, plain: torch.Tensor, answer: str | None
) -> tuple[str, Float[np.ndarray, "points rows"]]:
    """Return the unit and the numbers of logits [points, rows, outputs]."""
    points, rows, outputs = logits.shape
    if model.schema.task == "regression":
        target = model.preparation.target
        return model.schema.target, target.decode(logits[:, :, 0].numpy())
    classes = model.schema.classes
    if answer is not None and answer not in classes:
        raise RecipeError(f"answer: expected a class, got {answer!r}; {nearest(answer, classes)}")
    usual = 1 if outputs == 1 else int(plain.argmax(dim=1).mode().values)
    number = usual if answer is None else classes.index(answer)
    flat = logits.reshape(-1, outputs) / model.calibration.temperature
    said = evidence_of(flat, torch.full((len(flat),), number)).reshape(points, rows)
    return f"log-odds of {classes[number]}", said.numpy()
