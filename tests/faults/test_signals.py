"""SIGTERM and Ctrl-C save and exit with 143 and 130; the run then resumes to the same bytes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SETTINGS = [
    *("--set", "training.epochs=400", "--set", "training.patience=none", "--set", "training.threads=1"),
    *("--set", "training.checkpoint_every=1000"),  # only the signal saves
    *("--set", "evaluation.trees=false"),
]


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "netwright", "fit", *arguments, "--runs", str(folder)]


def _wait_for_training(process: subprocess.Popen, records: Path) -> None:
    while process.poll() is None and not (records.exists() and records.stat().st_size > 2000):
        time.sleep(0.01)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    subprocess.run(_command(folder, "@iris", "--name", "untouched", *SETTINGS), check=True, capture_output=True)
    return folder / "untouched"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_saves_and_the_run_resumes(untouched, tmp_path, number, code):
    began = subprocess.Popen(_command(tmp_path, "@iris", "--name", "hit", *SETTINGS), stderr=subprocess.PIPE, text=True)
    _wait_for_training(began, tmp_path / "hit" / "records.jsonl")
    os.kill(began.pid, number)
    _, err = began.communicate(timeout=60)
    assert began.returncode == code, err
    assert "Traceback" not in err
    assert "--resume" in err
    assert list((tmp_path / "hit" / "checkpoints").glob("step-*"))
    subprocess.run([*_command(tmp_path), "--resume", str(tmp_path / "hit")], check=True, capture_output=True)
    both = [(run / "weights.safetensors").read_bytes() for run in (untouched, tmp_path / "hit")]
    assert both[0] == both[1]


def test_a_signal_keeps_the_networks_that_are_finished(tmp_path):
    many = ["@iris", "--ensemble", "6", "--folds", "2", *SETTINGS, "--set", "training.epochs=40", "--engine", "eager"]
    subprocess.run(_command(tmp_path, *many, "--name", "untouched"), check=True, capture_output=True)
    began = subprocess.Popen(_command(tmp_path, *many, "--name", "hit"), stderr=subprocess.PIPE, text=True)
    second = tmp_path / "hit" / "members" / "002.json"
    while began.poll() is None and not second.exists():
        time.sleep(0.01)
    os.kill(began.pid, signal.SIGINT)
    _, err = began.communicate(timeout=60)
    assert began.returncode == 130, err
    assert "Traceback" not in err
    assert f"--resume {tmp_path}/hit" in err
    assert second.exists()
    subprocess.run([*_command(tmp_path), "--resume", str(tmp_path / "hit")], check=True, capture_output=True)
    both = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("untouched", "hit")]
    assert both[0] == both[1]
