"""Runs killed anywhere resume to the same bytes. The script is also there by hand, with any count."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("kill_and_resume.py")


def _kill(count: int, *more: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, str(SCRIPT), "--kills", str(count), *more], capture_output=True, text=True)


def test_a_few_kills():
    """One of each way of training: either engine, many networks, and kernels that are fitted before the first step."""
    done = _kill(4, "--tasks", "fused", "ensemble", "images", "series")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_fifty_kills():
    done = _kill(50)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
