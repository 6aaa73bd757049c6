"""A disk that fills up pauses a run: one sentence, the last good state kept, and the same bytes after a resume."""

import errno
import os

import pytest

from netwright.core.errors import RunError
from netwright.training import checkpoints
from netwright.training.checkpoints import committed
from netwright.training.pausing import pausing

SETTINGS = [
    *("--set", "training.epochs=8", "--set", "training.threads=1", "--engine", "eager"),
    *("--set", "training.patience=none", "--set", "training.checkpoint_every=0", "--set", "evaluation.trees=false"),
]


def full(*_arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def filling(monkeypatch, owner, name, after):
    """Let a function work so many times, and fail from then on; return how often it was asked in vain."""
    real, asked = getattr(owner, name), []

    def call(*arguments):
        asked.append(name)
        return real(*arguments) if len(asked) <= after else full()

    monkeypatch.setattr(owner, name, call)
    return asked


@pytest.mark.parametrize("what", ["a checkpoint", "the log"])
def test_a_disk_that_fills_up_pauses_the_run_and_a_resume_ends_with_the_same_bytes(
    netwright, monkeypatch, tmp_path, what
):
    from netwright.training.records import RecordSink

    assert netwright("fit", "@iris", "--runs", tmp_path, "--name", "untouched", *SETTINGS).code == 0
    with monkeypatch.context() as patch:
        if what == "a checkpoint":
            asked = filling(patch, checkpoints, "_write", 20)
        else:
            filling(patch, RecordSink, "append", 6)
        found = netwright("fit", "@iris", "--runs", tmp_path, "--name", "full", *SETTINGS)
    assert found.code == 2
    said = found.err.strip().splitlines()[-1]
    assert "No space left on device" in said
    assert said.endswith(f"then resume: netwright fit --resume {tmp_path}/full")
    assert "Traceback" not in found.err
    assert "paused" in (tmp_path / "full" / "run.log").read_text()
    if what == "a checkpoint":
        assert len(asked) == 22  # the first failure, and one more try
    assert committed(tmp_path / "full" / "checkpoints")
    assert netwright("fit", "--resume", tmp_path / "full").code == 0
    both = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("untouched", "full")]
    assert both[0] == both[1]


def test_other_errors_pass(tmp_path):
    with pytest.raises(FileNotFoundError), pausing(tmp_path):
        (tmp_path / "absent").read_bytes()


def test_a_log_on_the_same_disk_does_not_hide_the_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("netwright.training.journal.Journal.write", full)
    with pytest.raises(RunError, match=r"No space left on device.*--resume"), pausing(tmp_path):
        full()
