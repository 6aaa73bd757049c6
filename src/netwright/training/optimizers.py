"""Turning gradients into new weights. Weight decay and L1 are not in here: see regularization.

The fastest form that torch has for the device is taken: one fused kernel over all parameters, else one call an
operation over all of them ("foreach").
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from netwright.networks.layers.members import LINEAR
from netwright.training.config import TrainingConfig
from netwright.training.factors import Treatment, treatments
from netwright.training.regularization import add_coupled_decay, shrink, soft_threshold

Parts = tuple[torch.optim.Optimizer, ...]

MUON_ITERATIONS = 5
MUON_POLYNOMIAL = (3.4445, -4.7750, 2.0315)  # Jordan et al., Muon, 2024: steepest at 0 for five iterations


@dataclass(frozen=True)
class Updater:
    """The trained parameters of one module, and the torch optimizers that share them."""

    parts: Parts
    parameters: list[Tensor]
    shrunk: dict[Treatment, list[Tensor]]  # those that weight decay or L1 acts on, those treated alike together


class Muon(torch.optim.Optimizer):
    """w <- w - 0.2 eta sqrt(max(rows, columns)) U, U the nearly orthogonal factor of the Nesterov momentum.

    torch's own Muon iterates in bfloat16, which no reference can check and which is slow on a CPU without such units;
    this one keeps the parameter's type unless the whole training computes in bfloat16.

    Source: Jordan et al., Muon: an optimizer for hidden layers, 2024; scale by Liu et al., Muon is scalable, 2025.
    """

    def __init__(
        self, parameters: Iterable[dict[str, Any]], learning_rate: float, momentum: float, short: bool = False
    ) -> None:
        super().__init__(list(parameters), {"lr": learning_rate, "momentum": momentum})
        self.short = short  # whether U is found in bfloat16

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        assert closure is None
        for group in self.param_groups:
            for alike in _of_one_shape([weight for weight in group["params"] if weight.grad is not None]):
                self._move(alike, group)

    def _move(self, weights: list[Tensor], group: dict[str, Any]) -> None:
        directions = [_nesterov_momentum(one, self.state[one], group["momentum"]).flatten(1) for one in weights]
        together = directions[0] if len(weights) == 1 else torch.stack(directions)
        found = orthogonalize(together.bfloat16() if self.short else together).to(weights[0].dtype)
        size = 0.2 * group["lr"] * math.sqrt(max(directions[0].shape))
        for weight, direction in zip(weights, found.unbind() if len(weights) > 1 else (found,), strict=True):
            if isinstance(size, Tensor):
                weight.sub_(direction.reshape(weight.shape) * size)
            else:
                weight.add_(direction.reshape(weight.shape), alpha=-size)


def _of_one_shape(weights: list[Tensor]) -> Iterator[list[Tensor]]:
    """Yield weights to move together: on a GPU all of one shape, as its time goes by the number of products."""
    together: defaultdict[object, list[Tensor]] = defaultdict(list)
    for number, weight in enumerate(weights):
        together[weight.shape if weight.is_cuda else number].append(weight)
    yield from together.values()


def _nesterov_momentum(weight: Tensor, state: dict[str, Any], momentum: float) -> Tensor:
    if not state:
        state["momentum_buffer"] = torch.zeros_like(weight)
    velocity: Tensor = state["momentum_buffer"]
    assert weight.grad is not None
    velocity.lerp_(weight.grad, 1.0 - momentum)
    return weight.grad.lerp(velocity, momentum)


def orthogonalize(matrix: Float[Tensor, "*many rows columns"]) -> Float[Tensor, "*many rows columns"]:
    """Push all singular values towards 1 by five Newton-Schulz iterations X <- a X + (b A + c A A) X, A = X X^T."""
    a, b, c = MUON_POLYNOMIAL
    tall = matrix.shape[-2] > matrix.shape[-1]
    x: Tensor = matrix.mT if tall else matrix
    x = x / torch.linalg.matrix_norm(x, keepdim=True).clamp(min=1e-7)
    for _ in range(MUON_ITERATIONS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


def _sgd(module: nn.Module, config: TrainingConfig) -> Parts:
    """w <- w - eta g."""
    return (torch.optim.SGD(_by_rate(module, config), lr=config.learning_rate, fused=True),)


def _momentum(module: nn.Module, config: TrainingConfig) -> Parts:
    """v <- beta v + g; w <- w - eta v (Polyak, Some methods of speeding up convergence, 1964)."""
    rate, momentum = config.learning_rate, config.momentum
    return (torch.optim.SGD(_by_rate(module, config), lr=rate, momentum=momentum, fused=True),)


def _nesterov(module: nn.Module, config: TrainingConfig) -> Parts:
    """v <- beta v + g; w <- w - eta (g + beta v) (Sutskever et al., On the importance of initialization, 2013)."""
    rate, momentum = config.learning_rate, config.momentum
    return (torch.optim.SGD(_by_rate(module, config), lr=rate, momentum=momentum, nesterov=True, fused=True),)


def _rmsprop(module: nn.Module, config: TrainingConfig) -> Parts:
    """s <- rho s + (1 - rho) g^2; w <- w - eta g / (sqrt(s) + epsilon) (Tieleman, Hinton, Lecture 6.5, 2012)."""
    rate, rho, epsilon = config.learning_rate, config.rho, config.epsilon
    return (torch.optim.RMSprop(_by_rate(module, config), lr=rate, alpha=rho, eps=epsilon, foreach=True),)


def _adam(module: nn.Module, config: TrainingConfig) -> Parts:
    """m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2; w <- w - eta m' / (sqrt(v') + epsilon).

    m' = m / (1 - b1^t) and v' = v / (1 - b2^t) undo the bias of starting at zero (Kingma, Ba, Adam, 2015).
    """
    return (_adam_of(_by_rate(module, config), config),)


def _muon(module: nn.Module, config: TrainingConfig) -> Parts:
    """Muon for the weights of hidden linear and convolutional layers, Adam for all others."""
    hidden = hidden_weights(module)
    chosen = {id(weight) for weight in hidden}
    adam = _adam_of(_by_rate(module, config, lambda parameter: id(parameter) not in chosen), config)
    if not hidden:
        return (adam,)
    matrices = _by_rate(module, config, lambda parameter: id(parameter) in chosen)
    return Muon(matrices, config.learning_rate, config.momentum, config.precision == "bfloat16"), adam


OPTIMIZERS: dict[str, Callable[[nn.Module, TrainingConfig], Parts]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,  # `validate` holds it to decoupled decay
    "muon": _muon,
}


def make_updater(module: nn.Module, config: TrainingConfig) -> Updater:
    """Return fresh optimizer state for `module`."""
    found = treatments(module, config)
    shrunk: defaultdict[Treatment, list[Tensor]] = defaultdict(list)
    for name, parameter in module.named_parameters():
        if parameter.requires_grad and (found[name].decay or found[name].l1):
            shrunk[found[name]].append(parameter)
    return Updater(OPTIMIZERS[config.optimizer](module, config), _trained(module), dict(shrunk))


@torch.no_grad()
def update(
    updater: Updater, config: TrainingConfig, learning_rate: float | Tensor, decay: float | Tensor = 1.0
) -> None:
    """Take one step along the gradients that are there; `decay` is the factor of the weight decay.

    Both are scalar tensors where the step is recorded for a GPU, see `is_recordable`.
    """
    for treatment, parameters in updater.shrunk.items():
        if treatment.decay and config.weight_decay_form == "coupled":
            assert not isinstance(decay, Tensor), "not recordable"
            add_coupled_decay(parameters, treatment.decay * decay)
        elif treatment.decay:
            shrink(parameters, learning_rate * treatment.rate, treatment.decay * decay)
    for part in updater.parts:
        for group in part.param_groups:
            group["lr"] = learning_rate * group.get("factor", 1.0)
        part.step()
    for treatment, parameters in updater.shrunk.items():
        if treatment.l1:
            assert not isinstance(learning_rate, Tensor), "not recordable"
            soft_threshold(parameters, learning_rate * treatment.rate, treatment.l1)


def is_recordable(config: TrainingConfig) -> bool:
    """Whether an update's numbers may be tensors, so that a GPU can repeat it with others."""
    return config.optimizer in ("adam", "adamw", "muon") and config.weight_decay_form == "decoupled" and not config.l1


def updater_tensors(updater: Updater) -> dict[str, Tensor]:
    """Return all that the optimizers remember, named "part.parameter.quantity"."""
    return {
        f"{number}.{index}.{name}": value
        for number, part in enumerate(updater.parts)
        for index, state in part.state_dict()["state"].items()
        for name, value in state.items()
        if isinstance(value, Tensor)
    }


def restore_updater(updater: Updater, tensors: dict[str, Tensor]) -> None:
    """Put back what `updater_tensors` returned."""
    for number, part in enumerate(updater.parts):
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            owner, index, name = key.split(".", 2)
            if int(owner) == number:
                state.setdefault(int(index), {})[name] = value
        part.load_state_dict({**part.state_dict(), "state": state})


def hidden_weights(module: nn.Module) -> list[Tensor]:
    """Return the weight of every linear or convolutional layer but the last, which is the output layer.

    A filter of a convolution is a row of its matrix. One that reads a single channel (depthwise) is no such row.
    """
    linear = [layer for layer in module.modules() if isinstance(layer, (*LINEAR, nn.Conv2d))]
    hidden = [layer for layer in linear[:-1] if getattr(layer, "groups", 1) == 1]
    return [layer.weight for layer in hidden if layer.weight.requires_grad]


def _by_rate(
    module: nn.Module, config: TrainingConfig, chosen: Callable[[Tensor], bool] = lambda _: True
) -> list[dict[str, Any]]:
    """Return the trained parameters in torch's groups, one for each factor of the learning rate."""
    found, groups = treatments(module, config), defaultdict(list)
    for name, parameter in module.named_parameters():
        if parameter.requires_grad and chosen(parameter):
            groups[found[name].rate].append(parameter)
    return [{"params": parameters, "factor": factor} for factor, parameters in groups.items()]


def _adam_of(parameters: list[dict[str, Any]], config: TrainingConfig) -> torch.optim.Optimizer:
    on_gpu = any(parameter.is_cuda for group in parameters for parameter in group["params"])
    settings: dict[str, Any] = {"betas": config.betas, "eps": config.epsilon, "fused": True, "capturable": on_gpu}
    return torch.optim.Adam(parameters, lr=config.learning_rate, **settings)


def _trained(module: nn.Module) -> list[Tensor]:
    return [parameter for parameter in module.parameters() if parameter.requires_grad]
