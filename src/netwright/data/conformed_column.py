"""One column of new data, brought to the kind that training saw."""

import polars as pl

from netwright.core.findings import Finding
from netwright.core.values import Column
from netwright.data.labels import label_text, number_text
from netwright.data.schema.datetimes import parse_dates


def as_kind(cells: pl.Series, column: Column) -> tuple[pl.Series, list[Finding]]:
    """Return the cells as numbers, Datetime or text, null where they do not fit, and a note on those that do not."""
    if column.kind == "numeric":
        return _noted(cells, _numbers(cells), column)
    if column.kind == "datetime":
        return _noted(cells, _dates(cells, column), column)
    if column.kind in ("categorical", "boolean"):
        return _labels(cells, column), []
    return cells, []


def _numbers(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_numeric():
        return cells
    if cells.dtype == pl.Boolean:
        return cells.cast(pl.Int64)
    numbers = cells.cast(pl.String).cast(pl.Float64, strict=False)
    return numbers.set(~numbers.is_finite().fill_null(True), None)


def _dates(cells: pl.Series, column: Column) -> pl.Series:
    if isinstance(cells.dtype, pl.Datetime):
        return cells
    if column.datetime_format is None or cells.dtype not in (pl.String, pl.Categorical):
        text = label_text(cells)
        return text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    return parse_dates(cells.cast(pl.String), column.datetime_format)


def _noted(cells: pl.Series, values: pl.Series, column: Column) -> tuple[pl.Series, list[Finding]]:
    lost = values.is_null() & cells.is_not_null()
    if not lost.any():
        return values.alias(column.name), []
    odd = label_text(cells).filter(lost).alias("cell").value_counts(sort=True, name="count")
    return values.alias(column.name), [unreadable_note(column, dict(odd.iter_rows()))]


def unreadable_note(column: Column, odd: dict[str, int]) -> Finding:
    """Say which cells (text -> how often) became missing because they are not of the column's kind."""
    shown = ", ".join(f"{text!r} ({cells:,})" for text, cells in list(odd.items())[:5])
    evidence = f"{sum(odd.values()):,} cells are not {column.kind} and count as missing: {shown}"
    title = f"{column.name!r} has cells of another type"
    return Finding("data.unreadable", "warning", title, evidence, "", column.name)


def _labels(cells: pl.Series, column: Column) -> pl.Series:
    """Text in the spelling of the schema: 1.0 and "1" are one, and so are True and "true" in a boolean column."""
    labels = label_text(cells)
    known = list(column.categories)
    if labels.drop_nulls().is_in(known).all():
        return labels
    if all(_is_number(category) for category in known):
        labels = labels.zip_with(labels.is_in(known).fill_null(True), number_text(labels))
    if column.kind != "boolean":
        return labels
    by_lower_case = {category.lower(): category for category in known}
    return labels.str.to_lowercase().replace_strict(by_lower_case, default=labels, return_dtype=pl.String)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
