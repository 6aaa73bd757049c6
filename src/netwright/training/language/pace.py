"""What is settled by a clock before a training begins: precision, threads, and how many steps the time has room for."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from netwright.core.devices import choose_device, cpu_threads
from netwright.core.seeds import derive_seed
from netwright.core.values import Choice
from netwright.networks.language import LanguageNetwork, build_language
from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Batch, Engine, take_step
from netwright.training.generators import seeded
from netwright.training.language.material import TextMaterial
from netwright.training.language.recipe import LanguageRecipe
from netwright.training.language.windows import Windows, token_loss
from netwright.training.optimizers import make_updater
from netwright.training.precision import SETTING, Trainer, choose_precision

STEPS = 5  # whose median is the pace
FILLED = 0.93  # share of the time left that planned steps take
BACKWARD = 3.0  # what a step takes by what its answers alone take
TOKENS_A_WEIGHT = 12  # to train on where no budget says otherwise (nanochat, after J. Hoffmann et al., 2022)
PASSES = 20  # over the text, at most
LEAST_STEPS = 200


@dataclass(frozen=True)
class Settled:
    """A recipe without gaps, why, and how long a step takes."""

    recipe: LanguageRecipe
    choices: tuple[Choice, ...]
    pace: float  # seconds


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
    trainer = _trainer(recipe, material)
    choices: list[Choice] = [chosen]
    with seeded(derive_seed(recipe.training.seed, "pace"), device):
        recipe, choice = _threads(recipe, network, trainer)
        choices += choice
        with cpu_threads(recipe.training.threads):
            choices.append(choose_precision(recipe.training.precision, network, trainer))
            recipe = _with(recipe, precision=str(choices[-1].value))
            pace = _pace(network, trainer, recipe.training)
    recipe, planned = _plan(recipe, material, network, pace, seconds_left())
    return Settled(recipe, (*choices, *planned), pace)


def _with(recipe: LanguageRecipe, **training: object) -> LanguageRecipe:
    return replace(recipe, training=replace(recipe.training, **training))  # type: ignore[arg-type]


def _trainer(recipe: LanguageRecipe, material: TextMaterial) -> Trainer:
    """Return how a copy of the network is trained by a step, on the first windows of the text."""

    def train(copied: torch.nn.Module, precision: str) -> Callable[[], float]:
        config = replace(recipe.training, precision=precision)
        windows = Windows(copied, material.train, config.seed, config.batch_size)
        engine = Engine(windows, token_loss(windows.plan), make_updater(windows, config), None, config)
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
    seconds = {}
    for threads in (1, most):
        with cpu_threads(threads):
            seconds[threads] = _pace(network, trainer, recipe.training)
    best = min(seconds, key=lambda threads: seconds[threads])
    said = f"a step takes {1000 * seconds[most]:.3g} ms on {most} threads and {1000 * seconds[1]:.3g} ms on one"
    return _with(recipe, threads=best), [Choice("training.threads", best, said)]


def _pace(network: LanguageNetwork, trainer: Trainer, config: TrainingConfig) -> float:
    """Return the seconds of a step; the first ones, which are slower, are not counted."""
    import copy

    step = trainer(copy.deepcopy(network), config.precision)
    taken = []
    for _ in range(STEPS + 1):
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def ending(material: TextMaterial, recipe: LanguageRecipe, pace: float) -> float:
    """Estimate the seconds of what comes after training: every token measured part is asked twice, and the report."""
    _, (start, stop) = material.measured
    share = (stop - start) / max(material.split.sizes["train"], 1)
    steps = 2.0 * share * len(material.train) / (recipe.training.batch_size * recipe.network.context)
    return 1.3 * steps * pace / BACKWARD + 3.0


def _plan(
    recipe: LanguageRecipe, material: TextMaterial, network: LanguageNetwork, pace: float, left: float
) -> tuple[LanguageRecipe, tuple[Choice, ...]]:
    if recipe.windows.steps_per_epoch is not None:
        return recipe, ()
    of_step = recipe.training.batch_size * recipe.network.context
    speed = f"{of_step / pace:,.0f} tokens a second"
    if left == float("inf"):
        weights = sum(weight.numel() for weight in network.parameters())
        tokens = min(TOKENS_A_WEIGHT * weights, PASSES * len(material.train))
        steps = max(LEAST_STEPS, tokens // of_step)
        reason = f"{TOKENS_A_WEIGHT} tokens for each of {weights:,} weights, but at most {PASSES} passes over the text"
    else:
        asked = recipe.windows.validation_tokens / of_step / BACKWARD * recipe.training.epochs
        steps = max(1, int(FILLED * max(0.0, left - ending(material, recipe, pace)) / pace - asked))
        reason = f"as many as the budget has room for at {speed}"
    each = max(1, round(steps / recipe.training.epochs))
    said = f"{each * recipe.training.epochs:,} steps in {recipe.training.epochs} epochs: {reason}"
    return replace(recipe, windows=replace(recipe.windows, steps_per_epoch=each)), (
        Choice("windows.steps_per_epoch", each, said),
    )


__all__ = ["SETTING", "Settled", "ending", "settle"]
