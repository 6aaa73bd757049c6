"""Malformed and odd tables end in one sentence or in rows that are all accounted for; a broken reader is caught."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("malformed_input.py")
FORMATS = ("csv", "csv.gz", "zip", "jsonl", "json", "parquet", "arrow")


def _outcomes(*words: str) -> list[dict]:
    done = subprocess.run([sys.executable, str(SCRIPT), "--json", *words], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _bad(outcomes: list[dict]) -> dict:
    return {outcome["name"]: outcome["faults"] for outcome in outcomes if outcome["faults"]}


@pytest.fixture(scope="module")
def outcomes() -> list[dict]:
    """A sixth of the cases, and all broken readers."""
    return _outcomes("--every", "6")


def test_every_row_is_accounted_for_and_every_refusal_is_one_sentence(outcomes):
    assert not _bad(outcomes)


def test_every_broken_reader_is_caught(outcomes):
    caught = [outcome for outcome in outcomes if outcome["outcome"] == "caught"]
    assert len(caught) >= 8
    assert all(outcome["sentence"] for outcome in caught)


def _are_of_all_formats(outcomes: list[dict], least: int) -> None:
    inputs = [outcome for outcome in outcomes if outcome["outcome"] != "caught"]
    assert len({outcome["name"] for outcome in inputs}) == len(inputs) >= least
    for ending in FORMATS:
        assert any(outcome["file"].endswith("." + ending) for outcome in inputs), ending


def test_there_are_at_least_75_inputs_of_all_formats(outcomes):
    _are_of_all_formats(outcomes, 75)


@pytest.mark.slow
def test_so_it_is_for_all_inputs():
    outcomes = _outcomes()
    assert not _bad(outcomes)
    _are_of_all_formats(outcomes, 450)
    assert any(outcome["file"].endswith(".tsv") for outcome in outcomes)
