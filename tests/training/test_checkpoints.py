import os
import re
from pathlib import Path

import pytest
import torch

from netwright.core.errors import CheckpointError
from netwright.training import checkpoints as module
from netwright.training.checkpoints import Checkpoint, committed, load_checkpoint, save_checkpoint


def checkpoint(step):
    return Checkpoint(step, {"w": torch.full((3,), float(step)), "n": torch.tensor(step)}, {"step": step, "f": 0.1})


def test_what_was_saved_is_loaded(tmp_path):
    save_checkpoint(tmp_path / "checkpoints", checkpoint(7))
    loaded, notes = load_checkpoint(tmp_path / "checkpoints")
    assert notes == ()
    assert loaded.state == {"step": 7, "f": 0.1}
    assert torch.equal(loaded.tensors["w"], torch.full((3,), 7.0))
    assert loaded.tensors["n"].dtype == torch.int64


def test_two_are_kept_in_the_order_of_their_steps(tmp_path):
    for step in (8, 9, 10, 11):
        save_checkpoint(tmp_path, checkpoint(step))
    assert [path.name for path in committed(tmp_path)] == ["step-10", "step-11"]
    assert {path.name for path in tmp_path.iterdir()} == {"step-10", "step-11"}


@pytest.mark.parametrize("file", ["tensors.safetensors", "state.json", "MANIFEST.json"])
@pytest.mark.parametrize("damage", ["empty", "truncated", "flipped", "missing"])
def test_a_damaged_checkpoint_is_set_aside_and_the_older_one_used(tmp_path, file, damage):
    save_checkpoint(tmp_path, checkpoint(1))
    path = save_checkpoint(tmp_path, checkpoint(2)) / file
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        flipped = content[:20] + bytes([content[20] ^ 1]) + content[21:]
        path.write_bytes({"empty": b"", "truncated": content[:-5], "flipped": flipped}[damage])
    loaded, notes = load_checkpoint(tmp_path)
    assert loaded.step == 1
    assert "step-2 is damaged" in notes[0]
    assert (tmp_path / "step-2.corrupt").is_dir()
    assert load_checkpoint(tmp_path)[1] == ()


def test_none_that_can_be_trusted_is_an_error(tmp_path):
    with pytest.raises(CheckpointError, match="none was found"):
        load_checkpoint(tmp_path)
    path = save_checkpoint(tmp_path, checkpoint(1))
    (path / "state.json").write_bytes(b"{}")
    with pytest.raises(CheckpointError, match=re.escape("state.json has 2 bytes")):
        load_checkpoint(tmp_path)


def test_what_a_killed_save_left_is_removed(tmp_path):
    stale = tmp_path / "step-5.tmp-99999"
    stale.mkdir()
    (stale / "tensors.safetensors").write_bytes(b"half")
    save_checkpoint(tmp_path, checkpoint(1))
    assert not stale.exists()


def test_a_damaged_checkpoint_of_the_same_step_is_replaced(tmp_path):
    path = save_checkpoint(tmp_path, checkpoint(3))
    (path / "state.json").write_bytes(b"")
    save_checkpoint(tmp_path, checkpoint(3))
    assert load_checkpoint(tmp_path)[0].step == 3


def test_shared_tensors_are_saved(tmp_path):
    w = torch.ones(3)
    save_checkpoint(tmp_path, Checkpoint(1, {"a": w, "b": w, "c": w[1:]}, {}))
    assert torch.equal(load_checkpoint(tmp_path)[0].tensors["c"], torch.ones(2))


def test_a_full_disk_leaves_the_older_checkpoint_and_says_how_much_is_needed(tmp_path, monkeypatch):
    save_checkpoint(tmp_path, checkpoint(1))

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write", full)
    with pytest.raises(CheckpointError, match=r"No space left on device; [\d,]+ bytes are free"):
        save_checkpoint(tmp_path, checkpoint(2))
    assert {path.name for path in tmp_path.iterdir()} == {"step-1"}


def test_one_failed_write_is_tried_again(tmp_path, monkeypatch):
    write, failures = module._write, [OSError(5, "Input/output error")]

    def flaky(path, content):
        if failures:
            raise failures.pop()
        write(path, content)

    monkeypatch.setattr(module, "_write", flaky)
    save_checkpoint(tmp_path, checkpoint(1))
    assert load_checkpoint(tmp_path)[0].step == 1


class Died(BaseException):
    pass


WATCHED = {"fsync": os, "mkdir": Path, "rename": Path}


def watched(monkeypatch, journal, die_at):
    """Note every fsync, mkdir and rename; die just before number `die_at`."""

    def noting(name, real):
        def call(*arguments, **options):
            if len(journal) == die_at:
                raise Died
            journal.append(name)
            return real(*arguments, **options)

        return call

    for name, owner in WATCHED.items():
        monkeypatch.setattr(owner, name, noting(name, getattr(owner, name)))


def test_dying_before_any_call_leaves_the_old_or_the_new(tmp_path, monkeypatch):
    whole: list[str] = []
    with monkeypatch.context() as patch:
        watched(patch, whole, None)
        save_checkpoint(tmp_path / "whole", checkpoint(1))
        save_checkpoint(tmp_path / "whole", checkpoint(2))
        whole.clear()
        save_checkpoint(tmp_path / "whole", checkpoint(3))
    for die_at in range(len(whole)):
        folder = tmp_path / str(die_at)
        save_checkpoint(folder, checkpoint(1))
        save_checkpoint(folder, checkpoint(2))
        with monkeypatch.context() as patch:
            watched(patch, [], die_at)
            with pytest.raises(Died):
                save_checkpoint(folder, checkpoint(3))
        loaded, notes = load_checkpoint(folder)
        assert loaded.step in (2, 3)
        assert notes == ()
        assert len(committed(folder)) >= 2


def test_files_reach_the_disk_before_the_rename_and_the_folder_after(tmp_path, monkeypatch):
    journal: list[str] = []
    save_checkpoint(tmp_path, checkpoint(1))
    watched(monkeypatch, journal, None)
    save_checkpoint(tmp_path, checkpoint(2))
    calls = journal[journal.index("fsync") :]
    assert calls == ["fsync"] * 4 + ["rename", "fsync"]  # three files and their folder; then the parent
