"""The smallest change of a row's cells, within the values of training, by which its answer becomes another.

One column is changed first, then two, and so on: from the changes that bring the wanted answer nearest, greedily. Of
those that reach it each change is then made as small as it may be: numbers by smaller steps on the way back, others
undone where they are not needed. The smallest of all is handed on.

Source: S. Wachter, B. Mittelstadt, C. Russell, Counterfactual explanations without opening the black box, 2017.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import ContractError, RecipeError, nearest
from netwright.core.explanations import Counterfactual, Swap
from netwright.data import Table
from netwright.data.labels import label_text
from netwright.data.transforms.numbers import as_float
from netwright.explanation.chosen_rows import classes_said
from netwright.explanation.spans import Span, as_cells, cell_words, span_of, with_cells
from netwright.training.inference import Model, answer

MOST_CHANGES = 4  # columns
WIDTH = 6  # changes that are gone on from
TRIED = 8  # changes that reach what is wanted and are made smaller
STEPS, FINER = 16, 3  # numbers between what is enough and what is not, and how often
DAY = 86_400.0  # seconds

Change = dict[str, Any]  # column -> number, seconds or label


@dataclass(frozen=True)
class Wish:
    """What is wanted: a class, or a value that is reached from one side."""

    name: str
    number: int = -1  # of the class
    value: float = 0.0
    sign: float = 0.0  # of values: whether more or less is wanted


@dataclass(frozen=True)
class Search:
    """A row, the columns that may change, and what is wanted."""

    model: Model
    table: Table
    row: int  # position in the frame
    wish: Wish
    spans: Mapping[str, Span]
    start: Change

    def ask(self, changes: Sequence[Change]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return how near each change comes, and whether it reaches what is wanted."""
        names = sorted({name for change in changes for name in change})
        cells = {name: self._cells(name, changes) for name in names}
        said = answer(self.model, with_cells(self.table, np.full(len(changes), self.row), **cells))
        if said.ndim == 1:
            above = self.wish.sign * (said - self.wish.value)
            return above, above >= 0.0
        reached = classes_said(said, self.model.calibration.threshold) == self.wish.number
        return np.log(np.maximum(said[:, self.wish.number], 1e-300)), reached

    def _cells(self, name: str, changes: Sequence[Change]) -> pl.Series:
        own = self.table.frame[name]
        given = [change[name] for change in changes if name in change]
        made = iter(as_cells(given, own))
        return pl.Series(name, [next(made) if name in change else own[self.row] for change in changes], dtype=own.dtype)

    def distance(self, change: Change) -> float:
        return sum(self._step(name, value) for name, value in change.items())

    def _step(self, name: str, value: Any) -> float:
        before = self.start[name]
        if isinstance(value, str) or before is None:
            return 1.0
        return float(abs(value - before) / self.spans[name].spread)


def counterfactual(
    model: Model, table: Table, row: int, wanted: str | float | None = None, keep: Sequence[str] = ()
) -> Counterfactual:
    """Search for the smallest change of a row by which another answer is given.

    Args:
        model: a trained network with its contract; the ranges and categories are those that it was trained on.
        table: a conforming table.
        row: position in its frame.
        wanted: the class, else the one that is nearest; of a regression, the value to be reached.
        keep: columns that stay as they are.

    Raises:
        ContractError: the row is not there.
        RecipeError: the class is unknown or the answer already, or a value is needed; a column to keep is unknown, or
            no column is left to change.
    """
    if not 0 <= row < table.frame.height:
        raise ContractError(f"row: expected one from 0 to {table.frame.height - 1:,}, got {row:,}; choose another row")
    said = answer(model, table, np.array([row]))
    now, wish = _wish(model, said, wanted)
    spans = spans_left(model, keep)
    search = Search(model, table, row, wish, spans, {name: _now(table, row, span) for name, span in spans.items()})
    best = _search(search)
    number = int(table.row[row])
    if best is None:
        most = min(MOST_CHANGES, len(spans))
        words = f"no change of up to {most} columns within the values of training makes the answer {wish.name}"
        found = Counterfactual(number, now, wish.name, False, (), None, 0.0, words)
    else:
        found = _found(search, best, number, now)
    return replace(found, words=f"{found.words}{_kept(keep)}", kept=tuple(keep))


def spans_left(model: Model, keep: Sequence[str]) -> dict[str, Span]:
    """Return the columns that may change with their values; errors as of `counterfactual`."""
    features = {column.name: column for column in model.schema.features}
    for name in keep:
        if name not in features:
            raise RecipeError(f"--keep: expected a column that is learnt from, got {name!r}; {nearest(name, features)}")
    spans = {name: span_of(model.preparation, column) for name, column in features.items()}
    left = {name: span for name, span in spans.items() if span is not None and name not in keep}
    if not left:
        said = f", with {', '.join(keep)} kept" if keep else ""
        raise RecipeError(
            "counterfactual: expected a column of numbers, dates or categories that may change, got none"
            f"{said}; texts, images and series stay as they are"
        )
    return left


def _kept(keep: Sequence[str]) -> str:
    if not keep:
        return ""
    named = " and ".join(part for part in (", ".join(keep[:-1]), keep[-1]) if part)
    return f", with {named} kept as {'it is' if len(keep) == 1 else 'they are'}"


def _wish(model: Model, said: NDArray[np.float64], wanted: str | float | None) -> tuple[str, Wish]:
    """Return the answer as it is, and what is wanted in its place."""
    if said.ndim == 1:
        if wanted is None or isinstance(wanted, str):
            raise RecipeError(f"wanted: expected a value of {model.schema.target!r} to be reached, got {wanted!r}")
        sign = 1.0 if wanted > said[0] else -1.0
        return f"{said[0]:.6g}", Wish(f"at {'least' if sign > 0 else 'most'} {wanted:.6g}", -1, float(wanted), sign)
    classes, own = model.schema.classes, int(classes_said(said, model.calibration.threshold)[0])
    others = (number for number in range(len(classes)) if number != own)
    name = str(wanted) if wanted is not None else classes[max(others, key=lambda number: float(said[0, number]))]
    if name not in classes:
        raise RecipeError(f"wanted: expected a class, got {name!r}; {nearest(name, classes)}")
    if name == classes[own]:
        raise RecipeError(f"wanted: expected another class than the answer, got {name!r}; choose another")
    return classes[own], Wish(name, classes.index(name))


def _now(table: Table, row: int, span: Span) -> Any:
    cells = table.frame[span.column].gather([row])
    if span.labels:
        return label_text(cells)[0]
    number = float(as_float(cells)[0])
    return None if np.isnan(number) else number


def _search(search: Search) -> Change | None:
    """Return the smallest change that was found."""
    beam: list[Change] = [{}]
    best: Change | None = None
    for count in range(1, min(MOST_CHANGES, len(search.spans)) + 1):
        tried = _wider(search, beam)
        if not tried:
            break
        near, reached = search.ask(tried)
        hits = sorted((tried[at] for at in np.flatnonzero(reached)), key=search.distance)[:TRIED]
        for change in hits:
            smaller = _shrunk(search, change)
            if best is None or search.distance(smaller) < search.distance(best):
                best = smaller
        if best is not None and count > 1:
            return best
        left = np.flatnonzero(~reached)
        beam = _different([tried[at] for at in left[np.argsort(-near[left], kind="stable")]])
    return best


def _wider(search: Search, beam: list[Change]) -> list[Change]:
    """Return each change of the beam with one more column changed."""
    return [
        change | {name: value}
        for change in beam
        for name, span in search.spans.items()
        if name not in change
        for value in span.labels or span.numbers
        if value != search.start[name]
    ]


def _different(changes: list[Change]) -> list[Change]:
    """Return the first changes of different columns."""
    seen: dict[frozenset[str], Change] = {}
    for change in changes:
        seen.setdefault(frozenset(change), change)
        if len(seen) == WIDTH:
            break
    return list(seen.values())


def _shrunk(search: Search, change: Change) -> Change:
    """Return the change with each of its parts undone or, of numbers, as small as it may be; the greatest first."""
    for name in sorted(change, key=lambda name: -search.distance({name: change[name]})):
        without = {key: value for key, value in change.items() if key != name}
        if without and search.ask([without])[1][0]:
            change = without
            continue
        before = search.start[name]
        if isinstance(change[name], str) or before is None:
            continue
        change = change | {name: _nearest(search, change, name, before)}
    return change


def _nearest(search: Search, change: Change, name: str, before: float) -> float:
    """Return the number nearest to `before` at which the change still reaches what is wanted, ever more finely."""
    grain = _grain(search.table.frame[name], search.spans[name].whole)
    enough, short = float(change[name]), before
    for _ in range(FINER):
        steps = short + (enough - short) * np.arange(1, STEPS) / STEPS
        if grain:
            steps = np.unique((np.floor if enough < short else np.ceil)(steps / grain) * grain)
        steps = steps[(steps != enough) & (steps != short)]
        if not len(steps):
            break
        ordered = sorted(steps.tolist(), key=lambda step: abs(step - before))
        reached = search.ask([change | {name: step} for step in ordered])[1]
        at = int(reached.argmax()) if reached.any() else len(ordered)
        short = ordered[at - 1] if at else short
        enough = ordered[at] if at < len(ordered) else enough
    return enough


def _grain(cells: pl.Series, whole: bool) -> float:
    """Return what a column's numbers are multiples of: 1, of days a day in seconds; 0 where of nothing."""
    if isinstance(cells.dtype, pl.Datetime):
        present = cells.drop_nulls()
        return DAY if (present.dt.truncate("1d") == present).all() else 1.0
    return float(whole)


def _found(search: Search, change: Change, number: int, now: str) -> Counterfactual:
    frame = search.table.frame
    swaps = tuple(
        Swap(name, cell_words(frame[name].gather([search.row]))[0], cell_words(as_cells([value], frame[name]))[0])
        for name, value in change.items()
    )
    cells = {name: as_cells([value], frame[name]) for name, value in change.items()}
    said = answer(search.model, with_cells(search.table, np.array([search.row]), **cells))
    chance = float(said[0, search.wish.number]) if said.ndim == 2 else None
    becomes = search.wish.name if said.ndim == 2 else f"{said[0]:.6g}"
    told = " and ".join(f"{swap.column} from {swap.before} to {swap.after}" for swap in swaps)
    words = f"with {told}, the answer {now} becomes {becomes}"
    distance = search.distance(change)
    return Counterfactual(number, now, search.wish.name, True, swaps, chance, distance, words)
