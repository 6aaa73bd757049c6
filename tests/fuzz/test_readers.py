"""Whatever bytes a reader is given, it returns or says in one sentence what is wrong.

`atheris_readers.py` looks for longer, by hand: `make fuzz`.
"""

import json
import random
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netwright.core.errors import RunError, SourceError
from tests.fuzz import originals, targets
from tests.fuzz.mutations import Draw, altered_json, altered_toml, spliced
from tests.fuzz.targets import TARGETS, BrokenPromiseError, hold

APART = ("parquet", "arrow")  # Polars may end the process
RUNS = 40
FUZZ = settings(
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module", autouse=True)
def _prepared():
    originals.prepare()


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in APART])
def test_a_reader_keeps_its_promise(name):
    @settings(FUZZ, max_examples=RUNS)
    @given(st.binary(min_size=4, max_size=64))
    def keeps(data):
        hold(TARGETS[name], data)

    keeps()


@pytest.mark.parametrize("name", APART)
def test_a_reader_of_typed_files_keeps_its_promise(name):
    script = Path(__file__).with_name("apart.py")
    done = subprocess.run(
        [sys.executable, str(script), name, "--runs", "500"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "500 runs, 0 broken promises" in done.stdout


def decodes(data: bytes) -> object:
    return data.decode()


def looks_up(data: bytes) -> object:
    tree = json.loads(altered_json(b'{"rows": 3, "names": ["a"]}', Draw(data)))
    return tree["rows"] if isinstance(tree, dict) else None


def says_two_lines(data: bytes) -> object:
    error = SourceError("one line")
    error.args = (f"got {data.decode('latin-1')}\nand more",)
    raise error


def says_nothing(_data: bytes) -> object:
    raise RunError("")


def warns(_data: bytes) -> object:
    return warnings.warn("soon gone", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize(
    ("reader", "kind"),
    [
        (decodes, UnicodeDecodeError),
        (looks_up, KeyError),
        (says_two_lines, BrokenPromiseError),
        (says_nothing, BrokenPromiseError),
        (warns, DeprecationWarning),
    ],
)
def test_a_reader_that_breaks_it_is_caught(reader, kind):
    @settings(FUZZ, max_examples=500)
    @given(st.binary(min_size=4, max_size=64))
    def keeps(data):
        hold(reader, data)

    with pytest.raises(kind):
        keeps()


def test_a_reader_that_takes_too_long_is_caught(monkeypatch):
    clock = iter((0.0, 5.1))
    monkeypatch.setattr(targets.time, "process_time", lambda: next(clock))
    with pytest.raises(BrokenPromiseError, match="within 5 s"):
        hold(len, b"")


@pytest.mark.parametrize("alter", [spliced, altered_json, altered_toml])
def test_the_same_bytes_spoil_a_file_the_same_way(alter):
    valid = b'{\n"a": [1, 2, {"b": "c"}],\n"d": null\n}'
    source = random.Random(0)
    inputs = [source.randbytes(50) for _ in range(2000)]
    assert [alter(valid, Draw(data)) for data in inputs] == [alter(valid, Draw(data)) for data in inputs]


def test_most_spoilt_files_differ_from_the_valid_one_and_some_are_still_read():
    read = 0
    for number in range(60):
        data = bytes([0, 0, *(number * step % 251 for step in range(3, 40))])
        try:
            targets.csv(data)
            read += 1
        except SourceError:
            continue
    assert 5 < read < 60


def test_a_run_is_left_as_it_was():
    before = {path: path.read_bytes() for path in originals.run(1).rglob("*.json")}
    for name in ("schema", "run", "calibration"):
        for data in (b"\xff" * 9, b"\x00\x01\x02\x03\x04\x05\x06\x07"):
            try:
                TARGETS[name](data)
            except RunError:
                continue
    assert {path: path.read_bytes() for path in originals.run(1).rglob("*.json")} == before
