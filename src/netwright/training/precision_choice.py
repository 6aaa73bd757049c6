"""Measuring, before a run begins, in which precision each of its networks trains, where a recipe leaves it open."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import nn

from netwright.core.devices import choose_device, cpu_threads
from netwright.core.values import Choice, Task
from netwright.networks import fit_to_rows
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Batch, Engine, take_step
from netwright.training.generators import seeded
from netwright.training.kinds import Kind
from netwright.training.losses import loss_for
from netwright.training.optimizers import make_updater
from netwright.training.parts import Parts
from netwright.training.precision import SETTING, TakeStep, choose_precision
from netwright.training.preflight import bring
from netwright.training.recipe import Recipe


def settle_precision(recipe: Recipe, kinds: Sequence[Kind], parts: Parts) -> tuple[Recipe, tuple[Choice, ...]]:
    """Fix the precision of each network whose recipe says "auto"; return the recipe and what was found."""
    found: list[Choice] = []
    for number, kind in enumerate(kinds):
        if kind.training.precision != "auto":
            continue
        choice = _measured(kind, parts)
        if number == 0:
            recipe = replace(recipe, training=replace(recipe.training, precision=choice.value))
            found.append(choice)
            continue
        contender = recipe.contenders[kind.name]
        contender = replace(contender, training=replace(contender.training, precision=choice.value))
        recipe = replace(recipe, contenders={**recipe.contenders, kind.name: contender})
        found.append(replace(choice, name=f"contenders.{kind.name}.{SETTING}"))
    return recipe, tuple(found)


def _measured(kind: Kind, parts: Parts) -> Choice:
    device, _ = choose_device(kind.training.device)
    batches = kind.narrow(parts).batches()[0]
    with cpu_threads(kind.training.threads):
        module = kind.build()
        fit_to_rows(module, batches.train_inputs, batches.train_targets, kind.training.seed)
        steps = _Steps(batches, replace(kind.training, accumulate=1, ema_decay=None), kind.spec.task, device)
        return choose_precision("auto", module.to(device), steps.trainer)


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
