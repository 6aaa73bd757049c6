"""What is to be predicted: a number or a class.

Rule: text and booleans are classes. Numbers are classes where they are whole and either there are two of them, or at
most 20 with at least 10 rows each on average. All other numbers are a regression.
"""

from dataclasses import dataclass

import polars as pl

from netwright.core.errors import SchemaError
from netwright.core.values import Task
from netwright.data.labels import label_text, sort_labels

MOST_NUMBER_CLASSES = 20
ROWS_PER_NUMBER_CLASS = 10


@dataclass(frozen=True)
class Goal:
    """The task, why, and the classes."""

    task: Task
    reason: str
    classes: tuple[str, ...] = ()


def find_goal(cells: pl.Series, asked: Task | None) -> Goal:
    """Decide the task from the target's cells, none of which is missing.

    Raises:
        SchemaError: one value only, as many classes as an identifier has, or the task asked for does not fit.
    """
    distinct = cells.n_unique()
    if distinct < 2:
        value = f"{label_text(cells)[0]!r} in each of {len(cells):,} rows" if len(cells) else "no value in any row"
        raise SchemaError(f"target {cells.name!r}: expected at least two values, got {value}; choose another target")
    task, reason = _task(cells, distinct, asked)
    if task == "regression":
        return Goal(task, reason)
    if distinct > len(cells) / 2 and distinct > 2:
        raise SchemaError(
            f"target {cells.name!r}: expected classes that repeat, got {distinct:,} distinct values in {len(cells):,} "
            "rows, as an identifier has; choose another target"
        )
    return Goal(task, reason, sort_labels(label_text(cells.unique()).to_list()))


def _task(cells: pl.Series, distinct: int, asked: Task | None) -> tuple[Task, str]:
    if asked is not None:
        _check(cells, distinct, asked)
        return asked, "asked for"
    task: Task = "binary" if distinct == 2 else "multiclass"
    if not cells.dtype.is_numeric():
        return task, f"{cells.name!r} holds {distinct:,} distinct labels"
    if not _is_whole(cells):
        return "regression", f"{cells.name!r} holds {distinct:,} distinct numbers, not all of them whole"
    each = len(cells) / distinct
    if distinct == 2 or (distinct <= MOST_NUMBER_CLASSES and each >= ROWS_PER_NUMBER_CLASS):
        limit = f"classes up to {MOST_NUMBER_CLASSES} values with {ROWS_PER_NUMBER_CLASS} rows each"
        return task, f"{cells.name!r} holds {distinct} whole numbers, {each:,.0f} rows each on average ({limit})"
    return "regression", f"{cells.name!r} holds {distinct:,} distinct whole numbers in {len(cells):,} rows"


def _is_whole(cells: pl.Series) -> bool:
    return cells.dtype.is_integer() or bool((cells == cells.round()).all())


def _check(cells: pl.Series, distinct: int, asked: Task) -> None:
    if asked == "regression" and not (cells.dtype.is_numeric() or cells.dtype == pl.Boolean):
        example = label_text(cells)[0]
        raise SchemaError(f"target {cells.name!r}: regression expects numbers, got {example!r}; leave out the task")
    if asked == "binary" and distinct != 2:
        raise SchemaError(f"target {cells.name!r}: binary expects 2 classes, got {distinct:,}; use multiclass")
