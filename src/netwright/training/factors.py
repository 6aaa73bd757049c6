"""What a recipe does to each parameter beside its gradient: the rate that it moves at, its decay, its L1."""

import math
from typing import NamedTuple

from torch import nn

from netwright.networks.parameters import is_matrix, parameter_groups
from netwright.training.config import TrainingConfig

FEEL_SIZE = ("sgd", "momentum", "nesterov")  # optimizers whose steps grow with the gradient


class Treatment(NamedTuple):
    """How one parameter is treated; those treated alike are updated together."""

    rate: float = 1.0  # times the learning rate
    decay: float = 0.0  # weight decay, its factor included
    l1: float = 0.0


def treatments(module: nn.Module, config: TrainingConfig) -> dict[str, Treatment]:
    """Return the treatment of every parameter by the parameter's name.

    Weight decay and L1 act on matrices (linear, embedding); vectors (biases, normalisations, slopes) are left out
    unless `decay_norms_and_biases`. A decay factor of a group decides for all of the group, vectors too.

    Under the parametrization "ntk" each weight matrix W of a linear layer becomes what it would be, were it V / sqrt(n)
    with V trained in its place, n its fan-in. The gradient of V is that of W over sqrt(n), and a step of V moves W by a
    sqrt(n)-th of it. Adam, RMSprop and Muon do not feel the size of a gradient, so the rate of W is eta / sqrt(n), that
    of the others eta / n; decay and L1 are those of V. Where it matters, epsilon counts sqrt(n) times less than for V,
    and clipping by norm sees the gradients of W.

    Source: Jacot, Gabriel, Hongler, Neural tangent kernel, 2018; Holzmüller, Grinsztajn, Steinwart, Better by default,
    2024.
    """
    groups = parameter_groups(module)
    found = {}
    for name, parameter in module.named_parameters():
        group, usual = groups[name], is_matrix(name, parameter) or config.decay_norms_and_biases
        factor = config.decay_factors.get(group, float(usual))
        rate = config.rate_factors.get(group, 1.0)
        treatment = Treatment(rate, config.weight_decay * factor, config.l1 if usual else 0.0)
        behind = config.parametrization == "ntk" and group == "weight" and is_matrix(name, parameter)
        found[name] = _behind_scale(treatment, parameter.shape[-1], config) if behind else treatment
    return found


def _behind_scale(treatment: Treatment, fan_in: int, config: TrainingConfig) -> Treatment:
    """Return the treatment of W that equals `treatment` of V where W = V / sqrt(fan_in)."""
    scale = 1.0 / math.sqrt(fan_in)
    rate = scale * scale if config.optimizer in FEEL_SIZE else scale
    decay = 1.0 / (scale * scale) if config.weight_decay_form == "coupled" else 1.0 / rate
    return Treatment(treatment.rate * rate, treatment.decay * decay, treatment.l1 * scale / rate)
