"""The grid search runs offline on a bundled table, and on adult where that is at hand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "sklearn_grid_search.py"


def search(data: str) -> str:
    environment = {**os.environ, "NETWRIGHT_DATA": data}
    done = subprocess.run([sys.executable, SCRIPT], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_bundled_table_is_searched(tmp_path):
    said = search(str(tmp_path))
    assert said.startswith("breast cancer: 426 rows, 30 columns")
    assert len(re.findall(r"AUC 0\.\d{3}", said)) >= 9
    assert float(re.findall(r"rows of the test: (\d\.\d+)", said)[0]) > 0.97


@pytest.mark.skipif(not (Path(os.environ.get("NETWRIGHT_DATA", "")) / "adult").is_dir(), reason="no adult/ there")
def test_raw_columns_of_text_are_searched():
    said = search(os.environ["NETWRIGHT_DATA"])
    assert re.search(r"read as .*\d categorical.*, \d numeric columns", said)
    assert float(re.findall(r"rows of the test: (\d\.\d+)", said)[0]) > 0.85
