"""Networks of growing depth, alike in all but the number of their hidden layers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn

from netwright.core.values import InputSpec, Task
from netwright.data import Preparation, Prepared
from netwright.explanation.comparison.trained import Answers, Trained
from netwright.networks import MLPConfig, build, fit_to_rows
from netwright.training.batches import Batches, Inputs
from netwright.training.config import TrainingConfig
from netwright.training.defaults import complete
from netwright.training.inference import from_logits
from netwright.training.parts import inputs_of
from netwright.training.predict import predict_logits
from netwright.training.session import Session

DEPTHS = (0, 1, 2, 4, 8)
WIDTH = 128
SKIPS_FROM = 4  # hidden layers: deeper ones do not learn without
NEVER = 1 << 30  # steps between records that nobody reads

Build = Callable[[], nn.Module]


def name_of(depth: int) -> str:
    """Return what a network of so many hidden layers is called."""
    return f"network with {depth} hidden layer{'' if depth == 1 else 's'}"


def config_of(depth: int) -> MLPConfig:
    return MLPConfig(hidden_sizes=(WIDTH,) * depth, normalization="batch", dropout=0.1, residual=depth >= SKIPS_FROM)


def said_config(depth: int) -> str:
    """Return the settings in a clause."""
    if not depth:
        return "one linear layer, trained by gradients"
    skips = ", skip connections" if depth >= SKIPS_FROM else ""
    return f"{depth} x {WIDTH} units, batch normalisation, dropout 0.1{skips}"


def building(depth: int, columns: int, spec: InputSpec, seed: int) -> Build:
    """Return what builds a network that reads so many numbers; the same each time it is called."""
    plain = InputSpec(columns, (), spec.outputs, spec.task)
    return lambda: build("mlp", config_of(depth), plain, seed)


def training_of(recipe: str, task: Task, rows: int, asked: Mapping[str, Any]) -> TrainingConfig:
    """Return the training that this program chooses for so many rows, with the settings that the user asked for."""
    found, _ = complete({"preset": {"recipe": recipe}, "training": asked}, task, rows)
    return at_ease(found.training, found.training.seed)


def at_ease(config: TrainingConfig, seed: int) -> TrainingConfig:
    """Return a training on one thread of the CPU that keeps no records, so that times can be compared."""
    return replace(config, seed=seed, threads=1, device="cpu", record_every=NEVER, statistics=False)


def inputs_to(rows: Any) -> Inputs:
    """Return what a network reads of rows of a view."""
    if isinstance(rows, Prepared):
        return inputs_of(rows)
    return torch.from_numpy(np.ascontiguousarray(rows)), torch.zeros((len(rows), 0), dtype=torch.int64)


@dataclass(frozen=True)
class Trainee:
    """A network that is going to be trained on some rows."""

    build: Build
    config: TrainingConfig
    batches: Batches

    def module(self) -> nn.Module:
        """Return the network as it begins."""
        module = self.build()
        fit_to_rows(module, self.batches.train_inputs, self.batches.train_targets, self.config.seed)
        return module


@dataclass
class Stopwatch:
    """The processor seconds of one training, read in its own thread: others train beside it."""

    began: float | None = None
    ended: float = 0.0

    def begin(self, _epoch: int) -> None:
        self.began = time.thread_time() if self.began is None else self.began

    def end(self, _logits: Tensor, _targets: Tensor) -> float:
        """Mark the end of an epoch; stands in for a metric, which is asked for then."""
        self.ended = time.thread_time()
        return 0.0

    @property
    def seconds(self) -> float:
        return 0.0 if self.began is None else max(0.0, self.ended - self.began)

    def session(self, base: Session) -> Session:
        """Return a session that this watch is held to."""
        return replace(base, epoch_begins=self.begin, metric=self.end)


def trained_network(module: nn.Module, seconds: float, preparation: Preparation, note: str = "") -> Trained:
    """Return a network that has learnt, as a model among others."""
    weights = sum(weight.numel() for weight in module.parameters())

    def answer(rows: Any) -> Answers:
        return from_logits(predict_logits(module, inputs_to(rows)).double(), preparation)

    size = len(save(dict(module.state_dict())))
    return Trained(answer, seconds, weights, weights - unread(module), size, None, note)


def unread(module: nn.Module) -> int:
    """Return how many weights one row does not touch: of tables of vectors all but the one of its category, or, where
    it reads a text, all but as many as the text has places."""
    places = sum(getattr(module, "words", ()))
    of_texts = {id(part) for layer in getattr(module, "texts", ()) for part in layer.modules()}
    found = 0
    for table in module.modules():
        if isinstance(table, nn.Embedding | nn.EmbeddingBag):
            read = places if id(table) in of_texts else 1
            found += max(0, table.num_embeddings - read) * table.embedding_dim
    return found
