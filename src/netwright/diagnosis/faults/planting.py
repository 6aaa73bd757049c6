"""Every fault by its name, planted into a program or into a recipe's settings."""

import copy
from collections.abc import Mapping
from typing import Any

from netwright.diagnosis.faults import (
    architecture,
    data,
    generalisation,
    initialisation,
    mechanics,
    objective,
    optimisation,
)
from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.programs.program import Program

FAMILIES = (objective, optimisation, architecture, initialisation, data, generalisation, mechanics)
FAULTS: dict[str, Fault] = {fault.name: fault for family in FAMILIES for fault in family.FAULTS}

# Of a recipe: where it stands, and the values planted there in place of the five settings of a program.
IN_RECIPES: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    "rate far too high": (("training.learning_rate", (1.0, 3.0, 10.0, 30.0, 100.0)),),
    "rate far too low": (("training.learning_rate", (1e-5, 3e-6, 1e-6, 1e-7, 1e-8)),),
    "too few steps": (("training.epochs", (1, 1, 2, 2, 3)), ("training.batch_size", (512, 1024, 512, 1024, 2048))),
    "clipped at every step": (
        ("training.clip_norm", (1e-2, 3e-3, 1e-3, 3e-4, 1e-4)),
        ("training.optimizer", ("momentum",) * 5),
    ),
    "weight decay far too large": (("training.weight_decay", (1.0, 3.0, 10.0, 30.0, 100.0)),),
    "dropout far too large": (("network.dropout", (0.9, 0.93, 0.95, 0.97, 0.99)),),
    "no activation between layers": (("network.activation", ("identity",) * 5),),
    "far too narrow": (("network.hidden_sizes", ((1, 1), (1, 2), (2, 1), (1,), (1, 1, 1))),),
    "deep sigmoid layers": (
        ("network.hidden_sizes", tuple((32,) * depth for depth in (8, 10, 12, 16, 20))),
        ("network.activation", ("sigmoid",) * 5),
        ("network.normalization", ("none",) * 5),
    ),
    "very deep without skips": (
        ("network.hidden_sizes", tuple((32,) * depth for depth in (20, 25, 30, 40, 50))),
        ("network.activation", ("relu",) * 5),
        ("network.normalization", ("none",) * 5),
    ),
    "bottleneck": (("network.hidden_sizes", ((64, 1, 64), (32, 1, 32), (64, 1), (128, 1, 64), (1, 64))),),
    "constant first weights": (("network.initialization", ("zeros",) * 5),),
}


def plant(fault: Fault, program: Program, setting: Any) -> Program:
    """Return a sound program with a fault in it, in one of the fault's settings."""
    planted = fault.plant(program, setting)
    return planted.but(name=f"{program.name}, {fault.name}")


def plant_in_recipe(name: str, settings: Mapping[str, Any], number: int) -> dict[str, Any] | None:
    """Return a recipe's settings, as a tree, with a fault in one of its five ways; None where no recipe can have it."""
    places = IN_RECIPES.get(name)
    if places is None:
        return None
    planted: dict[str, Any] = copy.deepcopy(dict(settings))
    for path, values in places:
        section, key = path.split(".")
        planted.setdefault(section, {})[key] = values[number]
    return planted
