"""Writing answers to a file."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def write_frame(frame: "pl.DataFrame", path: Path) -> None:
    """Write a frame as its name says, CSV or Parquet, whole or not at all."""
    import io

    from netwright.core.files import write_atomic

    buffer = io.BytesIO()
    if path.suffix == ".parquet":
        frame.write_parquet(buffer)
    else:
        _flat(frame).write_csv(buffer, datetime_format="%Y-%m-%d %H:%M:%S%.f")
    write_atomic(path, buffer.getvalue())


def _flat(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Write sets as JSON, since a cell of a CSV file holds no list."""
    import msgspec
    import polars as pl

    if "set" not in frame.columns:
        return frame
    sets = frame["set"].to_list()
    return frame.with_columns(pl.Series("set", [kept and msgspec.json.encode(kept).decode() for kept in sets]))
