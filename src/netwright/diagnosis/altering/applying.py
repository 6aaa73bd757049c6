"""From a change in words that all understand to a changed program, or None where there is nothing to change."""

from collections.abc import Callable
from typing import Any

import torch

from netwright.diagnosis.altering import data, loops, networks, objective
from netwright.diagnosis.illness import Change
from netwright.diagnosis.programs.program import Program

SETTINGS: dict[str, Callable[[Program, Any], Program | None]] = {
    "learning_rate": loops.learning_rate,
    "optimizer": loops.optimizer,
    "schedule": loops.schedule,
    "warmup": loops.warmup,
    "clip_norm": loops.clip_norm,
    "epochs": loops.epochs,
    "batch_size": loops.batch_size,
    "weight_decay": loops.weight_decay,
    "penalty": objective.penalty,
    "patience": loops.patience,
    "step": loops.stepping,
    "zero_grad": loops.zero_grad,
    "train_mode": loops.train_mode,
    "unfreeze": loops.unfreeze,
    "all_parameters": loops.all_parameters,
    "shuffle": loops.shuffle,
    "accumulate": loops.accumulate,
    "precision": loops.precision,
    "activation": networks.activation,
    "initialization": networks.initialization,
    "normalization": networks.normalization,
    "residual": networks.residual,
    "clamp": networks.clamp,
    "dropout": networks.dropout,
    "hidden_layer": networks.hidden_layer,
    "width": networks.width,
    "remove": networks.remove,
    "head": objective.head,
    "loss": objective.loss,
    "pairing": objective.pairing,
    "outputs": objective.outputs,
    "class_weights": objective.class_weights,
    "reduction": objective.reduction,
    "target_shape": objective.target_shape,
    "scale_inputs": data.scale_inputs,
    "scale_targets": data.scale_targets,
    "drop_column": data.drop_column,
    "split": data.split,
    "mix": data.mix,
    "match": data.match,
    "fill": data.fill,
    "align": data.align,
}


def apply(program: Program, change: Change) -> Program | None:
    """Carry a change out on a program.

    Returns:
        The changed program; None where the change does not apply, as a skip in a network of one layer, and where the
        program is so already.
    """
    found = SETTINGS.get(change.setting)
    changed = found(program, change.value) if found else None
    if changed is None or changed.build is program.build:
        return changed
    return changed if builds(changed) else None


def builds(program: Program) -> bool:
    """Whether a changed network can be built and takes the rows."""
    few = program.rows.at(torch.arange(min(2, program.rows.rows)))
    with torch.random.fork_rng([]), torch.no_grad():
        torch.default_generator.manual_seed(0)
        try:
            program.build(0).eval()(*few.inputs)
        except networks.DoesNotApplyError:
            return False
    return True
