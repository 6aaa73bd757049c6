"""Several networks as one: its answer is the mean of the members' answers.

Classes: p(c | x) = 1/M sum_m p_m(c | x); values: y(x) = 1/M sum_m y_m(x).
Source: L. K. Hansen and P. Salamon, Neural network ensembles, 1990; B. Lakshminarayanan et al., Simple and scalable
predictive uncertainty estimation using deep ensembles, 2017.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from netwright.core.values import Task


class Ensemble(nn.Module):
    """Members of one input and one output. Hands on logits, as a single network does."""

    def __init__(self, members: Sequence[nn.Module], task: Task) -> None:
        super().__init__()
        assert members, "an ensemble has at least one member"
        self.members = nn.ModuleList(members)
        self.task: Task = task

    def forward(
        self, numeric: Float[Tensor, "batch numeric"], categorical: Int[Tensor, "batch categorical"], *images: Tensor
    ) -> Float[Tensor, "batch outputs"]:
        """Return logits whose softmax or sigmoid is the mean of the members' probabilities, or the mean value."""
        return average_logits(
            torch.stack([member(numeric, categorical, *images) for member in self.members]), self.task
        )


def average_logits(logits: Float[Tensor, "member batch outputs"], task: Task) -> Float[Tensor, "batch outputs"]:
    """Average predictions in log space, so that no probability underflows.

    Multiclass: log p_c = logsumexp_m log_softmax(z_m)_c - log M. Binary: log p - log(1 - p), each a logsumexp over the
    members' logsigmoid, where log M cancels. Regression: the mean.
    """
    if task == "regression":
        return logits.mean(dim=0)
    if task == "binary":
        return torch.logsumexp(logsigmoid(logits), dim=0) - torch.logsumexp(logsigmoid(-logits), dim=0)
    return torch.logsumexp(torch.log_softmax(logits, dim=2), dim=0) - math.log(len(logits))
