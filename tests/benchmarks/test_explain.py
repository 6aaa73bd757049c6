"""The benchmark of explanations keeps the contract of benchmarks, and its exact part its promise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


def run(*arguments: str) -> str:
    command = [sys.executable, "explain.py", *arguments]
    return subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True, timeout=300).stdout


def test_the_command_has_its_options():
    said = run("--help")
    assert all(option in said for option in ("--quick", "--json", "--markdown", "--only"))


@pytest.mark.slow
def test_exact_amounts_are_exact_and_ours_add_up():
    rows = json.loads(run("--quick", "--json", "--only", "exactness", "--only", "completeness"))
    exact = [row for row in rows if row["work"].startswith("greatest error")]
    assert len(exact) == 2
    assert all(row["figure"] <= 1e-6 for row in exact)
    ours = [row for row in rows if row["work"].startswith("within 1%") and row["who"] == "netwright"]
    assert len(ours) == 3
    assert all(row["figure"] == 100.0 for row in ours)
    agreement = next(row for row in rows if row["work"] == "agreement")
    assert agreement["figure"] < 0.01
