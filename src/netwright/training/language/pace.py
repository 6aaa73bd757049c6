"""What is settled by a clock before a training begins: precision, threads, and how many steps the time has room for."""

import copy
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from netwright.core.devices import choose_device, cpu_threads
from netwright.core.seeds import derive_seed
from netwright.core.values import Choice
from netwright.networks.language import LanguageNetwork, build_language
from netwright.training.compile_choice import settle_compile
from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Batch, Engine, on_gpu, take_step
from netwright.training.generators import seeded
from netwright.training.language.evaluating import ROWS, nats_of
from netwright.training.language.material import TextMaterial
from netwright.training.language.recipe import SHARED, LanguageRecipe
from netwright.training.language.windows import Windows, token_loss
from netwright.training.optimizers import make_updater
from netwright.training.precision import Trainer, choose_precision

STEPS = 4  # whose median is the pace
HOPELESS = 2.0  # times the step of one thread: several that wait for another program's take that and more
ENOUGH = 1.0  # seconds after which fewer do
FILLED = 0.93  # share of the time left that planned steps take
ROOM = 3  # times the epochs that are expected to fit
MARGIN = 1.5  # what was measured once takes longer where other work comes to the machine
CLOSING = 3.0  # seconds of samples, files and the report
TOKENS_A_WEIGHT = 12  # to train on where no budget says otherwise (nanochat, after J. Hoffmann et al., 2022)
PASSES = 20  # over the text, at most
LEAST_STEPS = 200


@dataclass(frozen=True)
class Settled:
    """A recipe without gaps, why, and how long the network takes to answer."""

    recipe: LanguageRecipe
    choices: tuple[Choice, ...]
    asking: float  # seconds for one window


def settle(recipe: LanguageRecipe, material: TextMaterial, seconds_left: Callable[[], float]) -> Settled:
    """Time a few steps, and fix what the recipe leaves open.

    Args:
        recipe: precision "auto", threads None and steps_per_epoch None are filled in.
        material: what is trained on.
        seconds_left: until all must be done, infinite without a budget; asked when the steps are planned.
    """
    network = build_language(recipe.network, material.tokenizer.size, recipe.training.seed)
    device, chosen = choose_device(recipe.training.device)
    network = network.to(device)
    training, compiled = settle_compile(recipe.training, device)
    recipe = replace(recipe, training=training)
    trainer = _trainer(recipe, material)
    choices: list[Choice] = [chosen, *compiled]
    with seeded(derive_seed(recipe.training.seed, "pace"), device):
        recipe, choice = _threads(recipe, network, trainer)
        choices += choice
        with cpu_threads(recipe.training.threads):
            choices.append(choose_precision(recipe.training.precision, network, trainer))
            recipe = _with(recipe, precision=str(choices[-1].value))
            paces = _pace(network, trainer, recipe.training), _asking(network, material)
    recipe, planned = _plan(recipe, material, network, paces, seconds_left())
    return Settled(recipe, (*choices, *planned), paces[1])


def _with(recipe: LanguageRecipe, **training: object) -> LanguageRecipe:
    return replace(recipe, training=replace(recipe.training, **training))  # type: ignore[arg-type]


def _trainer(recipe: LanguageRecipe, material: TextMaterial) -> Trainer:
    """Return how a copy of the network is trained by a step, on the first windows of the text."""

    def train(copied: torch.nn.Module, precision: str) -> Callable[[], float]:
        config = replace(recipe.training, precision=precision)
        windows = Windows(copied, material.train, config.seed, config.batch_size)
        engine = Engine(windows, token_loss(windows.plan), make_updater(windows, config), None, config)
        engine = on_gpu(engine, config.batch_size)
        rows = torch.arange(config.batch_size, device=next(copied.parameters()).device)

        def step() -> float:
            return float(take_step(engine, Batch((rows,), rows, None, 1, config.learning_rate, False)).losses)

        return step

    return train


def _threads(recipe: LanguageRecipe, network: LanguageNetwork, trainer: Trainer) -> tuple[LanguageRecipe, list[Choice]]:
    """Take all threads, or one where another load on the machine makes several wait for each other."""
    most = torch.get_num_threads()
    if recipe.training.threads is not None or most == 1 or next(network.parameters()).device.type != "cpu":
        return recipe, []
    seconds: dict[int, float] = {}
    for threads in (1, most):
        with cpu_threads(threads):
            seconds[threads] = _pace(network, trainer, recipe.training, HOPELESS * seconds.get(1, math.inf))
    best = min(seconds, key=lambda threads: seconds[threads])
    said = f"a step takes {1000 * seconds[most]:,.0f} ms on {most} threads and {1000 * seconds[1]:,.0f} ms on one"
    return _with(recipe, threads=best), [Choice("training.threads", best, said)]


def _pace(network: LanguageNetwork, trainer: Trainer, config: TrainingConfig, hopeless: float = math.inf) -> float:
    """Return the seconds of a step; the first, which is slower, counts only where it takes longer than `hopeless`."""
    step = trainer(copy.deepcopy(network), config.precision)
    first = _timed(step)
    if first > hopeless:
        return first
    taken = [_timed(step)]
    while len(taken) < STEPS and sum(taken) < ENOUGH:
        taken.append(_timed(step))
    return statistics.median(taken)


def _timed(step: Callable[[], float]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def ending(material: TextMaterial, recipe: LanguageRecipe, asking: float) -> float:
    """Estimate the seconds of what comes after training: the measured part, in windows that overlap by half, and more.

    Args:
        material: holds that part.
        recipe: has the windows' length.
        asking: seconds to ask for one window.
    """
    _, (start, stop) = material.measured
    tokens = (stop - start) / max(material.split.sizes["train"], 1) * len(material.train)
    return MARGIN * 2.0 * tokens / recipe.network.context * asking + CLOSING


def _asking(network: LanguageNetwork, material: TextMaterial) -> float:
    """Return the seconds that asking for one window takes."""
    context = network.context
    windows = torch.from_numpy(np.resize(material.train, (ROWS, context + 1)).astype(np.int64))
    nats_of(network, windows)
    began = time.perf_counter()
    nats_of(network, windows)
    return (time.perf_counter() - began) / ROWS


def _plan(
    recipe: LanguageRecipe, material: TextMaterial, network: LanguageNetwork, paces: tuple[float, float], left: float
) -> tuple[LanguageRecipe, tuple[Choice, ...]]:
    if recipe.windows.steps_per_epoch is not None:
        return recipe, ()
    pace, asking = paces
    of_step = recipe.training.batch_size * recipe.network.context
    speed = f"{of_step / pace:,.0f} tokens a second"
    if left == math.inf:
        weights = sum(weight.numel() for weight in network.parameters())
        tokens = min(TOKENS_A_WEIGHT * weights, PASSES * len(material.train))
        steps = max(LEAST_STEPS, tokens // of_step)
        reason = f"{TOKENS_A_WEIGHT} tokens for each of {weights:,} weights, but at most {PASSES} passes over the text"
    else:
        asked = recipe.training.epochs * asking * recipe.windows.validation_tokens / recipe.network.context
        steps = max(1, int(FILLED * max(0.0, left - ending(material, recipe, asking) - asked) / pace))
        reason = f"as many as the budget has room for at {speed}"
    each = max(1, round(steps / recipe.training.epochs))
    said = f"{each * recipe.training.epochs:,} steps in {recipe.training.epochs} epochs: {reason}"
    recipe = replace(recipe, windows=replace(recipe.windows, steps_per_epoch=each))
    choice = Choice("windows.steps_per_epoch", each, said)
    if left == math.inf or recipe.training.epochs != SHARED["epochs"]:
        return recipe, (choice,)
    most = ROOM * recipe.training.epochs
    why = "at most: the plan follows the clock after epochs 1, 2, 4, ..., and the machine may become freer than now"
    return _with(recipe, epochs=most), (choice, Choice("training.epochs", most, why))
