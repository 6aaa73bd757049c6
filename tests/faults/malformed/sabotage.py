"""Readers that are broken on purpose: each must be caught, or the checks say nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Sabotage:
    """A broken reader, the case that shows it, and a word of the fault that must be found."""

    name: str
    case: str
    meddle: Callable[[], object]
    word: str
    limit: float = 10.0


def _drop_ragged_rows() -> None:
    from netwright.data.sources.tables import delimited

    whole = delimited.chunks

    def chunks(blocks, dialect):
        for chunk in whole(blocks, dialect):
            yield replace(chunk, fits=np.ones(chunk.good, bool), reasons=())

    delimited.chunks = chunks


def _sleep() -> None:
    from netwright.data.sources.tables import delimited

    delimited.find_encoding = lambda *_: time.sleep(3600)


def _spin() -> None:
    from netwright.data.sources.tables import delimited

    def find_encoding(*_):
        while True:
            pass

    delimited.find_encoding = find_encoding


def _raise() -> None:
    from netwright.data.sources.tables import delimited

    delimited.find_encoding = lambda *_: {}["encoding"]


def _write_beside() -> None:
    from netwright.data.sources.tables import delimited

    whole = delimited.find_encoding

    def find_encoding(*arguments):
        Path("t.csv.index").write_text("")
        return whole(*arguments)

    delimited.find_encoding = find_encoding


def _forget_rejected() -> None:
    from netwright.training import job, run_directory

    job.write_rejected = lambda folder, _: run_directory.write_rejected(folder, ())


def _answer_fewer() -> None:
    from netwright.training import inference

    inference._with_gaps = lambda frame, table: frame


CONTROLS = [
    Sabotage("ragged rows are dropped in silence", "a row with too few fields", _drop_ragged_rows, "rows unaccounted"),
    Sabotage("the reader sleeps", "a row with too few fields", _sleep, "exit code -9", 0.5),
    Sabotage("the reader goes round in circles", "a row with too few fields", _spin, "exit code -9", 0.5),
    Sabotage("the reader raises what is no sentence", "a row with too few fields", _raise, "exit code 1"),
    Sabotage("the reader writes beside the data", "a row with too few fields", _write_beside, "changed t.csv.index"),
    Sabotage("the reader writes beside what it refuses", "a name stands twice", _write_beside, "changed t.csv.index"),
    Sabotage("rejected.csv lists nothing", "a row with too few fields", _forget_rejected, "in rejected.csv"),
    Sabotage("ragged rows get no answer", "predict: a ragged row", _answer_fewer, "rows unaccounted"),
]
