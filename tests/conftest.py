"""What every test may use: the command line in-process, and one small finished run."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

QUICK = ["--set", "training.epochs=3", "--set", "training.threads=1"]


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Layers that a test makes without a seed of its own start the same every time."""
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def netwright(capfd, monkeypatch):
    """Call the command line in this process: netwright("fit", "@iris") -> Outcome."""

    def call(*arguments: object) -> Outcome:
        from netwright.cli.main import main

        monkeypatch.setattr(sys, "argv", ["netwright", *map(str, arguments)])
        monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr("netwright.cli.STARTED", time.monotonic())  # not when this process began: many tests ago
        code = 0
        capfd.readouterr()
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> Path:
    """A run of a few epochs on a small table with a categorical column and missing cells; do not change it."""
    import netwright as nw

    folder = tmp_path_factory.mktemp("finished")
    table = folder / "flowers.csv"
    table.write_text(flowers_csv(120))
    settings = {"training.epochs": 3, "training.threads": 1}
    return nw.fit(table, "kind", settings=settings, options=nw.FitOptions(runs=folder)).path


@pytest.fixture
def run_copy(finished_run, tmp_path) -> Path:
    """A copy of the finished run that a test may damage."""
    return Path(shutil.copytree(finished_run, tmp_path / "a-run"))


@pytest.fixture(scope="session")
def deep_sigmoids(tmp_path_factory) -> Path:
    """A run of eight sigmoid layers that learnt nothing; do not change it."""
    from tests.sick_runs import SIGMOIDS, fit_sick

    return fit_sick(tmp_path_factory.mktemp("sick"), "deep", SIGMOIDS)


@pytest.fixture(scope="session")
def far_too_hot(tmp_path_factory) -> Path:
    """A run whose learning rate threw its weights far out; do not change it."""
    from tests.sick_runs import HOT, fit_sick

    return fit_sick(tmp_path_factory.mktemp("sick"), "hot", HOT)


def flowers_csv(rows: int) -> str:
    """Two numeric columns, one categorical, a class that depends on them; some cells missing."""
    import numpy as np

    generator = np.random.default_rng(rows)
    width, height = generator.normal(3, 1, rows), generator.normal(5, 2, rows)
    colour = generator.choice(["red", "green", "blue"], rows)
    kind = np.where(width + (colour == "red") > 3.2, "lily", "rose")
    lines = [
        f"{w:.3f},{'' if i % 17 == 0 else f'{h:.3f}'},{c},{k}"
        for i, (w, h, c, k) in enumerate(zip(width, height, colour, kind, strict=True))
    ]
    return "\n".join(["width,height,colour,kind", *lines]) + "\n"


def pytest_configure(config) -> None:
    """Keep PyTorch to one thread per test process: the tests run side by side.

    SciPy reads the second variable when it is imported; without it scikit-learn skips its check of array API input.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("SCIPY_ARRAY_API", "1")
    if getattr(config.option, "numprocesses", None):
        compile_once()


def compile_once() -> None:
    """Fill the cache of machine code before there are workers: each would compile, at the same time as the others."""
    from netwright.training.engines.fused.cache import folder, is_compiled

    if not is_compiled():
        command = [sys.executable, "-m", "netwright.training.engines.fused.compiling"]
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder().parent)}
        both = [subprocess.Popen([*command, dtype], env=environment) for dtype in ("float32", "float64")]
        assert all(process.wait() == 0 for process in both)
