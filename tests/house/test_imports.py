"""Importing the package or the command line brings in nothing heavy; that is what keeps both quick."""

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "numpy", "polars", "sklearn", "pandas", "scipy", "pyarrow", "sympy", "numba")


@pytest.mark.parametrize(
    "module", ["netwright", "netwright.cli.main", "netwright.core.values", "netwright.report.page"]
)
def test_nothing_heavy_is_imported(module):
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert not set(HEAVY) & set(json.loads(result.stdout))
