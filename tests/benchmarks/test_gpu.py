"""Where there is no GPU, the benchmark says so and is content."""

import json
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "benchmarks"


def test_without_a_gpu_each_work_has_a_row_that_says_so(tmp_path):
    page = tmp_path / "page.md"
    command = [sys.executable, "gpu.py", "--quick", "--json", "--markdown", str(page)]
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True, env=environment)
    rows = json.loads(done.stdout)
    assert [row["unit"] for row in rows] == ["rows/s", "images/s", "tokens/s"]
    assert all(row["figure"] is None and row["note"] == "no GPU here" for row in rows)
    assert "- GPU: none" in page.read_text()
