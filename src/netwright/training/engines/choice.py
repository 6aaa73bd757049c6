"""Which engine trains a module: the fused one where it can and where it is faster, else the eager one; and why."""

import importlib.util
import math
from dataclasses import dataclass

import torch
from torch import nn

from netwright.core.devices import choose_device
from netwright.core.errors import RecipeError
from netwright.core.values import Choice, Task
from netwright.networks.feedforward import MLP
from netwright.networks.layers.members import members_of
from netwright.training.batches import Batches, batch_sizes
from netwright.training.config import TrainingConfig
from netwright.training.engines.fused.cache import is_compiled
from netwright.training.engines.fused.program import NotFused, write_program
from netwright.training.engines.fused.readable import why_not_read
from netwright.training.losses import loss_terms
from netwright.training.preflight import task_of

# A model of both engines' time, fitted to benchmarks/training.py: it decides, and is said to be an estimate.
EAGER_STEP, FUSED_STEP = 550e-6, 15e-6  # seconds of a step that no size changes
EAGER_UPDATE, FUSED_UPDATE = 3.5e-9, 1.2e-9  # seconds to update one weight
RATE = 85e9  # floating-point operations that products do in a second on one thread
SHARED = 0.4  # of a thread that each further one adds to the eager engine
LOADING = 0.8  # seconds to load the compiled code, once
COMPILING = 20.0  # seconds to compile it, once on a machine
BUDGET_FOR_LOADING = 0.25  # share of the time left that either may take


@dataclass(frozen=True)
class Estimate:
    """Seconds that the whole training would take."""

    eager: float
    fused: float


def choose_engine(
    module: nn.Module,
    config: TrainingConfig,
    batches: Batches,
    task: Task | None = None,
    seconds_left: float = math.inf,
    networks: int = 1,
) -> tuple[str, Choice]:
    """Return "fused" or "eager", and the choice with its reason in words.

    Args:
        module: the network, on the device that it will be trained on.
        config: names an engine, or "auto".
        batches: all rows.
        task: None: whole-number targets are classes, others are values.
        seconds_left: until training must end.
        networks: that this process will train, who share the loading.

    Raises:
        RecipeError: the fused engine is asked for by name and cannot train this.
    """
    if config.engine == "eager":
        return _say("eager", "asked for by name")
    obstacle = why_not_fused(module, config, batches, task or task_of(batches.train_targets))
    if config.engine == "fused":
        if obstacle:
            raise RecipeError(f'training.engine: the fused engine cannot train this: {obstacle}; take engine = "auto"')
        return _say("fused", "asked for by name")
    if obstacle:
        return _say("eager", f"the fused engine cannot train this: {obstacle}")
    if seconds_left * BUDGET_FOR_LOADING < (LOADING if is_compiled() else COMPILING):
        return _say("eager", "the fused engine must be loaded or compiled first, which the time budget has no room for")
    return _faster(estimate(module, config, batches, networks))


def why_not_fused(module: nn.Module, config: TrainingConfig, batches: Batches, task: Task) -> str:
    """Return what stands in the way of the fused engine, or nothing."""
    if choose_device(config.device)[0].type != "cpu":
        return "it works on the CPU, and the training is on a GPU"
    if config.precision == "bfloat16":
        return "it computes in float32, and bfloat16 is asked for"
    if importlib.util.find_spec("numba") is None:
        return "it needs Numba, which is not installed: pip install 'netwright[fused]'"
    obstacle = _odd_types(module, batches)
    if obstacle:
        return obstacle
    places = {id(parameter): 0 for parameter in module.parameters()}
    try:
        writer = write_program(module, places, batches.train_inputs[0].shape[1], 1)
    except NotFused as reason:
        return str(reason)
    return why_not_read(writer, batches, loss_terms(config, task, batches.train_targets), task)


def estimate(module: nn.Module, config: TrainingConfig, batches: Batches, networks: int = 1) -> Estimate:
    """Estimate both engines' time for all planned steps: three products of two operations a weight and row.

    The rows of a layer that members share are those of all of them.
    """
    steps = len(batch_sizes(batches.rows, config.batch_size)) * config.epochs
    weights = sum(parameter.numel() for parameter in module.parameters() if parameter.ndim > 1)
    work = 6.0 * (weights + _shared(module)) * min(config.batch_size, batches.rows)
    threads = 1.0 + SHARED * ((config.threads or torch.get_num_threads()) - 1)
    eager = EAGER_STEP * config.accumulate + (work / RATE + weights * EAGER_UPDATE) / threads
    fused = FUSED_STEP * config.accumulate + work / RATE + weights * FUSED_UPDATE
    return Estimate(steps * eager, LOADING / networks + steps * fused)


def _shared(module: nn.Module) -> int:
    """Return how many more weights a row passes because members share them."""
    shared = module.hidden.parameters() if isinstance(module, MLP) else ()
    return (members_of(module) - 1) * sum(weight.numel() for weight in shared if weight.ndim > 1)


def _faster(times: Estimate) -> tuple[str, Choice]:
    said = f"an estimated {times.fused:.2g} s, loading included, where eager would take {times.eager:.2g} s"
    if times.fused < times.eager:
        return _say("fused", f"compiled backpropagation on one thread is faster for this network: {said}")
    return _say("eager", f"compiled backpropagation on one thread would not be faster: {said}")


def _odd_types(module: nn.Module, batches: Batches) -> str:
    numeric, rest = batches.train_inputs[0], batches.train_inputs[1:]
    kinds = {parameter.dtype for parameter in module.parameters()} | {numeric.dtype}
    if len(kinds) != 1 or not kinds <= {torch.float32, torch.float64}:
        return f"numbers are of the types {', '.join(sorted(str(kind).removeprefix('torch.') for kind in kinds))}"
    shaped = numeric.ndim == 2 and len(rest) <= 1 and all(part.ndim == 2 for part in rest)
    return "" if shaped else "its inputs are no table of numbers and a table of categories"


def _say(name: str, reason: str) -> tuple[str, Choice]:
    return name, Choice("training.engine", name, reason)
