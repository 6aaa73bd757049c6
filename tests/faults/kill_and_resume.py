"""Kill a run with SIGKILL at random moments, resume it, and compare its weights byte for byte.

    python tests/faults/kill_and_resume.py --kills 50

The task of many networks has no checkpoints: its finished networks are kept, and the others are trained anew. For each
kill: a fresh run is started and killed at a random moment, four of five while it trains and one of five
anywhere in its life; a third of them are killed again after the first resume. Then it is resumed until it ends, and
weights.safetensors is compared with that of a run which nobody touched. Checkpoints are written as fast as the disk
allows, so that many kills fall inside a save. Exits with 1 if any differs. Linux and macOS (forks).
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from netwright.core.files import sha256_of
from netwright.training.run_directory import read_epochs

ERRORS = Path(tempfile.gettempdir()) / f"netwright-kills-{os.getpid()}.err"  # of the last child
FAST_SAVES = "training.checkpoint_every=0.02"
SMALL = ("--set", "preset.recipe=single", "--set", "network.hidden_sizes=[32,16]", "--set", "evaluation.trees=false")
TASKS = {  # dropout, momentum of Adam, EMA, the plateau schedule and a ragged last batch all have state to lose
    "classification": [
        *("@breast-cancer", *SMALL, "--engine", "eager", "--set", "training.ema_decay=0.95"),
        *("--set", "training.epochs=30"),
    ],
    "fused": [
        *("@breast-cancer", *SMALL, "--engine", "fused", "--set", "training.epochs=600"),
        *("--set", "training.patience=none"),
    ],
    "regression": [
        *("@diabetes", *SMALL, "--engine", "eager", "--set", "training.schedule=plateau"),
        *("--set", "training.optimizer=muon", "--set", "training.accumulate=2", "--set", "training.epochs=20"),
    ],
    "ensemble": [
        *("@breast-cancer", *SMALL, "--folds", "3", "--ensemble", "4", "--engine", "fused", "--learning-curve"),
        *("--set", "training.epochs=60", "--set", "training.patience=none"),
    ],
    "images": [  # what training changes at random, normalisation's statistics and mixed labels are state too
        *("{data}/images", "--recipe", "convnet", "--set", "network.image_widths=[8,8]", "--set", "training.epochs=12"),
        *("--set", "network.image_mix=cutmix", "--set", "network.image_trivial=true", "--set", "training.batch_size=8"),
        *("--set", "training.precision=float32", "--set", "training.patience=none"),
    ],
    "series": [  # kernels are drawn and fitted to training rows before the first step
        *("{data}/series_TRAIN.ts", "--recipe", "rocket", "--set", "ensemble.folds=1", "--set", "training.epochs=12"),
        *("--set", "network.series_kernels=168", "--set", "training.patience=none"),
    ],
    "texts": [
        *("{data}/texts.csv", "--target", "label", "--recipe", "lstm", "--set", "network.text_size=8"),
        *("--set", "training.epochs=12", "--set", "training.patience=none"),
    ],
}


def main() -> int:
    """Run the kills and print a table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="in all, shared by the tasks")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS), help="only these")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    asked = parser.parse_args()
    _preload()
    random.seed(asked.seed)
    root = Path(tempfile.mkdtemp(prefix="netwright-kills-"))
    try:
        write_data(root / "data")
        bad = [_try_task(name, root, asked.kills // len(asked.tasks)) for name in asked.tasks]
    finally:
        shutil.rmtree(root)
        ERRORS.unlink(missing_ok=True)
    return 1 if any(bad) else 0


def write_data(folder: Path) -> None:
    """Write images of two classes, light above or below, texts whose words and series whose form tells them apart."""
    import numpy as np
    from PIL import Image

    chance = np.random.default_rng(0)
    lines, series = ["text,label"], ["@classLabel true yes no", "@data"]
    for number in range(160):
        label = number % 2
        place = folder / "images" / ("above", "below")[label]
        place.mkdir(parents=True, exist_ok=True)
        image = chance.integers(0, 120, (16, 16), dtype=np.uint8)
        image[8 * label : 8 * label + 8] += 90
        Image.fromarray(image).save(place / f"{number}.png")
        words = chance.choice(["film", "plot", "scene", "actor", "music"], 6)
        lines.append(f"the {' '.join(words)} number{number} was {('fine', 'dull')[label]},{('yes', 'no')[label]}")
        values = np.sin(np.arange(24) * (1 + label) / 3) + chance.normal(size=24)
        series.append(f"{','.join(f'{value:.4f}' for value in values)}:{('yes', 'no')[label]}")
    (folder / "series_TRAIN.ts").write_text("\n".join(series) + "\n")
    (folder / "texts.csv").write_text("\n".join(lines) + "\n")


def _preload() -> None:
    """Import once what every child needs; the children are forks, so each starts in milliseconds."""
    import sklearn.linear_model  # noqa: F401

    import netwright.cli.main
    import netwright.report.page
    import netwright.training.inference
    import netwright.training.job  # noqa: F401


def _try_task(name: str, root: Path, kills: int) -> int:
    task = [part.replace("{data}", str(root / "data")) for part in TASKS[name]]
    fit = ["fit", *task, "--set", FAST_SAVES, "--set", "training.threads=1", "--runs", str(root), "--name"]
    untouched = root / f"{name}-untouched"
    began = time.monotonic()
    assert _child([*fit, untouched.name]) == 0, f"the untouched run failed: {ERRORS.read_text()}"
    life = _life_of(untouched, time.monotonic() - began)
    expected = sha256_of(untouched / "weights.safetensors")
    outcomes = [_kill_once([*fit, f"{name}-{k}"], root / f"{name}-{k}", life, k) for k in range(kills)]
    same = sum(digest == expected for digest, _ in outcomes)
    hit = sum(resumed for _, resumed in outcomes)
    print(
        f"{name}: {same} of {kills} byte-identical to the untouched run; {hit} went on from what was saved, "
        "the others were killed before the first or after the end",
        flush=True,
    )
    return kills - same


@dataclass(frozen=True)
class Life:
    """How long the untouched run took, in seconds."""

    whole: float
    training: float  # from when `begins` is there
    begins: str


def _life_of(folder: Path, whole: float) -> Life:
    """Networks of an ensemble share the cores and are counted from the end of the first; single ones from the start."""
    members = folder / "members.json"
    if not members.exists():
        return Life(whole, read_epochs(folder)[-1].seconds, "records.jsonl")
    seconds = [member["seconds"] for member in json.loads(members.read_bytes())["members"]]
    return Life(whole, sum(seconds) / (os.cpu_count() or 1), "members")


def _kill_once(fit: list[str], folder: Path, life: Life, number: int) -> tuple[str, bool]:
    """Return the digest of the weights in the end, and whether anything was saved to go on from."""
    if number % 5:
        _child(fit, Kill(random.uniform(0, life.training), folder / life.begins))
    else:
        _child(fit, Kill(random.uniform(0, life.whole)))
    if not (folder / "recipe.toml").exists():  # killed before anything was promised
        shutil.rmtree(folder, ignore_errors=True)
        assert _child(fit) == 0, "the run after an early kill failed"
        return sha256_of(folder / "weights.safetensors"), False
    kept = (*(folder / "checkpoints").glob("step-*"), *(folder / "members").glob("*.json"))
    saved = _unfinished(folder) and bool(kept)
    resume = ["fit", "--resume", str(folder)]
    if random.random() < 1 / 3:
        _child(resume, Kill(random.uniform(0, life.whole)))
    assert _child(resume) == 0, f"resume failed: {folder}: {ERRORS.read_text()}"
    digest = sha256_of(folder / "weights.safetensors")
    shutil.rmtree(folder)
    return digest, saved


@dataclass(frozen=True)
class Kill:
    """When to kill: so many seconds after the start, or after a file is there."""

    seconds: float
    after: Path | None = None


def _unfinished(folder: Path) -> bool:
    return not json.loads((folder / "run.json").read_text())["stopped_because"]


def _child(arguments: list[str], kill: Kill | None = None) -> int:
    """Run the command line in a fork, and kill it if asked. Return its exit code, or minus the signal."""
    pid = os.fork()
    if pid == 0:
        _become(lambda: _command(arguments))
    if kill is not None:
        _wait_for(kill.after, pid)
        time.sleep(kill.seconds)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _wait_for(file: Path | None, pid: int) -> None:
    while (
        file is not None
        and not file.exists()
        and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None
    ):
        time.sleep(0.002)


def _become(work: Callable[[], None]) -> None:
    """Do the work with its output discarded, and leave without the parent's clean-up."""
    code = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(os.open(ERRORS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        work()
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:
        os._exit(code)


def _command(arguments: list[str]) -> None:
    from netwright.cli.main import main as netwright

    sys.argv = ["netwright", *arguments]
    netwright()


if __name__ == "__main__":
    sys.exit(main())
