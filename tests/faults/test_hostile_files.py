"""Files that were made to do harm do none, and each does harm to a reader that believes it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("hostile_files.py")


@pytest.fixture(scope="module")
def outcomes() -> list[dict]:
    done = subprocess.run([sys.executable, str(SCRIPT), "--json"], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_no_file_does_harm_and_every_control_does(outcomes):
    bad = {outcome["name"]: outcome["faults"] for outcome in outcomes if outcome["faults"]}
    assert not bad, bad


def test_there_are_at_least_ninety_files_of_every_kind(outcomes):
    assert len({outcome["name"] for outcome in outcomes}) == len(outcomes) >= 90
    kinds = ("weights", "schema.json", "run.json", "recipe.toml", "checkpoint", "zip", "gzip", "Parquet", "estimator")
    assert all(any(outcome["name"].startswith(kind) for outcome in outcomes) for kind in kinds)


def test_every_control_says_what_it_suffered(outcomes):
    assert all(outcome["control"] for outcome in outcomes)


def test_the_documents_say_how_many(outcomes):
    root = SCRIPT.parents[2]
    assert f"{len(outcomes)} files" in (root / "docs" / "reliability.md").read_text()
    assert f"{len(outcomes)} hostile files" in (root / "README.md").read_text()
