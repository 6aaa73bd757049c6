"""Measuring, before a run begins, in which precision each of its networks trains, where a recipe leaves it open."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import nn

from netwright.core.devices import choose_device, cpu_threads
from netwright.core.values import Choice, Task
from netwright.networks import fit_to_rows
from netwright.networks.layers.image import ImageLayer
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Batch, Engine, on_gpu, take_step
from netwright.training.generators import seeded
from netwright.training.kinds import Kind
from netwright.training.losses import loss_for
from netwright.training.optimizers import make_updater
from netwright.training.parts import Parts
from netwright.training.precision import Candidate, TakeStep, Trainer, choose_precision, race
from netwright.training.preflight import bring
from netwright.training.recipe import Recipe

LAYOUT = "network.image_layout"


def settle_precision(recipe: Recipe, kinds: Sequence[Kind], parts: Parts) -> tuple[Recipe, tuple[Choice, ...]]:
    """Fix the precision, and the layout of images, of each network whose recipe leaves them open.

    Returns:
        The recipe, and what was found.
    """
    found: list[Choice] = []
    for number, kind in enumerate(kinds):
        if kind.training.precision != "auto":
            continue
        choices = _measured(kind, parts)
        settled = {choice.name.rpartition(".")[2]: choice.value for choice in choices}
        training = replace(kind.training, precision=settled["precision"])
        network = replace(kind.network, image_layout=settled["image_layout"]) if len(choices) > 1 else kind.network
        if number == 0:
            recipe = replace(recipe, training=training, network=network)
            found += choices
            continue
        contender = replace(recipe.contenders[kind.name], training=training, network=network)
        recipe = replace(recipe, contenders={**recipe.contenders, kind.name: contender})
        found += [replace(choice, name=f"contenders.{kind.name}.{choice.name}") for choice in choices]
    return recipe, tuple(found)


def _measured(kind: Kind, parts: Parts) -> tuple[Choice, ...]:
    device, _ = choose_device(kind.training.device)
    batches = kind.narrow(parts).batches()[0]
    with cpu_threads(kind.training.threads):
        module = kind.build()
        fit_to_rows(module, batches.train_inputs, batches.train_targets, kind.training.seed)
        module = module.to(device)
        steps = _Steps(batches, replace(kind.training, accumulate=1, ema_decay=None), kind.spec.task, device)
        precision = choose_precision("auto", module, steps.trainer)
        if kind.spec.image is None or kind.network.image_layout != "auto":
            return (precision,)
        return precision, choose_layout(module, steps.trainer, precision.value)


def choose_layout(module: nn.Module, trainer: Trainer, precision: str) -> Choice:
    """Return how the maps of a network for images lie in memory: as it is measured to be faster.

    Args:
        module: the network; copies are trained.
        trainer: makes of a copy and a precision the function that trains the copy by one step.
        precision: that was settled.
    """
    layouts = ("channels_first", "channels_last")
    next_layout = iter(layouts)

    def in_turn(copied: nn.Module, name: str) -> TakeStep:
        for layer in copied.modules():
            if isinstance(layer, ImageLayer):
                layer.layout = next(next_layout)
        return trainer(copied, name)

    first, last = race(module, in_turn, [Candidate(precision)] * 2)
    times = [1000 * trial.seconds for trial in (last, first)]
    pace = f"a step takes {times[0]:.3g} ms with channels last and {times[1]:.3g} ms with them first"
    return Choice(LAYOUT, layouts[last.seconds < first.seconds], pace)


class _Steps:
    """Training steps on the first rows, every candidate with the same random numbers."""

    def __init__(self, batches: Batches, config: TrainingConfig, task: Task, device: torch.device) -> None:
        rows = slice(0, config.batch_size)
        inputs = tuple(tensor[rows] for tensor in batches.train_inputs)
        self.batches = bring(Batches(inputs, batches.train_targets[rows]), task, torch.float32, device)
        self.config, self.device = config, device
        self.loss = loss_for(config, task, batches.train_targets)

    def trainer(self, module: nn.Module, precision: str) -> TakeStep:
        config = replace(self.config, precision=precision)
        engine = Engine(module.train(), self.loss, make_updater(module, config), None, config)
        engine = on_gpu(engine, self.batches.rows)
        taken = 0

        def step() -> float:
            nonlocal taken
            taken += 1
            batch = Batch(self.batches.train_inputs, self.batches.train_targets, None, taken, self.rate, False)
            with seeded(taken, self.device):
                return float(take_step(engine, batch).losses)

        return step

    @property
    def rate(self) -> float:
        """A rate of the warm-up: the full one would throw the first steps apart."""
        return 0.1 * self.config.learning_rate
