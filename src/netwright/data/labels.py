"""One text form for a value, however it was typed: 1, 1.0 and "1" are one category."""

import polars as pl

NUMBERS_ARE_EXACT_BELOW = 2.0**53


def label_text(series: pl.Series) -> pl.Series:
    """Return the cells as String: whole numbers without a decimal point, booleans as True and False.

    A cell's text depends on no other cell: a label is the same among any rows.
    """
    if series.dtype == pl.Boolean:
        return series.replace_strict({True: "True", False: "False"}, return_dtype=pl.String)
    if series.dtype.is_float():
        series = series + 0.0  # -0.0 and 0.0 are one value
        whole = ((series == series.round()) & (series.abs() < NUMBERS_ARE_EXACT_BELOW)).fill_null(True)
        integers = series.cast(pl.Int64, strict=False).cast(pl.String)
        return integers if whole.all() else integers.zip_with(whole, series.cast(pl.Float64).cast(pl.String))
    return series.cast(pl.String)


def count_labels(series: pl.Series) -> dict[str, int]:
    """Return how often each label stands in cells without a missing one, most frequent first, then by label."""
    counts = label_text(series).alias("value").value_counts(name="count")
    return dict(counts.sort(["count", "value"], descending=[True, False]).iter_rows())


def number_text(series: pl.Series) -> pl.Series:
    """Rewrite cells that are numbers in the one form that `label_text` gives ("1.0" -> "1"), leave the others."""
    numbers = series.cast(pl.Float64, strict=False)
    exact = numbers.is_not_null() & (numbers == numbers.round()) & (numbers.abs() < NUMBERS_ARE_EXACT_BELOW)
    return series.zip_with(~exact.fill_null(False), numbers.cast(pl.Int64, strict=False).cast(pl.String))


def sort_labels(labels: list[str]) -> tuple[str, ...]:
    """Sort numerically where every label is a number, else as text."""
    try:
        return tuple(sorted(labels, key=lambda label: (float(label), label)))
    except ValueError:
        return tuple(sorted(labels))
