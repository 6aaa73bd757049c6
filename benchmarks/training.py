"""Microseconds per training step of the fused engine, beside what people use, and beside its matrix products alone.

Repeats are interleaved in one run, medians taken, everything on one thread. 10,000 rows, batches of 64, batch
normalisation, leaky ReLU, dropout, Adam (scikit-learn has neither batch normalisation nor dropout).
"""

import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numba
import numpy as np
import torch
from eager import BATCH, CLASSES, RATE, ROWS, STEPS, Rows, Work, by_hand, make_rows, script_epoch
from rows import Row, report
from sklearn.neural_network import MLPClassifier
from torch import nn

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.choice import estimate
from netwright.training.fit import fit
from netwright.training.populations import Member, fit_population

WORKS = (Work(20, (64, 32)), Work(100, (256, 256)), Work(100, (1024, 1024)))
LEAST = {  # how many times faster than each peer it should be
    "20-64-32-3": {"script": 35.0, "eager": 20.0},
    "100-256-256-3": {"script": 4.0},
    "100-1024-1024-3": {"eager": 1.0},
}
MOST = {"20-64-32-3": 2.5}  # times the floor
OTHERS = ("jax", "lightning", "skorch")


def fitted(engine: str) -> Callable[[Work, Rows], float]:
    def epoch(work: Work, rows: Rows) -> float:
        x, y = rows
        module = build("mlp", MLPConfig(work.hidden), InputSpec(work.features, (), CLASSES, "multiclass"), seed=0)
        batches = Batches((x, torch.zeros(ROWS, 0, dtype=torch.long)), y)
        epochs = 3 if engine == "fused" else 2
        config = TrainingConfig(epochs=epochs, batch_size=BATCH, learning_rate=RATE, device="cpu", engine=engine)
        ends = [record.seconds for record in fit(module, batches, config).epochs]
        return statistics.median(later - sooner for sooner, later in pairwise(ends))

    return epoch


def scikit_learn_epoch(work: Work, rows: Rows) -> float:
    x, y = (part.numpy() for part in rows)
    model = MLPClassifier(work.hidden, batch_size=BATCH, learning_rate_init=RATE, max_iter=1)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one epoch does not converge
        model.fit(x, y)
    return time.perf_counter() - start


@numba.njit
def products(x: np.ndarray, w: np.ndarray, z: np.ndarray, g: np.ndarray, times: int) -> None:
    """The three products of one layer, as the engine asks for them; `times` negative: the first layer has two."""
    for _ in range(abs(times)):
        np.dot(x, w.T, z)
        np.dot(z.T, x, g)
        if times > 0:
            np.dot(z, w, x)


def floor_epoch(work: Work, _rows: Rows) -> float:
    """An epoch of nothing but matrix products."""
    sizes, generator, seconds = (work.features, *work.hidden, CLASSES), np.random.default_rng(0), 0.0
    for number, (wide, narrow) in enumerate(pairwise(sizes)):
        x = generator.normal(size=(BATCH, wide)).astype(np.float32)
        w = (generator.normal(size=(narrow, wide)) * 1e-3).astype(np.float32)
        z, g = np.zeros((BATCH, narrow), np.float32), np.zeros((narrow, wide), np.float32)
        products(x, w, z, g, 1)
        start = time.perf_counter()
        products(x, w, z, g, STEPS if number else -STEPS)
        seconds += time.perf_counter() - start
    return seconds


WHO: dict[str, Callable[[Work, Rows], float]] = {
    "netwright": fitted("fused"),
    "netwright, eager engine": fitted("eager"),
    "script": script_epoch,
    "eager": by_hand(fused=True),
    "scikit-learn": scikit_learn_epoch,
    "floor": floor_epoch,
}


def measure(quick: bool) -> Iterator[Row]:
    """Yield each one's median time per step, all of one work measured in turns; then what loading costs."""
    torch.set_num_threads(1)
    for work in WORKS:
        large = work.hidden[0] > 500
        yield from measure_work(work, repeats=(1 if large else 3) if quick else (3 if large else 9))
    yield from missing()
    yield from loading()
    yield from crossover()
    yield population(epochs=2 if quick else 10)


def measure_work(work: Work, repeats: int) -> Iterator[Row]:
    rows, name = make_rows(work), work.name.split()[0]
    seconds: dict[str, list[float]] = {who: [] for who in WHO}
    fitted("fused")(work, rows)  # compiles
    for _ in range(repeats):
        for who, epoch in WHO.items():
            seconds[who].append(epoch(work, rows))
    medians = {who: statistics.median(times) / STEPS * 1e6 for who, times in seconds.items()}
    for who, median in medians.items():
        ratio = median / medians["netwright"]
        note = f"{ratio:.3g} times ours" if who != "netwright" else f"median of {repeats}, batch {BATCH}, 1 thread"
        yield Row(name, who, median, "us/step", wanted(name, who, medians), note)


def wanted(name: str, who: str, medians: dict[str, float]) -> str:
    if who == "netwright":
        return f"< {MOST[name] * medians['floor']:.0f}" if name in MOST else ""
    least = LEAST[name].get(who)
    return "" if least is None else f"> {least * medians['netwright']:.0f}"


def missing() -> Iterator[Row]:
    """Peers that are measured where they are installed; none is downloaded for it."""
    for peer in OTHERS:
        if importlib.util.find_spec(peer) is None:
            yield Row(WORKS[0].name.split()[0], peer, None, "us/step", note="not installed here")


PROBE = """
import time, torch
from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit
torch.set_num_threads(1)
rows = Batches((torch.randn(64, 4), torch.zeros(64, 0, dtype=torch.long)), torch.zeros(64).long())
module = build("mlp", MLPConfig(), InputSpec(4, (), 3, "multiclass"), 0)
fit(module, rows, TrainingConfig(epochs=1, device="cpu", engine="eager"))  # loads what torch itself needs
start = time.perf_counter()
fit(module, rows, TrainingConfig(epochs=1, device="cpu", engine="fused"))
print(time.perf_counter() - start)
"""


def loading() -> Iterator[Row]:
    """Seconds until the first step of a process: when nothing is compiled yet, and when another process has done it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_CACHE_HOME": folder}
        for work, target in (("first use: compiling", "< 20"), ("later process: loading", "< 1.5")):
            run = subprocess.run([sys.executable, "-c", PROBE], env=environment, capture_output=True, check=True)
            yield Row(work, "netwright", float(run.stdout), "s", target)


def population(epochs: int) -> Row:
    """Sixteen networks on two threads beside the same on one; interleaved, medians of five."""
    x, y = make_rows(WORKS[0])
    batches = Batches((x, torch.zeros(ROWS, 0, dtype=torch.long)), y)
    spec = InputSpec(WORKS[0].features, (), CLASSES, "multiclass")
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(5):
        for threads, times in seconds.items():
            config = TrainingConfig(epochs=epochs, batch_size=BATCH, device="cpu", engine="fused", threads=1)
            members = [Member(build("mlp", MLPConfig((64, 32)), spec, seed), config) for seed in range(16)]
            start = time.perf_counter()
            fit_population(members, batches, threads)
            times.append(time.perf_counter() - start)
    one, two = (statistics.median(times) for times in seconds.values())
    note = f"{two / (16 * epochs * STEPS) * 1e6:.1f} us per network and step on two threads"
    return Row("16 networks, two threads over one", "netwright", one / two, "times", "> 1.8", note)


def crossover() -> Iterator[Row]:
    """Units in each of two hidden layers from which on `auto` takes the eager engine, by its estimate."""
    for threads in (1, 2, 4, 8):
        widths = (width for width in range(64, 16_385, 64) if chosen(width, threads) == "eager")
        work, note = f"crossover of 100-N-N-3 on {threads} threads", "units; none: fused is taken up to 16,384"
        yield Row(work, "netwright", next(widths, None), "units", note=note)


def chosen(width: int, threads: int) -> str:
    with torch.device("meta"):
        module = nn.Sequential(nn.Linear(100, width), nn.Linear(width, width), nn.Linear(width, CLASSES))
        rows = Batches((torch.empty(ROWS, 100),), torch.empty(ROWS))
    times = estimate(module, TrainingConfig(batch_size=BATCH, threads=threads), rows)
    return "eager" if times.eager < times.fused else "fused"


if __name__ == "__main__":
    report("Microseconds per training step: the fused engine, its peers and its floor, on one thread", measure)
