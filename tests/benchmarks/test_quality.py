"""Tables are parted without loss, rows say what was measured, and what was kept is not measured again."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
PARTED = """
import json, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import polars as pl
from peers_of_tables.tables import TABLES, divide

wine = TABLES[-1]
for seed in (0, 1):
    parts = divide(replace(wine, source="wine.csv"), Path(sys.argv[2]), seed, Path(sys.argv[2]))
    frames = [pl.read_csv(path, infer_schema=False) for path in (parts.train, parts.test)]
    print(json.dumps([frame.rows() for frame in frames]))
"""
MET = """
import json, sys
sys.path.insert(0, sys.argv[1])
from rows import Row, met

print(json.dumps([met(Row("", "", 2.0, "", target)) for target in json.loads(sys.argv[2])]))
"""


def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True, env=env)


def test_a_seed_parts_every_row_and_equal_ones_stay_on_one_side(tmp_path):
    rows = np.random.default_rng(0).integers(0, 3, (500, 12))
    np.savetxt(tmp_path / "wine.csv", np.where(np.arange(12) < 7, 1, rows), "%d", ",")
    first, second = map(json.loads, run("-c", PARTED, str(FOLDER), str(tmp_path)).stdout.splitlines())
    assert first != second
    for train, test in (first, second):
        assert len(train) + len(test) == 500
        assert 50 < len(test) <= 100
        assert not {tuple(row[:-1]) for row in train} & {tuple(row[:-1]) for row in test}


def test_a_target_is_met_by_its_sign():
    targets = ["< 2", "<= 2", "> 2", ">= 2", "<= 1", "", "within 3 of the other"]
    said = json.loads(run("-c", MET, str(FOLDER), json.dumps(targets)).stdout)
    assert said == ["**no**", "yes", "**no**", "yes", "**no**", "", ""]


@pytest.mark.parametrize("ours", [0.5, 0.7])
def test_what_was_kept_becomes_rows_and_a_page(tmp_path, ours):
    trust = {"coverage": 0.905, "coverage_of_scores": 0.905}
    for who, figure in (("netwright", ours), ("HistGradientBoosting", 0.6)):
        kept = {"table": "wine, red", "who": who, "seed": 0, "metrics": {"rmse": figure, **trust}}
        path = tmp_path / f"wine-red-{who}-0.json"
        path.write_text(json.dumps({**kept, "seconds": 1.0, "processor": 0.9, "date": "2026-01-01"}))
    page = tmp_path / "page.md"
    options = ("--quick", "--json", "--markdown", str(page), "--cache", str(tmp_path), "--cached")
    environment = {"NETWRIGHT_DATA": str(tmp_path), "PATH": ""}
    rows = json.loads(run("quality.py", *options, env=environment).stdout)
    by_who = {(row["work"], row["who"]): row for row in rows}
    assert by_who["wine, red, rmse", "netwright"]["figure"] == ours
    assert by_who["wine, red, rmse", "netwright"]["target"] == "<= 0.6"
    assert by_who["wine, red, rmse", "LightGBM"]["note"] == "not run"
    assert by_who["wine, red, 0.9 of truths asked for", "netwright"]["figure"] == pytest.approx(0.5)
    assert by_who["the default against HistGradientBoosting", "netwright"]["figure"] == (ours < 0.6)
    assert page.read_text().startswith("# Quality\n")
    assert ("**no**" in page.read_text()) == (ours > 0.6)
