"""Small networks on @breast-cancer with early stopping, as a search trains them: how many a second, in what memory.

Ours run in a process of their own, so that its peak of memory is theirs. Beside them Optuna with a PyTorch loop by
hand: trials of the same kind, one after the other.
"""

import importlib.util
import json
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from peers.by_hand import train
from peers.work import Work, plain_network
from rows import Row
from torch.nn import functional

from netwright.core.values import InputSpec
from netwright.data import SplitConfig, fit_preparation, infer_schema, prepare, read_table, split_rows
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.parts import tensors
from netwright.training.populations import Member, Trained, fit_population

CLASSES = 2
HIDDEN = {"32": (32,), "64": (64,), "32-16": (32, 16), "64-32": (64, 32)}
SLOWEST, FASTEST = 1e-3, 3e-2  # learning rates
BATCH, EPOCHS, PATIENCE = 32, 10, 3
TRIALS = 20  # of Optuna
FIRST, GROWTH = 100, 10.0  # networks after which the peak of memory may grow by so many MB


@dataclass(frozen=True)
class Found:
    """What came of one round."""

    rate: float  # networks a second
    loss: float  # the median network's best validation loss: who stops early must not stop too early
    growth: float = math.nan  # of the peak of memory from the FIRST network to the last, MB


def measure(quick: bool) -> Iterator[Row]:
    """Yield medians of interleaved rounds."""
    count, cores = 200 if quick else 1000, os.cpu_count() or 1
    rounds: dict[str, list[Found]] = {"netwright": [], "netwright, one thread": [], "optuna + PyTorch": []}
    for _ in range(1 if quick else 3):
        rounds["netwright"].append(in_a_process(count, cores))
        rounds["netwright, one thread"].append(in_a_process(count, 1))
        if importlib.util.find_spec("optuna") is not None:
            rounds["optuna + PyTorch"].append(with_optuna())
    work, notes = (
        f"{count:,} small networks on @breast-cancer",
        (f"{cores} threads", "", f"{TRIALS} trials, one thread"),
    )
    alone = statistics.median(found.rate for found in rounds["netwright, one thread"])
    for (who, found), note in zip(rounds.items(), notes, strict=True):
        yield speed(work, who, found, note, alone)
    growth = statistics.median(found.growth for found in rounds["netwright"])
    note = f"of the peak, from the {FIRST}th finished to the last; the modules are made before"
    yield Row(work, "netwright", growth, "MB", f"< {GROWTH:g}", note)


def speed(work: str, who: str, found: list[Found], note: str, alone: float) -> Row:
    if not found:
        return Row(work, who, None, "networks/s", note="not installed here")
    rate = statistics.median(entry.rate for entry in found)
    loss = statistics.median(entry.loss for entry in found)
    parts = (note, f"{rate / alone:.3g} times ours on one" if who != "netwright, one thread" else "")
    said = "; ".join((*filter(None, parts), f"median validation loss {loss:.3f}"))
    return Row(work, who, rate, "networks/s", note=said)


def in_a_process(count: int, threads: int) -> Found:
    command = [sys.executable, "-m", "measured.small_networks", str(count), str(threads)]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], check=True, capture_output=True, text=True)
    return Found(**json.loads(run.stdout))


def population(count: int, threads: int) -> Found:
    """Train `count` networks with `fit_population`."""
    spec, batches = prepared()
    members = [member(number, spec) for number in range(count)]
    fit_population(members[:1], batches)  # loads the compiled code
    members[0] = member(0, spec)
    peaks: list[float] = []

    def finished(_trained: Trained) -> None:
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

    start = time.perf_counter()
    trained = fit_population(members, batches, threads, finished)
    seconds = time.perf_counter() - start
    losses = [entry.result.best_value for entry in trained if entry.result is not None]
    assert len(losses) == count, "a network failed"
    return Found(count / seconds, statistics.median(losses), peaks[-1] - peaks[FIRST - 1])


def member(number: int, spec: InputSpec) -> Member:
    chance = random.Random(number)
    rate = math.exp(chance.uniform(math.log(SLOWEST), math.log(FASTEST)))
    config = TrainingConfig(
        *(EPOCHS, BATCH),
        learning_rate=rate,
        patience=PATIENCE,
        seed=number,
        device="cpu",
        engine="fused",
        threads=1,
    )
    hidden = chance.choice(list(HIDDEN.values()))
    return Member(build("mlp", MLPConfig(hidden), spec, number), config)


def prepared() -> tuple[InputSpec, Batches]:
    schema, table = infer_schema(read_table("@breast-cancer"))
    split = split_rows(table, schema, SplitConfig())
    preparation = fit_preparation(table, schema, split.train)
    parts = (tensors(prepare(table, schema, preparation, rows)) for rows in (split.train, split.validation))
    spec = InputSpec(preparation.spec.numeric, (), CLASSES, "multiclass")  # as a loop by hand would have it
    return spec, Batches(*next(parts), *next(parts))


def with_optuna() -> Found:
    """Search as its users do: the default sampler, one job, an objective that returns the best validation loss."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    _, batches = prepared()
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))

    def objective(trial: optuna.Trial) -> float:
        hidden = HIDDEN[trial.suggest_categorical("hidden", list(HIDDEN))]
        return by_hand(hidden, trial.suggest_float("rate", SLOWEST, FASTEST, log=True), batches)

    start = time.perf_counter()
    study.optimize(objective, n_trials=TRIALS)
    seconds = time.perf_counter() - start
    return Found(TRIALS / seconds, statistics.median(trial.value or math.nan for trial in study.trials))


def by_hand(hidden: tuple[int, ...], rate: float, batches: Batches) -> float:
    """Stop when PATIENCE epochs were no better; keep the best weights. Return their validation loss."""
    (x, _), y = batches.train_inputs, batches.train_targets
    assert batches.validation_inputs is not None
    assert batches.validation_targets is not None
    network = plain_network(Work(x.shape[1], hidden), CLASSES)
    optimizer = torch.optim.Adam(network.parameters(), lr=rate, fused=True)
    best, waited, weights = math.inf, 0, network.state_dict()
    for _ in range(EPOCHS):
        train(network.train(), optimizer, (x, y), BATCH)
        with torch.no_grad():
            logits = network.eval()(batches.validation_inputs[0])
            loss = functional.cross_entropy(logits, batches.validation_targets).item()
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if not waited:
            weights = deepcopy(network.state_dict())
        elif waited >= PATIENCE:
            break
    network.load_state_dict(weights)
    return best


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(asdict(population(int(sys.argv[1]), int(sys.argv[2])))))
