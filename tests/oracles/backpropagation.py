"""Backpropagation as the recursion over layer errors, in NumPy.

z^l = W^l a^(l-1) + b^l, a^l = f(z^l); delta^l = dL/dz^l; delta^l = (W^(l+1))^T delta^(l+1) * f'(z^l);
dL/dW^l = delta^l (a^(l-1))^T; dL/db^l = delta^l. Rows are samples here, so the products stand the other way round.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Layer:
    weight: np.ndarray  # (out, in)
    bias: np.ndarray  # (out,)


@dataclass(frozen=True)
class Function:
    value: Callable[[np.ndarray], np.ndarray]
    derivative: Callable[[np.ndarray], np.ndarray]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


FUNCTIONS = {
    "sigmoid": Function(sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": Function(np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": Function(lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    "leaky_relu": Function(lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1, 0.01)),
    "identity": Function(lambda z: z, np.ones_like),
}


def gradients(layers: list[Layer], function: Function, x: np.ndarray, classes: np.ndarray) -> list[Layer]:
    """Return the gradient of the mean categorical cross-entropy for every layer's weight and bias."""
    activations, pre_activations = [x], []
    for number, layer in enumerate(layers):
        pre_activations.append(activations[-1] @ layer.weight.T + layer.bias)
        last = number == len(layers) - 1
        activations.append(pre_activations[-1] if last else function.value(pre_activations[-1]))
    logits = activations[-1]
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    delta = (shares - np.eye(logits.shape[1])[classes]) / len(x)
    found = []
    for number in reversed(range(len(layers))):
        found.append(Layer(delta.T @ activations[number], delta.sum(0)))
        if number:
            delta = delta @ layers[number].weight * function.derivative(pre_activations[number - 1])
    return found[::-1]
