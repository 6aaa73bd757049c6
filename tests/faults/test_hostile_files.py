"""Files that were made to do harm do none, and each does harm to a reader that believes it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("hostile_files.py")


def _run(*words: str) -> str:
    done = subprocess.run([sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=["3", pytest.param("1", marks=pytest.mark.slow)])
def outcomes(request) -> list[dict]:
    """A third of the files, or all."""
    return [json.loads(line) for line in _run("--json", "--every", request.param).splitlines()]


@pytest.fixture(scope="module")
def names() -> list[str]:
    return _run("--list").splitlines()


def test_no_file_does_harm_and_every_control_does(outcomes, names):
    bad = {outcome["name"]: outcome["faults"] for outcome in outcomes if outcome["faults"]}
    assert not bad, bad
    assert all(outcome["control"] for outcome in outcomes)
    tried = [outcome["name"] for outcome in outcomes]
    assert tried in (names, names[::3])


def test_there_are_at_least_ninety_files_of_every_kind(names):
    assert len(set(names)) == len(names) >= 90
    kinds = ("weights", "schema.json", "run.json", "recipe.toml", "checkpoint", "zip", "gzip", "Parquet", "estimator")
    assert all(any(name.startswith(kind) for name in names) for kind in kinds)


def test_the_documents_say_how_many(names):
    root = SCRIPT.parents[2]
    assert f"{len(names)} files" in (root / "docs" / "reliability.md").read_text()
    assert f"{len(names)} hostile files" in (root / "README.md").read_text()
