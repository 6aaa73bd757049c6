"""`fit` on tiny Shakespeare within a budget, beside n-grams; its pace beside a plain loop. Data: $NETWRIGHT_DATA."""

import argparse
import importlib.util
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from rows import Row, machine, options, publish
from torch import nn
from torch.utils.data import DataLoader, Dataset

import netwright as nw
from netwright.networks.language import LanguageNetworkConfig, build_language
from netwright.training.engines.eager import Batch, Engine, take_step
from netwright.training.language.recipe import language_recipe
from netwright.training.language.windows import Windows, token_loss
from netwright.training.optimizers import make_updater

WORK = "tinyshakespeare, characters, {} of wall time"
PACE = "tokens a second, gpt of width {}"
TARGETS = {"3m": "<= 1.7", "20m": "<= 1.55"}
VOCABULARY, CONTEXT, BATCH = 66, 128, 32
STEPS = 5  # whose median is a pace


def asked() -> argparse.Namespace:
    parser = options(__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help="also train for 20 minutes")
    return parser.parse_args()


def measure(quick: bool, long: bool) -> Iterator[Row]:
    """Yield what each budget bought, and the paces."""
    budgets = ["20s"] if quick else ["3m", "20m"] if long else ["3m"]
    for budget in budgets:
        yield from trained(budget)
    yield from paces(128 if quick else 384)


def trained(budget: str) -> Iterator[Row]:
    """Every character of the last tenth is foretold with what comes before it in view."""
    root, work, target = os.environ.get("NETWRIGHT_DATA"), WORK.format(budget), TARGETS.get(budget, "")
    source = Path(root or "") / "tinyshakespeare" / "input.txt"
    source = source if source.exists() else Path(root or "") / "input.txt"
    if root is None or not source.exists():
        yield Row(work, "netwright", None, "nats/character", target, "set NETWRIGHT_DATA to the folder of the data")
        return
    with tempfile.TemporaryDirectory(prefix="netwright-language-") as folder:
        began = time.monotonic()
        run = nw.fit(str(source), budget=budget, options=nw.FitOptions(runs=folder))
        seconds = time.monotonic() - began
        assert isinstance(run, nw.LanguageRun)
        summary = run.language
        note = f"{summary.parameters:,} weights, {summary.epochs[-1].step:,} steps, {seconds:.0f} s in all"
        yield Row(work, "netwright", summary.evaluation.measure.nats_per_character, "nats/character", target, note)
        for name, found in summary.evaluation.baselines.items():
            yield Row(work, name, found.nats_per_character, "nats/character", "", "counted on the same characters")


def paces(width: int) -> Iterator[Row]:
    """Yield our pace, that of the same network in a plain float32 loop, and their ratio, taken in turns."""
    work, threads = PACE.format(width), f"{torch.get_num_threads()} threads"
    config = LanguageNetworkConfig(width=width, depth=6, heads=width // 64, context=CONTEXT)
    tokens = np.random.default_rng(0).integers(1, VOCABULARY, 200_000).astype(np.uint16)
    steps = {"netwright": our_step(config, tokens), "plain PyTorch": plain_step(config, tokens)}
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(STEPS + 1):
        for name, step in steps.items():
            began = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - began)
    found = {name: BATCH * CONTEXT / statistics.median(times[1:]) for name, times in seconds.items()}
    yield Row(work, "netwright", found["netwright"], "tokens/s", "", f"bfloat16 products, Muon, {threads}")
    yield Row(work, "plain PyTorch", found["plain PyTorch"], "tokens/s", "", f"float32, AdamW, DataLoader, {threads}")
    ratio = found["netwright"] / found["plain PyTorch"]
    yield Row(work, "netwright / plain PyTorch", ratio, "times", ">= 2", "of the same run")
    yield from peers(config, tokens, work)


def peers(config: LanguageNetworkConfig, tokens: np.ndarray, work: str) -> Iterator[Row]:
    if importlib.util.find_spec("lightning") is None:
        yield Row(work, "Lightning", None, "tokens/s", "", "not installed")
    else:
        pace = lightning_pace(config, tokens)
        yield Row(work, "Lightning", pace, "tokens/s", "", "float32, AdamW; after the others, not in turns with them")
    note = "installed, not measured" if importlib.util.find_spec("keras") else "not installed"
    yield Row(work, "Keras", None, "tokens/s", "", note)


def lightning_pace(config: LanguageNetworkConfig, tokens: np.ndarray) -> float:
    """Return the median pace of Lightning's own loop around the same network."""
    import lightning

    began: list[float] = []

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network = build_language(config, VOCABULARY, 0)

        def training_step(self, batch: list[torch.Tensor], _: int) -> torch.Tensor:
            began.append(time.perf_counter())
            return nn.functional.cross_entropy(self.network(batch[0]).flatten(0, 1), batch[1].flatten())

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.AdamW(self.parameters(), lr=1e-3)

    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    trainer = lightning.Trainer(max_steps=STEPS + 2, accelerator="cpu", enable_model_summary=False, **quiet)
    trainer.fit(Module(), DataLoader(Shifted(tokens), batch_size=BATCH, shuffle=True))
    return BATCH * CONTEXT / statistics.median(np.diff(began)[1:])


def our_step(config: LanguageNetworkConfig, tokens: np.ndarray) -> Callable[[], object]:
    recipe = language_recipe({}, "benchmark")
    training = replace(recipe.training, precision="bfloat16", batch_size=BATCH)
    windows = Windows(build_language(config, VOCABULARY, 0), tokens, 0, BATCH)
    engine = Engine(windows, token_loss(windows.plan), make_updater(windows, training), None, training)
    rows = torch.arange(BATCH)
    return partial(take_step, engine, Batch((rows,), rows, None, 1, training.learning_rate, False))


class Shifted(Dataset):
    """Windows as people write them: a slice, and the slice one further."""

    def __init__(self, tokens: np.ndarray) -> None:
        self.tokens = torch.from_numpy(tokens.astype(np.int64))

    def __len__(self) -> int:
        return len(self.tokens) - CONTEXT - 1

    def __getitem__(self, at: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.tokens[at : at + CONTEXT], self.tokens[at + 1 : at + CONTEXT + 1]


def plain_step(config: LanguageNetworkConfig, tokens: np.ndarray) -> Callable[[], object]:
    network = build_language(config, VOCABULARY, 0)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    batches = iter(DataLoader(Shifted(tokens), batch_size=BATCH, shuffle=True))

    def step() -> None:
        inputs, targets = next(batches)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(inputs).flatten(0, 1), targets.flatten())
        loss.backward()
        optimizer.step()
        loss.item()

    return step


if __name__ == "__main__":
    given = asked()
    publish(given, machine(), list(measure(given.quick, given.long)))
