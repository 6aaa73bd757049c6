"""One step of the tabular recipes on 14 continuous columns: fused, eager, by hand in PyTorch, and the products alone.

Where the floor, which is the matrix products alone, is more than an eighth of the eager engine's step, no engine that
asks this BLAS for them can be 8 times faster.
"""

import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import torch
from peers.floor import products
from peers.work import CLASSES, ROWS
from rows import Row
from torch import nn
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from netwright.core.values import InputSpec
from netwright.data import SchemaRequest, fit_preparation, infer_schema, prepare, read_table
from netwright.networks import MLPConfig, build, fit_bins
from netwright.networks.layers.members import MemberHead, members_of
from netwright.networks.layers.numeric_embedding import PeriodicEmbedding, PiecewiseEmbedding
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.defaults import complete
from netwright.training.fit import fit
from netwright.training.recipe import Recipe

COLUMNS, LEAST = 14, 8.0  # times faster than eager
VARIANTS: dict[str, dict[str, Any]] = {  # of the network; those whose settings MLPConfig has
    "three layers, numbers as they are": {"numeric_embedding": "none"},
    "the recipe single": {},
    "the default recipe, eight members": {"members": 8, "hidden_sizes": (128, 128)},
    "with periodic numeric embeddings": {"numeric_embedding": "periodic", "embedding_size": None},
    "with a parametric activation": {"numeric_embedding": "none", "parametric": True},
}

Trains = Callable[[MLPConfig, TrainingConfig], float]  # seconds of one epoch


def measure(quick: bool) -> Iterator[Row]:
    """Yield medians of interleaved repeats, on one thread."""
    recipe, spec, batches = prepared()
    who: dict[str, Trains] = {
        "netwright": by_engine("fused", spec, batches),
        "netwright, eager engine": by_engine("eager", spec, batches),
        "PyTorch by hand": lambda network, training: by_hand(built(network, spec, batches), training, batches),
        "floor": lambda network, training: floor(built(network, spec, batches), training.batch_size),
    }
    known = {field.name for field in fields(MLPConfig)}
    for work, settings in VARIANTS.items():
        if set(settings) <= known:
            network = replace(recipe.network, **settings)
            yield from measure_variant(work, who, (network, recipe.training), repeats=3 if quick else 9)


def prepared() -> tuple[Recipe, InputSpec, Batches]:
    """Return the recipe that ROWS rows of noise get, and those rows as it prepares them."""
    generator = np.random.default_rng(0)
    columns = {f"x{number}": generator.normal(size=ROWS) for number in range(COLUMNS)}
    frame = pl.DataFrame(columns).with_columns(y=generator.choice(list("abc")[:CLASSES], ROWS))
    schema, table = infer_schema(read_table(frame), SchemaRequest("y"))
    recipe, _ = complete({"preset": {"recipe": "single"}}, schema.task, ROWS)
    every = np.arange(ROWS)
    preparation = fit_preparation(table, schema, every, recipe.preparation)
    rows = prepare(table, schema, preparation, every)
    assert rows.target is not None
    inputs = (torch.from_numpy(rows.numeric), torch.from_numpy(rows.categorical))
    return recipe, preparation.spec, Batches(inputs, torch.from_numpy(rows.target.astype(np.int64)))


def by_engine(engine: str, spec: InputSpec, batches: Batches) -> Trains:
    def epoch(network: MLPConfig, training: TrainingConfig) -> float:
        config = replace(training, epochs=3, engine=engine, device="cpu")
        ends = [record.seconds for record in fit(built(network, spec, batches), batches, config).epochs]
        return statistics.median(later - sooner for sooner, later in pairwise(ends))

    return epoch


def built(network: MLPConfig, spec: InputSpec, batches: Batches) -> nn.Module:
    module = build("mlp", network, spec, 0)
    fit_bins(module, batches.train_inputs[0])
    return module


def by_hand(network: nn.Module, config: TrainingConfig, batches: Batches) -> float:
    """AdamW with decay for matrices only, warm-up and cosine, clipping, averaged weights; the second epoch is timed."""
    steps = 2 * math.ceil(batches.rows / config.batch_size)
    warm = config.warmup * steps
    optimizer = torch.optim.AdamW(decayed(network, config), config.learning_rate, config.betas, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, 0.5 + 0.5 * math.cos(math.pi * max(0.0, (step - warm) / (steps - warm)))),
    )
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(config.ema_decay))
    ends = [0.0, 0.0]
    for number in range(2):
        train(network.train(), (optimizer, schedule, average), config, batches)
        ends[number] = time.perf_counter()
    return ends[1] - ends[0]


def floor(network: nn.Module, batch: int) -> float:
    """Return the seconds of an epoch of the network's products, as the fused engine asks for them."""
    steps, seconds = math.ceil(ROWS / batch), 0.0
    for times, rows, wide, narrow in shapes(network, batch):
        x, z = np.zeros((rows, wide), np.float32), np.zeros((rows, narrow), np.float32)
        w, gradient = np.zeros((narrow, wide), np.float32), np.zeros((narrow, wide), np.float32)
        products(x, w, z, gradient, 1)
        start = time.perf_counter()
        products(x, w, z, gradient, steps * times)
        seconds += time.perf_counter() - start
    return seconds


def shapes(network: nn.Module, batch: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield how often each product is taken, its rows, inputs and outputs; -1: without the delta of the inputs."""
    embeds = any(isinstance(layer, PeriodicEmbedding | PiecewiseEmbedding) for layer in network.modules())
    members, first = members_of(network), True
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            learns_below = embeds or members > 1 or not first
            yield (1 if learns_below else -1), batch * members, layer.in_features, layer.out_features
            first = False
        elif isinstance(layer, MemberHead):
            yield members, batch, layer.weight.shape[2], layer.weight.shape[1]


def decayed(network: nn.Module, config: TrainingConfig) -> list[dict[str, Any]]:
    matrices = [weight for weight in network.parameters() if weight.ndim > 1]
    others = [weight for weight in network.parameters() if weight.ndim <= 1]
    return [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]


def train(network: nn.Module, tools: tuple[Any, Any, AveragedModel], config: TrainingConfig, batches: Batches) -> None:
    optimizer, schedule, average = tools
    for chosen in torch.randperm(batches.rows).split(config.batch_size):
        optimizer.zero_grad()
        logits = network(*(part[chosen] for part in batches.train_inputs))
        truth = batches.train_targets[chosen].repeat(len(logits) // len(chosen))  # members share it
        functional.cross_entropy(logits, truth).backward()
        clip_grad_norm_(network.parameters(), config.clip_norm or math.inf)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)


def measure_variant(
    work: str, who: dict[str, Trains], recipe: tuple[MLPConfig, TrainingConfig], repeats: int
) -> Iterator[Row]:
    network, training = recipe
    seconds: dict[str, list[float]] = {name: [] for name in who}
    for _ in range(repeats):
        for name, epoch in who.items():
            seconds[name].append(epoch(network, training))
    steps = math.ceil(ROWS / training.batch_size)
    medians = {name: statistics.median(times) / steps * 1e6 for name, times in seconds.items()}
    shape = "-".join(map(str, network.hidden_sizes))
    for name, median in medians.items():
        note = f"{median / medians['netwright']:.3g} times ours"
        if name == "floor":
            note += f"; the eager engine takes {medians['netwright, eager engine'] / median:.3g} times this"
        if name == "netwright":
            note = f"median of {repeats}, {COLUMNS} columns, {shape}, batch {training.batch_size}, 1 thread"
        target = "" if name in ("netwright", "floor") else f"> {LEAST * medians['netwright']:.0f}"
        yield Row(work, name, median, "us/step", target, note)
