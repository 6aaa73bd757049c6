"""What the answers of a run rest on: single rows, all rows, one column at a time, and what would change an answer."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.core.errors import ContractError, NetwrightError, RecipeError, RunError, nearest
from netwright.core.explanations import Counterfactual, Dependence, Explained, Explanation, ImportanceTable
from netwright.core.findings import Finding
from netwright.training.run_directory import EXPLANATIONS, explained_of, locked, put_aside, write_part

if TYPE_CHECKING:
    from netwright.data import Conformed, Table
    from netwright.training.forecasting.inference import ForecastModel
    from netwright.training.inference import Model

Tell = Callable[[str], object]  # hears what is being done
AT_ONCE = 16  # rows that are explained between two words on the progress
LEAST_OTHERS = 32  # rows that a row is compared with; where fewer are given, test rows of the run join them
LEAST_LABELLED = 10  # rows that an importance is measured on


@dataclass(frozen=True)
class Flip:
    """What a counterfactual is to reach, and what it may not touch."""

    wanted: str | float | None = None  # a class, else the nearest; of a regression the value
    keep: str | Sequence[str] = ()  # columns that stay as they are

    @property
    def kept(self) -> tuple[str, ...]:
        return (self.keep,) if isinstance(self.keep, str) else tuple(self.keep)


@dataclass(frozen=True)
class Questions:
    """What is asked of a run on rows."""

    rows: tuple[int, ...] = ()  # of the source, from 1; none: the first `number`
    number: int = 3
    method: str = "auto"
    importance: bool = True
    counterfactual: bool = False
    dependence: tuple[str, ...] = ()  # columns
    wanted: str | None = None  # what a counterfactual is to reach: a class, or a value
    keep: tuple[str, ...] = ()  # columns that it leaves as they are


@dataclass(frozen=True)
class _Asked:
    """Rows that fit the run, with their targets where the source has them."""

    conformed: "Conformed"  # with the target column as it stood, if any; no row is set aside for it
    labelled: "Table | None"  # rows with a target that the run knows
    rows: int  # of the source; those after them in the frame are only compared with
    named: str  # the source, for people
    odd: tuple[Finding, ...] = ()  # about the rows
    notes: tuple[str, ...] = ()

    @property
    def enough(self) -> "Table | None":
        """The rows with a target, where an importance can be measured on them."""
        return None if self.labelled is None or self.labelled.frame.height < LEAST_LABELLED else self.labelled

    @property
    def too_few(self) -> tuple[str]:
        rows = 0 if self.labelled is None else self.labelled.frame.height
        return (f"importance needs {LEAST_LABELLED} rows with a known target, and {self.named} has {rows}",)


def nothing_told(_: str) -> None:
    """Hear the progress and say nothing."""


def explain_model(
    folder: Path, model: "Model", source: Any, asked: Questions, tell: Tell = nothing_told
) -> tuple[Explained, tuple[Finding, ...]]:
    """Explain answers of a run on rows; also return what was odd about the rows.

    Args:
        folder: the run directory.
        model: its network.
        source: rows with the training columns, with or without the target; None: the run's own test rows.
        asked: what about them.
        tell: hears what is being done.

    Raises:
        RecipeError: there is no such method or column.
        ContractError: there is no such row, or a column is missing.
        RunError: the run's own rows cannot be read again.
    """
    _check(model, asked)
    tell("reading the rows")
    given = _own_rows(folder, model) if source is None else _given_rows(folder, model, source)
    positions = _positions(given, asked)
    rows = tuple(_explained_rows(model, given, positions, asked.method, tell))
    importance, notes = _importance(model, given, asked.importance, tell)
    places, more = _places(model, given, asked.importance, tell)
    dependences = tuple(_dependence(model, given, column, tell) for column in asked.dependence)
    others = [at for at, one in zip(positions, rows, strict=True) if one.answer != asked.wanted]
    flips = tuple(_flips(model, given, others, asked, tell)) if asked.counterfactual else ()
    notes = tuple(dict.fromkeys((*given.notes, *notes, *more)))
    return Explained(rows, importance, dependences, flips, notes, places), given.odd


def explain_forecasts(
    model: "ForecastModel", source: Any, what: tuple[str | None, int | None], method: str
) -> Explained:
    """Explain the forecasts after the last row of each series; `what` is the channel and the step."""
    from netwright.explanation.forecasts import explain_forecast

    check_method(method)
    return Explained(tuple(_finite(one) for one in explain_forecast(model, source, *what, method)))


def with_past(
    found: Explained, folder: Path, model: "ForecastModel", source: Any, what: tuple[str | None, int | None]
) -> Explained:
    """Add how much the forecasts of many windows rest on each stretch and channel of their past.

    The windows are all those of `source`; None: those of the run's own test rows.
    """
    from netwright.explanation.places.past import given_windows, own_windows, past_importance

    left_out = "how much forecasts rest on each part of the past is left out"
    try:
        windows = own_windows(folder, model) if source is None else given_windows(model, source)
    except NetwrightError as error:  # the run's own data is gone, say; its latest rows are explained all the same
        return replace(found, notes=(*found.notes, f"{left_out}: {error}"))
    places = past_importance(model, windows, *what)
    few = () if places else (f"{left_out}: {len(windows.origins):,} windows are too few, or would take long",)
    return replace(found, notes=(*found.notes, *few), places=places)


def check_method(method: str) -> None:
    """Raise RecipeError where there is no such method."""
    from netwright.explanation.methods import METHODS

    if method != "auto" and method not in METHODS:
        raise RecipeError(
            f"--method: expected auto or one of {', '.join(METHODS)}, got {method!r}; {nearest(method, METHODS)}"
        )


def note_explained(folder: Path, found: Explained) -> Explained:
    """Store what was found in the run; what was asked before and is not asked now stays. Return it with what is odd."""
    with locked(folder):
        try:
            before = explained_of(folder) or Explained()
        except RunError as error:
            why = str(error).removeprefix(f"{folder}: ").partition("; explain")[0]
            said = f"{why}; it is kept as {put_aside(folder, EXPLANATIONS)}, and a new one takes its place"
            before, found = Explained(), replace(found, notes=(*found.notes, said))
        fresh = {one.column for one in found.dependences}
        kept = tuple(one for one in before.dependences if one.column not in fresh)
        importance, places = found.importance or before.importance, found.places or before.places
        dependences = (*kept, *found.dependences)
        whole = replace(found, importance=importance, dependences=dependences, places=places)
        write_part(folder, EXPLANATIONS, whole)
    return found


def _check(model: "Model", asked: Questions) -> None:
    check_method(asked.method)
    features = [column.name for column in model.schema.columns if column.role == "feature"]
    for column in asked.dependence:
        if column not in features:
            raise RecipeError(
                f"--dependence: expected a column that is learnt from, got {column!r}; {nearest(column, features)}"
            )
        if (kind := model.schema.column(column).kind) in ("image", "text", "series"):
            raise RecipeError(
                f"--dependence: expected a column of numbers, dates or categories, got {column!r} of kind {kind}; "
                "leave it out, since single rows of these are explained"
            )
    if asked.counterfactual or asked.wanted is not None:
        _wanted(model, asked.wanted)
    if asked.counterfactual or asked.keep:
        _check_kept(model, asked.keep)
    if asked.number < 1:
        raise RecipeError(f"--rows: expected at least 1, got {asked.number}")


def _check_kept(model: "Model", keep: Sequence[str]) -> None:
    from netwright.explanation.counterfactual import spans_left

    spans_left(model, keep)


def _given_rows(folder: Path, model: "Model", source: Any) -> _Asked:
    from netwright.training.inference import read_new

    given = _fitted(model, read_new(model, source))
    given = replace(given, odd=given.conformed.notes)
    if given.rows >= LEAST_OTHERS or _is_of_one_kind(model):
        return given
    try:
        return _among(given, _own_rows(folder, model))
    except NetwrightError:  # the run's own data is gone: rows are compared with each other
        return given


def _own_rows(folder: Path, model: "Model") -> _Asked:
    """Return the run's test rows."""
    from netwright.training.reopening import regather

    try:
        material = regather(folder).material
    except NetwrightError as error:
        raise RunError(f"{folder}: its own test rows cannot be read again, so name rows to explain: {error}") from error
    return _fitted(model, material.without_training_rows().test)


def _fitted(model: "Model", table: "Table") -> _Asked:
    """Fit a table to the contract, keeping every row, and its target as it stands."""
    from netwright.data import conform

    target, fitted = model.schema.target, conform(table, model.schema, with_target=False)
    if not fitted.table.frame.height:
        raise ContractError(f"{table.source}: expected rows to explain, got none that can be read")
    rows = fitted.table.frame.height
    if target not in table.frame.columns:
        return _Asked(fitted, None, rows, table.source)
    labelled = conform(table, model.schema, with_target=True, compare=False).table
    frame = fitted.table.frame.with_columns(table.frame[target])
    return _Asked(replace(fitted, table=replace(fitted.table, frame=frame)), labelled, rows, table.source)


def _is_of_one_kind(model: "Model") -> bool:
    """Whether an image, a series or a text is all that is read: such a row is compared with a blank one."""
    from netwright.explanation.players import players_of

    return (
        model.preparation.image is not None
        or model.preparation.series is not None
        or (bool(model.preparation.texts) and len(players_of(model.preparation)) == 1)
    )


def _among(given: _Asked, own: _Asked) -> _Asked:
    """Put the run's own rows after those that are given, to be compared with."""
    import numpy as np
    import polars as pl

    table, others = given.conformed.table, own.conformed.table
    names = [name for name in table.frame.columns if name in others.frame.columns]
    frame = pl.concat([table.frame.select(names), others.frame.select(names)], how="vertical_relaxed")
    joined = replace(table, frame=frame, row=np.concatenate([table.row, others.row]))
    note = f"{given.named} has few rows, so each is compared with test rows of the run as well"
    return replace(given, conformed=replace(given.conformed, table=joined), notes=(note,))


def _positions(given: _Asked, asked: Questions) -> list[int]:
    """Return the places in the frame of the rows that are asked about."""
    numbers = given.conformed.table.row[: given.rows]
    if not asked.rows:
        return list(range(min(asked.number, given.rows)))
    places = {int(number): at for at, number in enumerate(numbers)}
    for row in dict.fromkeys(asked.rows):
        if row not in places:
            nearby = sorted(places, key=lambda number: (abs(number - row), number))[:3]
            raise ContractError(
                f"--row: expected one of {given.rows:,} rows of {given.named}, {numbers.min():,} to {numbers.max():,}, "
                f"got {row:,}; the nearest are {', '.join(map(str, sorted(nearby)))}"
            )
    return [places[row] for row in dict.fromkeys(asked.rows)]


def _explained_rows(
    model: "Model", given: _Asked, positions: Sequence[int], method: str, tell: Tell
) -> Iterator[Explanation]:
    from netwright.explanation.rows import explain_rows

    for at in range(0, len(positions), AT_ONCE):
        tell(f"explaining row {at + 1:,} of {len(positions):,}")
        for one in explain_rows(model, given.conformed, positions[at : at + AT_ONCE], method):
            yield _finite(one)


def _finite(one: Explanation) -> Explanation:
    if not (math.isfinite(one.output) and math.isfinite(one.reference)):
        raise RunError(
            f"the network answers row {one.row:,} with no finite number, so there is nothing to explain; "
            "see netwright diagnose"
        )
    return one


def _importance(
    model: "Model", given: _Asked, wanted: bool, tell: Tell
) -> tuple[ImportanceTable | None, tuple[str, ...]]:
    from netwright.explanation.players import players_of

    if not wanted or len(players_of(model.preparation)) < 2:
        return None, ()
    if (table := given.enough) is None:
        return None, given.too_few
    from netwright.explanation.permutation import permutation_importance

    tell("shuffling each column, for its importance")
    return permutation_importance(model, table), ()


def _places(
    model: "Model", given: _Asked, wanted: bool, tell: Tell
) -> tuple[tuple[ImportanceTable, ...], tuple[str, ...]]:
    """Return how much all answers rest on blocks of images, stretches of series or single words."""
    from netwright.explanation.places import blocks, erased_words, stretches

    preparation = model.preparation
    if not wanted or not _is_of_one_kind(model):
        return (), ()
    if preparation.image is None and preparation.series is None:
        tell("erasing each word, for its importance")
        frame = given.conformed.table.frame[: given.rows]
        found = erased_words.word_importance(model, replace(given.conformed.table, frame=frame))
        few = f"no word matters clearly over {given.rows:,} texts of {given.named}, which may be too few to tell"
        return found, () if found else (few,)
    if (table := given.enough) is None:
        return (), given.too_few
    tell("dealing out each place, for its importance")
    if preparation.image is not None:
        block = blocks.block_importance(model, table)
        found = () if block is None else (block,)
    else:
        found = stretches.series_importance(model, table)
    return found, () if found else ("how much all answers rest on each place is left out: it would take long",)


def _dependence(model: "Model", given: _Asked, column: str, tell: Tell) -> Dependence:
    from netwright.explanation.dependence import partial_dependence

    tell(f"changing {column}, and nothing else")
    return partial_dependence(model, given.conformed.table, column)


def _flips(
    model: "Model", given: _Asked, positions: Sequence[int], asked: Questions, tell: Tell
) -> Iterator[Counterfactual]:
    from netwright.explanation.counterfactual import counterfactual

    table = given.conformed.table
    for at in positions:
        tell(f"looking for the smallest change of row {table.row[at]:,}")
        yield counterfactual(model, table, at, _wanted(model, asked.wanted), asked.keep)


def _wanted(model: "Model", wanted: str | None) -> str | float | None:
    """Return the class, or the value, that an answer is to become.

    Raises:
        RecipeError: it is no class of the run, or a value is needed.
    """
    if model.schema.task != "regression":
        classes = model.schema.classes
        if wanted is not None and wanted not in classes:
            raise RecipeError(f"--wanted: expected a class, got {wanted!r}; {nearest(wanted, classes)}")
        return wanted
    try:
        return float(wanted or "")
    except ValueError:
        target = model.schema.target
        raise RecipeError(
            f"--wanted: expected the value of {target!r} that a counterfactual is to reach, got {wanted or 'none'}"
        ) from None
