"""Where runs would be saved: whether there is room, and whether what was written stays."""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

from netwright.core.files import fsync_directory, write_atomic
from netwright.core.values import Check

LEAST, COMFORTABLE = 100e6, 1e9  # bytes free: a fault below the first, a warning below the second
SLOW = 1.0  # seconds for a few small files
ELSEWHERE = "choose a folder on another disk with --runs"


def nearest(runs: Path) -> Path:
    """Return the folder itself, or the nearest above it that is there."""
    return next(path for path in (runs.absolute(), *runs.absolute().parents) if path.exists())


def check_space(runs: Path) -> Check:
    """Ask how much room there is, in bytes and in names."""
    folder = nearest(runs)
    free, names = shutil.disk_usage(folder).free, os.statvfs(folder)
    found = f"{free / 1e9:,.1f} GB free in {folder}"
    if names.f_files and names.f_favail < LEAST / 1e6:
        return Check("disk", "fault", f"{found}, but only {names.f_favail} more files can be made there", ELSEWHERE)
    if free < COMFORTABLE:
        return Check("disk", "fault" if free < LEAST else "warning", found, f"make room, or {ELSEWHERE}")
    return Check("disk", "ok", found)


def check_writing(runs: Path) -> Check:
    """Do once what a run does all the time: write, flush to disk, rename, lock."""
    name, folder, began = "saving", nearest(runs), time.perf_counter()
    if not folder.is_dir():
        return Check(name, "fault", f"{folder} is a file, no folder", "choose another with --runs")
    doing = ["make a folder"]
    try:
        with tempfile.TemporaryDirectory(prefix=".netwright-check-", dir=folder) as made:
            _save_once(Path(made), doing)
            doing.append("remove a folder")
    except OSError as error:
        found = f"{folder}: cannot {doing[-1]} there ({error.strerror})"
        return Check(name, "fault", found, "make it writable, or choose another folder with --runs")
    seconds = time.perf_counter() - began
    found = f"written, flushed, renamed and locked in {folder}: {1000 * seconds:.0f} ms"
    if seconds > SLOW:
        return Check(name, "warning", f"{found}, which is slow", f"{ELSEWHERE}; each checkpoint waits for it")
    return Check(name, "ok", found)


def _save_once(folder: Path, doing: list[str]) -> None:
    """Save as a run does; `doing` is told what is under way."""
    doing.append("write, flush and rename a file")
    for content in (b"old", b"new"):
        write_atomic(folder / "file", content)
    doing.append("rename and flush a folder")
    (folder / "step.tmp").mkdir()
    (folder / "step.tmp").rename(folder / "step")
    fsync_directory(folder)
    doing.append("lock a file")
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
