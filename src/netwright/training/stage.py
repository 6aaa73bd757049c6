"""What a job is asked, what it has in its hands when training begins, and who hears of it."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from netwright.core.interrupts import StopSignal
from netwright.core.values import Choice, Contest, EnsembleSummary, RateTest
from netwright.data import Preparation, Prepared
from netwright.training.calibration import HeldOut
from netwright.training.evaluation.evaluate import Yardstick, in_own_unit
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER, METRICS
from netwright.training.inference import from_logits
from netwright.training.material import Material, Reading
from netwright.training.parts import Parts, tensors
from netwright.training.predict import predict_logits
from netwright.training.recipe import Recipe
from netwright.training.run_directory import RunInfo
from netwright.training.session import Metric, Observer, Session


@dataclass(frozen=True)
class Ready:
    """What is known when training is about to start."""

    material: Material
    recipe: Recipe
    choices: tuple[Choice, ...]
    yardstick: Yardstick
    folder: Path
    sizes: dict[str, int]  # rows of each part
    rate_test: RateTest | None = None


@dataclass(frozen=True)
class Count:
    """How far the training of many networks is."""

    what: str  # "networks", "learning curve"
    done: int
    total: int


def _ignore(_: object) -> None:
    return None


@dataclass(frozen=True)
class Listener:
    """Who is told how the job goes, and who may stop it."""

    reading: Reading | None = None
    ready: Callable[[Ready], None] = _ignore
    observers: Sequence[Observer] = ()
    stop: StopSignal | None = None
    counted: Callable[[Count], None] = _ignore
    tested: "Callable[[Tested], None]" = _ignore


@dataclass(frozen=True)
class Request:
    """What a job is asked to do."""

    settings: Mapping[str, Any]  # the user's part of the recipe, as nested plain values
    source: Any = None  # a frame or arrays, in place of settings["data"]["source"]
    runs: Path = Path("runs")
    name: str | None = None
    budget: float | None = None  # seconds for the whole job
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Stage:
    """A run directory that is ready to be trained in."""

    folder: Path
    material: Material
    recipe: Recipe
    preparation: Preparation
    parts: Parts
    info: RunInfo
    resume: bool = False


@dataclass(frozen=True)
class Tested:
    """A network that has answered for the test rows."""

    stage: Stage
    module: nn.Module
    truth: NDArray[Any]  # class positions, or values in the target's unit
    predicted: NDArray[np.float64]  # probabilities [rows, classes], or values [rows]
    threshold: float


@dataclass(frozen=True)
class Watch:
    """Who follows the training, by what its networks are measured, and when it must end."""

    listener: Listener
    yardstick: Yardstick
    deadline: float | None = None  # in time.monotonic() seconds


@dataclass(frozen=True)
class Outcome:
    """A trained network, and how that went."""

    module: nn.Module
    ended: str
    notes: tuple[str, ...] = ()
    ensemble: EnsembleSummary | None = None
    held_out: HeldOut | None = None  # of folds; None: the split's validation rows are
    contest: Contest | None = None  # where several recipes were trained


def metric_of(yardstick: Yardstick, preparation: Preparation) -> Metric:
    """Return the headline metric as `fit` wants it: from logits and targets to a number."""

    def measure(logits: torch.Tensor, targets: torch.Tensor) -> float:
        predicted = from_logits(logits.double().cpu(), preparation)
        value = score(yardstick, in_own_unit(targets.cpu().flatten().numpy(), preparation), predicted)
        return math.nan if value is None else value

    return measure


def session_of(stage: Stage, watch: Watch) -> Session:
    """Return what surrounds the training of any network of a run."""
    return Session(
        stop=watch.listener.stop,
        deadline=watch.deadline,
        task=watch.yardstick.task,
        metric=metric_of(watch.yardstick, stage.preparation),
        higher_is_better=watch.yardstick.headline in HIGHER_IS_BETTER,
    )


def score(yardstick: Yardstick, truth: NDArray[Any], predicted: NDArray[np.float64]) -> float | None:
    """Return the headline metric of predictions; None where it is not defined."""
    metric = METRICS[yardstick.task][yardstick.headline]
    value = float(metric(truth, predicted, np.ones((1, len(truth))))[0])
    return value if math.isfinite(value) else None


def answers_of(
    module: nn.Module, rows: Prepared, preparation: Preparation, temperature: float = 1.0
) -> NDArray[np.float64]:
    """Return what a network says of prepared rows: probabilities [n, classes], or values [n] in the target's unit."""
    return from_logits(logits_of(module, rows), preparation, temperature)


def logits_of(module: nn.Module, rows: Prepared) -> torch.Tensor:
    """Return a network's outputs for prepared rows, float64 [n, outputs]."""
    device = next(module.parameters()).device
    inputs = tuple(tensor.to(device) for tensor in tensors(rows)[0])
    return predict_logits(module, inputs).double().cpu()
