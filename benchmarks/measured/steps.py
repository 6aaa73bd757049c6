"""One training step, of three sizes of network: all of one size measured in turns, on one thread; medians."""

import statistics
from collections.abc import Iterator
from itertools import pairwise

import torch
from peers import PEERS, Trains, load
from peers.work import BATCH, CLASSES, RATE, STEPS, AbsentError, Epoch, Rows, Work, loss_after, make_rows
from rows import Row

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit

WORKS = (Work(20, (64, 32)), Work(100, (256, 256)), Work(100, (1024, 1024)))
LEAST = {  # how many times faster than each peer it should be
    "20-64-32-3": {"script": 35.0, "eager": 20.0, "jax": 4.0},
    "100-256-256-3": {"script": 4.0, "jax": 2.0},
    "100-1024-1024-3": {"eager": 1.0},
}
MOST = {"20-64-32-3": 2.5}  # times the floor


def measure(quick: bool) -> Iterator[Row]:
    """Yield each one's median time per step."""
    who, absent = installed()
    for work in WORKS:
        large = work.hidden[0] > 500
        yield from measure_work(work, who, repeats=(1 if large else 3) if quick else (3 if large else 9))
        yield from (Row(work.name, peer, None, "us/step", note=why) for peer, why in absent.items())


def installed() -> tuple[dict[str, Trains], dict[str, str]]:
    """Return who is measured, and why the others are not; who needs a compiler compiles here for the first time."""
    who: dict[str, Trains] = {"netwright": fitted("fused"), "netwright, eager engine": fitted("eager")}
    absent: dict[str, str] = {}
    for name in PEERS:
        try:
            epoch = load(name)
            epoch(WORKS[0], make_rows(WORKS[0]))
            who[name] = epoch
        except AbsentError as reason:
            absent[name] = str(reason)
    return who, absent


def fitted(engine: str) -> Trains:
    def epoch(work: Work, rows: Rows) -> Epoch:
        x, y = rows
        module = build("mlp", MLPConfig(work.hidden), InputSpec(work.features, (), CLASSES, "multiclass"), seed=0)
        categorical = torch.zeros(len(y), 0, dtype=torch.long)
        epochs = 3 if engine == "fused" else 2
        config = TrainingConfig(epochs=epochs, batch_size=BATCH, learning_rate=RATE, device="cpu", engine=engine)
        ends = [record.seconds for record in fit(module, Batches((x, categorical), y), config).epochs]
        seconds = statistics.median(later - sooner for sooner, later in pairwise(ends))
        return Epoch(seconds, loss_after(module, rows, categorical))

    return epoch


def measure_work(work: Work, who: dict[str, Trains], repeats: int) -> Iterator[Row]:
    rows = make_rows(work)
    seconds: dict[str, list[float]] = {name: [] for name in who}
    for _ in range(repeats):
        for name, epoch in who.items():
            seconds[name].append(epoch(work, rows).seconds)
    medians = {name: statistics.median(times) / STEPS * 1e6 for name, times in seconds.items()}
    for name, median in medians.items():
        note = f"{median / medians['netwright']:.3g} times ours"
        if name == "netwright":
            note = f"median of {repeats}, batch {BATCH}, 1 thread"
        yield Row(work.name, name, median, "us/step", wanted(work.name, name, medians), note)


def wanted(work: str, who: str, medians: dict[str, float]) -> str:
    if who == "netwright":
        return f"< {MOST[work] * medians['floor']:.0f}" if work in MOST else ""
    least = LEAST[work].get(who)
    return "" if least is None else f"> {least * medians['netwright']:.0f}"
