"""Tables that are in memory already: Polars and pandas frames, NumPy arrays, dicts of arrays, (X, y) pairs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from netwright.core.errors import SourceError
from netwright.core.values import Choice
from netwright.data.sources.tables.normal import table_of
from netwright.data.table import ReadOptions, Table

TARGET = "target"


def read_frame(source: Any, options: ReadOptions) -> Table:
    """Turn a value in memory into a table.

    Raises:
        SourceError: it is no kind of table, has no rows, or two of its columns have one name.
    """
    frame, choices = frame_of(source, options)
    return table_of(frame, "a table in memory", options, choices)


def frame_of(source: Any, options: ReadOptions) -> tuple[pl.DataFrame, tuple[Choice, ...]]:
    """The value's columns as they are, and what was chosen on the way; errors as of `read_frame`, rows not counted."""
    if isinstance(source, pl.DataFrame):
        return source, ()
    if isinstance(source, pl.LazyFrame):
        return source.collect(), ()
    if isinstance(source, np.ndarray):
        return _from_array(source, options.columns), ()
    if isinstance(source, dict):
        return columns_of(source), ()
    if isinstance(source, tuple) and len(source) == 2:
        return _from_pair(*source, options)
    if _is_pandas(source):
        return _from_pandas(source), ()
    raise SourceError(
        f"expected a path, @name, pandas or Polars frame, NumPy array, dict of arrays or (X, y), got {type(source)}"
    )


def _is_pandas(source: Any) -> bool:
    return type(source).__module__.split(".")[0] == "pandas" and hasattr(source, "columns")


def _from_pair(features: Any, target: Any, options: ReadOptions) -> tuple[pl.DataFrame, tuple[Choice, ...]]:
    frame, _ = frame_of(features, options)
    name = str(getattr(target, "name", None) or TARGET)
    values = target.to_list() if hasattr(target, "to_list") else np.asarray(target).ravel()
    cells = _column(name, values)
    if len(cells) != frame.height:
        raise SourceError(f"expected as many targets as rows, got {len(cells):,} targets for {frame.height:,} rows")
    if name in frame.columns:
        raise SourceError(f"expected a target apart from the features, got {name!r} in both")
    choice = Choice("data.target", name, "the second of the pair (X, y)")
    return frame.with_columns(cells), (choice,)


def _from_array(array: np.ndarray, names: Sequence[str] | None) -> pl.DataFrame:
    if array.dtype.names:
        return columns_of({name: array[name] for name in array.dtype.names})
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise SourceError(f"expected an array of rows and columns, got one of {array.ndim} dimensions")
    width = array.shape[1]
    if names is None or len(names) != width:
        names = [f"column_{position}" for position in range(1, width + 1)]
    return columns_of({name: array[:, position] for position, name in enumerate(names)})


def columns_of(columns: dict[Any, Any]) -> pl.DataFrame:
    """One column from each array-like value; SourceError where their lengths differ."""
    cells = [_column(str(name), values) for name, values in columns.items()]
    lengths = {series.name: len(series) for series in cells}
    if len(set(lengths.values())) > 1:
        raise SourceError(f"expected columns of one length, got {lengths}")
    return pl.DataFrame(cells)


def _column(name: str, values: Any) -> pl.Series:
    """One column from anything array-like; mixed Python values become text unless all are numbers."""
    if isinstance(values, pl.Series):
        return values.alias(name)
    if _has_pandas_values(values):
        return _from_pandas_series(name, values)
    array = values if isinstance(values, np.ndarray) else np.asarray(values, dtype=_list_type(values))
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    if array.dtype.kind in "OUS":
        return _from_objects(name, array.tolist())
    if array.dtype.kind == "M":
        array = array.astype("datetime64[us]")
    if array.dtype.kind == "m":
        array = array.astype("timedelta64[us]")
    if array.ndim > 1:
        return pl.Series(name, array.tolist())
    return pl.Series(name, np.ascontiguousarray(array))


def _list_type(values: Any) -> type | None:
    """Object where NumPy would turn mixed values into text ([1, "a"]) or refuse ragged lists."""
    kinds = {type(value) for value in values} if isinstance(values, list | tuple) else set()
    return object if len(kinds) > 1 or kinds & {list, dict, tuple} else None


def _from_objects(name: str, values: list[Any]) -> pl.Series:
    present = [None if _is_missing(value) else value for value in values]
    kinds = {type(value) for value in present if value is not None}
    if kinds <= {bool} or kinds <= {int, float, np.int64, np.float64}:
        return pl.Series(name, present, strict=False)
    if any(issubclass(kind, list | dict | tuple | np.ndarray | set) for kind in kinds):
        return pl.Series(name, present, dtype=pl.Object)
    if all(hasattr(kind, "isoformat") for kind in kinds):
        return pl.Series(name, present, strict=False)
    return pl.Series(name, [_spell(value) for value in present], dtype=pl.String)


def _spell(value: Any) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _is_missing(value: Any) -> bool:
    """None, NaN, pandas.NA and NaT: a missing value is not equal to itself, or cannot say so."""
    if value is None:
        return True
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def _has_pandas_values(values: Any) -> bool:
    return type(values).__module__.split(".")[0] == "pandas" and hasattr(values, "to_numpy")


def _from_pandas(frame: Any) -> pl.DataFrame:
    names = [str(name) for name in frame.columns]
    _refuse_duplicates(names)
    return pl.DataFrame([_from_pandas_series(name, frame.iloc[:, at]) for at, name in enumerate(names)])


def _from_pandas_series(name: str, series: Any) -> pl.Series:
    """Without pyarrow: through NumPy where the type allows it, else value by value."""
    kind = str(series.dtype)
    if kind.startswith("datetime64"):
        if getattr(series.dtype, "tz", None) is not None:
            series = series.dt.tz_convert("UTC").dt.tz_localize(None)
        return pl.Series(name, series.to_numpy().astype("datetime64[us]"))
    if kind.startswith(("Int", "UInt", "Float", "boolean")):
        return _from_objects(name, series.astype(object).tolist())
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "biufm":
        return _column(name, series.to_numpy())
    return _from_objects(name, series.astype(object).tolist())


def _refuse_duplicates(names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        shown = ", ".join(map(repr, twice[:12]))
        raise SourceError(f"expected each column name once, got {shown} more than once; rename one of them")
