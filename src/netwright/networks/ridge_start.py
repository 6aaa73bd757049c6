"""An output layer that starts at the best straight answer: ridge regression, its penalty by leaving rows out.

Where the layers before it learn nothing, as the fixed kernels of rocket.py, the last layer alone decides, and its best
weights need no steps: w = X' (X X' + lambda I)^-1 y. The error of a row that is left out is c_i / A_ii with
A = (X X' + lambda I)^-1 and c = A y, so that every penalty is judged on all rows. Classes are told by -1 and 1; the
scores become logits by the factor under which the left-out rows are told best. Training goes on from there.

Sources: A. Dempster, F. Petitjean, G. Webb, ROCKET, 2020 (its classifier); G. Golub, M. Heath, G. Wahba, Generalized
cross-validation, 1979; J. Platt, Probabilistic outputs for support vector machines, 1999 (the doubt of few rows).
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from netwright.networks.feedforward import MLP
from netwright.networks.layers.rocket import Rocket

MOST_ROWS = 4096  # whose products with each other fit into memory; of more, every second, third, ...
PENALTIES: tuple[float, ...] = tuple(10.0 ** (power / 2.0) for power in range(-10, 7))
FACTORS: tuple[float, ...] = tuple(2.0 ** (power / 2.0) for power in range(-2, 11))

Features = Float[Tensor, "rows features"]
Scores = Float[Tensor, "rows outputs"]


@torch.no_grad()
def fit_output(module: nn.Module, inputs: tuple[Tensor, ...], targets: Tensor) -> None:
    """Set the output layer of a network whose kernels are fixed, from training rows; of others change nothing.

    Args:
        module: as it was built; its kernels have their thresholds.
        inputs: of the training rows.
        targets: of those rows, whole numbers for classes.
    """
    for network in module.modules():
        if isinstance(network, MLP) and _is_straight(network):
            step = -(-len(targets) // MOST_ROWS)
            features = _features(module, network, tuple(part[::step] for part in inputs))
            _set(network, features.double(), targets[::step].to(features.device))


def _is_straight(network: MLP) -> bool:
    fixed = isinstance(network.series, Rocket) and network.embedding is None and not network.texts
    return fixed and not len(network.hidden) and network.adapter is None and network.scaling is None


def _features(module: nn.Module, network: MLP, inputs: tuple[Tensor, ...]) -> Features:
    """Return what the output layer reads."""
    found: list[Tensor] = []

    def keep(_layer: nn.Module, arguments: tuple[Any, ...]) -> None:
        found.append(arguments[0])

    hook = network.output.register_forward_pre_hook(keep)
    trained, device = module.training, next(module.parameters()).device
    module.eval()
    try:
        module(*(part.to(device) for part in inputs))
    finally:
        module.train(trained)
        hook.remove()
    return found[0]


def _set(network: MLP, features: Features, targets: Tensor) -> None:
    answers = _answers(targets, network)
    left_out, weight, bias = ridge(features, answers)
    factor = 1.0 if network.task == "regression" else _best_factor(left_out, targets)
    output = network.output
    assert isinstance(output, nn.Linear)
    output.weight.copy_(factor * weight.T)
    output.bias.copy_(factor * bias)


def _answers(targets: Tensor, network: MLP) -> Scores:
    if network.task == "regression":
        return targets.double().reshape(len(targets), -1)
    if network.task == "binary":
        return 2.0 * targets.double().reshape(-1, 1) - 1.0
    assert isinstance(network.output, nn.Linear)
    return 2.0 * one_hot(targets.long(), network.output.out_features).double() - 1.0


def ridge(features: Features, answers: Scores) -> tuple[Scores, Float[Tensor, "features outputs"], Tensor]:
    """Return the answers for rows left out, the weights and the bias, at the penalty with the least squared error.

    Args:
        features: of any number of rows and features.
        answers: to be met.
    """
    middle, level = features.mean(dim=0), answers.mean(dim=0)
    x, y = features - middle, answers - level
    values, vectors = torch.linalg.eigh(x @ x.T)
    values = values.clamp(min=0.0)
    best: tuple[float, Tensor, Tensor] | None = None
    for penalty in PENALTIES:
        inverse: Tensor = (vectors / (values + penalty)) @ vectors.T
        dual = inverse @ y
        error = dual / inverse.diagonal().unsqueeze(1)
        squares = error.square().mean().item()
        if best is None or squares < best[0]:
            best = (squares, dual, answers - error)
    assert best is not None
    weight = x.T @ best[1]
    return best[2], weight, level - middle @ weight


def _best_factor(scores: Scores, targets: Int[Tensor, "..."] | Float[Tensor, "..."]) -> float:
    """Return what scores are multiplied by to be logits: few rows that are all told right do not make it certain."""
    doubt = 2.0 / (len(scores) + 4.0)

    def loss(factor: float) -> float:
        if scores.shape[1] == 1:
            truth = targets.flatten().double() * (1.0 - doubt) + doubt / 2.0
            return float(binary_cross_entropy_with_logits(factor * scores[:, 0], truth))
        return float(cross_entropy(factor * scores, targets.long(), label_smoothing=doubt))

    return min(FACTORS, key=loss)
