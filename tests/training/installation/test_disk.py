import os
import shutil
from collections import namedtuple

import pytest

from netwright.training.installation import disk

Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(("free", "verdict"), [(5e9, "ok"), (5e8, "warning"), (5e7, "fault")])
def test_room_is_judged(monkeypatch, tmp_path, free, verdict):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1e10, 0, free))
    check = disk.check_space(tmp_path / "runs")
    assert check.verdict == verdict
    assert str(tmp_path) in check.found


def test_saving_is_tried_and_leaves_nothing(tmp_path):
    assert disk.check_writing(tmp_path / "runs").verdict == "ok"
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_way_is_a_fault(tmp_path):
    (tmp_path / "runs").touch()
    assert disk.check_writing(tmp_path / "runs").verdict == "fault"


@pytest.mark.parametrize(
    ("owner", "name", "said"),
    [
        (os, "fsync", "write, flush and rename a file"),
        (disk.Path, "rename", "rename and flush a folder"),
        (disk.fcntl, "flock", "lock a file"),
        (os, "mkdir", "make a folder"),
    ],
)
def test_what_cannot_be_done_is_named(monkeypatch, tmp_path, owner, name, said):
    def refused(*_arguments, **_options):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(owner, name, refused)
    check = disk.check_writing(tmp_path)
    assert check.verdict == "fault"
    assert f"cannot {said} there (Operation not supported)" in check.found
    assert "--runs" in check.remedy
