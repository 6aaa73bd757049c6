"""Run directories that lead elsewhere: links, pipes and devices in place of files, and names that are paths."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from hostile.desk import Case, Desk
from hostile.harm import breaks, fills, reaches, tells, waits
from hostile.parts import RESUME, SHOW
from hostile.weights import FILE, PREDICT

LINK, PIPE = ("symbolic link",), ("no regular file",)


def linked(name: str, to: str = "outside/precious.txt") -> Callable[[Desk], None]:
    """Put a symbolic link in place of a file or folder of the run."""

    def plant(desk: Desk) -> None:
        desk.unfinish()
        path = desk.run / name
        _clear(path)
        path.symlink_to(desk.root / to)

    return plant


def hard_linked(name: str) -> Callable[[Desk], None]:
    def plant(desk: Desk) -> None:
        desk.unfinish()
        _clear(desk.run / name)
        os.link(desk.precious, desk.run / name)

    return plant


def pipe(name: str) -> Callable[[Desk], None]:
    def plant(desk: Desk) -> None:
        desk.unfinish()
        _clear(desk.run / name)
        os.mkfifo(desk.run / name)

    return plant


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def _socket(desk: Desk) -> None:
    path = desk.run / "calibration.json"
    path.unlink()
    os.chdir(path.parent)  # the name of a socket may have 100 letters
    socket.socket(socket.AF_UNIX).bind(path.name)


def reads(name: str) -> Callable[[Desk], str]:
    return lambda desk: tells(desk, (desk.run / name).read_bytes)


def hangs(name: str) -> Callable[[Desk], str]:
    return lambda desk: waits(desk.run / name)


def locks(desk: Desk) -> str:
    """Take the lock as one does: open, empty, write the number of the process."""

    def lock() -> None:
        with (desk.run / "run.lock").open("a+") as file:
            file.truncate(0)
            file.write(str(os.getpid()))

    return reaches(desk, lock)


def logs(name: str) -> Callable[[Desk], str]:
    """Add a line to a log."""

    def control(desk: Desk) -> str:
        with (desk.run / name).open("a") as file:
            return reaches(desk, lambda: print("a line", file=file, flush=True))

    return control


def _checkpoints_elsewhere(desk: Desk) -> None:
    (desk.outside / "step-1.tmp-9").mkdir()
    (desk.outside / "step-1.tmp-9" / "precious.txt").write_text("precious")
    linked("checkpoints", "outside")(desk)


def _clean_up(desk: Desk) -> str:
    """Remove what a killed save left behind."""
    folder = desk.run / "checkpoints"
    return reaches(desk, lambda: [shutil.rmtree(path) for path in folder.glob("step-*.tmp-*")])


def _a_pipe_for_a_table(desk: Desk) -> None:
    desk.unfinish()
    os.mkfifo(desk.inbox / "table")
    source = next(line for line in (desk.run / "recipe.toml").read_text().splitlines() if line.startswith("source"))
    desk.edit_recipe(source, f'source = "{desk.inbox / "table"}"')


def _nothing(_: Desk) -> None:
    return None


def load(name: str) -> Callable[[Desk], object]:
    def call(_: Desk) -> object:
        import netwright

        return netwright.load(name).model

    return call


LONG, NUL = "x" * 4096, "run\0.toml"

CASES = [
    Case("run.lock: a symbolic link outside", linked("run.lock"), RESUME, LINK, locks),
    Case("run.lock: a hard link of a file outside", hard_linked("run.lock"), RESUME, ("hard link",), locks),
    Case("run.log: a symbolic link outside", linked("run.log"), RESUME, LINK, logs("run.log")),
    Case("run.log: a hard link of a file outside", hard_linked("run.log"), RESUME, ("hard link",), logs("run.log")),
    Case("records.jsonl: a symbolic link outside", linked("records.jsonl"), RESUME, LINK, logs("records.jsonl")),
    Case("checkpoints: a symbolic link to a folder outside", _checkpoints_elsewhere, RESUME, LINK, _clean_up),
    Case("members: a symbolic link to a folder outside", linked("members", "outside"), RESUME, LINK,
         reads("members/precious.txt")),
    Case("weights: a symbolic link outside", linked(FILE), PREDICT, LINK, reads(FILE)),
    Case("weights: a symbolic link to /dev/zero", linked(FILE, "/dev/zero"), PREDICT, LINK,
         lambda desk: fills(lambda: os.read(os.open(desk.run / FILE, os.O_RDONLY), 1 << 30))),
    Case("schema.json: a symbolic link outside", linked("schema.json"), SHOW, LINK, reads("schema.json")),
    Case("recipe.toml: a symbolic link outside", linked("recipe.toml"), SHOW, LINK, reads("recipe.toml")),
    Case("weights: a pipe", pipe(FILE), PREDICT, PIPE, hangs(FILE)),
    Case("schema.json: a pipe", pipe("schema.json"), PREDICT, PIPE, hangs("schema.json")),
    Case("run.lock: a pipe", pipe("run.lock"), RESUME, PIPE, hangs("run.lock")),
    Case("recipe.toml: a pipe", pipe("recipe.toml"), ("fit", "--recipe", "{run}/recipe.toml"), ("recipe.toml", *PIPE),
         hangs("recipe.toml")),
    Case("calibration.json: a socket", _socket, PREDICT, PIPE,
         lambda desk: breaks((desk.run / "calibration.json").read_bytes, OSError)),
    Case("recipe.toml: names a pipe as table, to resume", _a_pipe_for_a_table, RESUME, ("the pipe",),
         lambda desk: waits(desk.inbox / "table")),
    Case("recipe.toml: names a pipe as table, to fit", _a_pipe_for_a_table, ("fit", "--recipe", "{run}/recipe.toml"),
         ("the pipe",), lambda desk: waits(desk.inbox / "table")),
    Case("a run of a name with 4,096 letters", _nothing, load(LONG), ("File name too long",),
         lambda desk: breaks(lambda: Path(LONG).is_file() or Path(LONG).stat(), OSError)),
    Case("a run of a name with a NUL", _nothing, load(NUL), ("found none",),
         lambda desk: breaks(lambda: Path(NUL).read_bytes(), ValueError)),
    Case("a name for a run that leaves the folder", _nothing,
         ("fit", "{inbox}/new.csv", "--target", "kind", "--name", "../../outside/run"), ("--name",),
         lambda desk: reaches(desk, (desk.work / "../outside/run").mkdir)),
]  # fmt: skip
