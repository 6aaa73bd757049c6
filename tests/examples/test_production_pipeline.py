"""The example runs, stays short, and admits that random labels cannot be foretold."""

import math
import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "examples" / "production_pipeline.py"


def test_random_labels_are_not_foretold(tmp_path):
    done = subprocess.run([sys.executable, SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=True)
    losses = re.findall(r"test loss ([\d.]+) \(95% ([\d.]+) to ([\d.]+)\)", done.stdout)
    assert len(losses) == 2
    assert all(float(high) > math.log(3) for _, _, high in losses)
    assert len(list((tmp_path / "runs").glob("*/report.html"))) == 2


def test_it_is_shorter_than_sixty_lines():
    assert len(SCRIPT.read_text().splitlines()) < 60
