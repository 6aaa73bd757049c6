"""What a recipe does to each parameter beside its gradient: the rate that it moves at, its decay, its L1."""

from typing import NamedTuple

from torch import nn

from netwright.networks.parameters import is_matrix, parameter_groups
from netwright.training.config import TrainingConfig


class Treatment(NamedTuple):
    """How one parameter is treated; those treated alike are updated together."""

    rate: float = 1.0  # times the learning rate
    decay: float = 0.0  # weight decay, its factor included
    l1: float = 0.0


def treatments(module: nn.Module, config: TrainingConfig) -> dict[str, Treatment]:
    """Return the treatment of every parameter by the parameter's name.

    Weight decay and L1 act on matrices (linear, embedding); vectors (biases, normalisations, slopes) are left out
    unless `decay_norms_and_biases`. A decay factor of a group decides for all of the group, vectors too.
    """
    groups = parameter_groups(module)
    found = {}
    for name, parameter in module.named_parameters():
        group, usual = groups[name], is_matrix(name, parameter) or config.decay_norms_and_biases
        factor = config.decay_factors.get(group, float(usual))
        rate = config.rate_factors.get(group, 1.0)
        found[name] = Treatment(rate, config.weight_decay * factor, config.l1 if usual else 0.0)
    return found
