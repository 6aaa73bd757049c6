"""The valid files that are spoilt: a table in every format, a run of one network and of two, a checkpoint."""

import atexit
import gzip
import io
import shutil
import tempfile
import zipfile
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from netwright.core.errors import NetwrightError

HEADER = ("width", "height", "colour", "day", "note", "kind")
QUICK = {
    "training.epochs": 2,
    "training.threads": 1,
    "training.engine": "eager",
    "training.device": "cpu",
    "network.hidden_sizes": [4],
    "evaluation.trees": False,
}
ROWS = 40


@cache
def workplace() -> Path:
    """A folder that goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="netwright-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _frame() -> pl.DataFrame:
    """Numbers with holes, words, days, text in two alphabets, and a class that depends on them."""
    numbers = range(ROWS)
    columns = (
        [i * 37 % 101 / 9 for i in numbers],
        [None if i % 11 == 3 else i * 53 % 97 for i in numbers],
        [("red", "green", "blue")[i % 3] for i in numbers],
        [date(2024, 1, 1) + timedelta(days=i * 17 % 60) for i in numbers],
        [f"é {i}, \u4e2d" if i % 2 else None for i in numbers],
        [("lily", "rose")[i * 7 % 5 > 2] for i in numbers],
    )
    return pl.DataFrame(dict(zip(HEADER, columns, strict=True)))


@cache
def table(ending: str) -> bytes:
    """The same rows as a file that ends in `ending`."""
    frame, buffer = _frame(), io.BytesIO()
    writers = {
        "csv": lambda: frame.write_csv(buffer),
        "tsv": lambda: frame.write_csv(buffer, separator="\t", null_value="NA"),
        "jsonl": lambda: frame.write_ndjson(buffer),
        "json": lambda: frame.write_json(buffer),
        "parquet": lambda: frame.write_parquet(buffer, compression="uncompressed"),
        "packed.parquet": lambda: frame.write_parquet(buffer, compression="zstd", row_group_size=16),
        "arrow": lambda: frame.write_ipc(buffer, compression="uncompressed"),
        "packed.arrow": lambda: frame.write_ipc(buffer, compression="zstd"),
        "gz": lambda: buffer.write(gzip.compress(table("csv"), mtime=0)),
        "zip": lambda: _write_zip(buffer),
    }
    writers[ending]()
    return buffer.getvalue()


def _write_zip(buffer: io.BytesIO) -> None:
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("t.csv"), table("csv"), zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("about/read.me"), b"rows of flowers")


@cache
def run(members: int) -> Path:
    """A finished run; whoever changes a file of it puts it back."""
    import netwright as nw

    source = workplace() / "flowers.csv"
    source.write_bytes(table("csv"))
    asked = {**QUICK, "ensemble.members": members, "ensemble.learning_curve": members > 1, "rate_test.run": members > 1}
    options = nw.FitOptions(runs=workplace() / "runs", name=f"run-{members}")
    try:
        return nw.fit(source, "kind", settings=asked, options=options).path
    except NetwrightError as error:
        raise AssertionError("the original cannot be made") from error  # no refusal of a spoilt file


@cache
def checkpoint() -> Path:
    """The folder of one checkpoint, step-N, of the training in `tests.training.small_runs`."""
    from netwright.training.fit import Session, fit
    from netwright.training.records import RecordSink
    from tests.training.small_runs import CONFIG, make_batches, make_module

    folder = workplace() / "checkpoints"
    with RecordSink(workplace() / "records.jsonl") as sink:
        fit(make_module(), make_batches(), CONFIG, session=Session(folder=folder, records=sink))
    return sorted(folder.glob("step-*"))[-1]


@cache
def log() -> bytes:
    """The log of that training, a line for each step and epoch."""
    checkpoint()
    return (workplace() / "records.jsonl").read_bytes()


def prepare() -> None:
    """Make what takes seconds, before a reader is timed."""
    for make in (lambda: run(1), lambda: run(2), checkpoint):
        make()
