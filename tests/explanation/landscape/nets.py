"""Tiny networks in float64 whose loss is known or can be worked out whole."""

import torch
from torch import nn

from netwright.explanation.landscape.subject import Subject


def tiny_subject(seed: int = 0, block: int | None = None) -> Subject:
    """A network of 26 numbers, smooth, on 40 rows."""
    torch.manual_seed(seed)
    module = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)).double()
    x = torch.randn(40, 3, dtype=torch.float64)
    return Subject(module.eval(), (x,), x[:, :1].sin(), nn.functional.mse_loss, block)


def whole_hessian(subject: Subject) -> torch.Tensor:
    """Every second derivative, by the definition: gradients of gradients, one at a time."""
    values = list(subject.module.parameters())
    loss = subject.loss(subject.module(*subject.inputs), subject.targets)
    gradient = torch.cat([part.flatten() for part in torch.autograd.grad(loss, values, create_graph=True)])
    rows = [torch.autograd.grad(one, values, retain_graph=True, materialize_grads=True) for one in gradient]
    return torch.stack([torch.cat([part.flatten() for part in row]) for row in rows])


class Bowl(nn.Module):
    """Whose answer is its weights, a matrix of one row."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, size, dtype=torch.float64))

    def forward(self, x):
        return self.weight.expand(len(x), -1)


def bowl_subject(scales) -> Subject:
    """Loss 1/2 sum of scale * w^2, whose Hessian is diag(scales)."""
    factors = torch.tensor(scales, dtype=torch.float64)

    def loss(answers, targets):
        return 0.5 * (factors * (answers - targets) ** 2).sum(dim=1).mean()

    return Subject(Bowl(len(scales)), (torch.zeros(1, 1),), torch.zeros(1, len(scales)).double(), loss)
