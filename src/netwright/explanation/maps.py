"""Methods that look inside networks of one kind: where the maps of a convolution, or attention, lead."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from netwright.core.errors import RecipeError
from netwright.explanation.amounts import Amounts, sides_of
from netwright.explanation.asked import Asked
from netwright.explanation.attention_rollout import attention_rollout, rollouts_of
from netwright.explanation.class_activation import class_activation
from netwright.networks.layers.image import ImageLayer


def map_amounts(asked: Asked, method: str) -> Amounts:
    """Explain rows by a method of MAPS; amounts are shares of an explanation, and do not add up to the evidence.

    Raises:
        RecipeError: the network is not of its kind.
    """
    places = MAPS[method](asked)
    return Amounts(asked.by_part(places), *sides_of(asked), places)


def _class_activation(asked: Asked) -> tuple[Tensor, ...]:
    module, classes = asked.question.reading.module, asked.question.evidence.classes
    if not any(isinstance(layer, ImageLayer) for layer in module.modules()) or classes is None:
        raise RecipeError("method: 'grad-cam' expects a network of ours that tells classes of images; take 'auto'")
    inputs = tuple(tensor.to(asked.question.reading.device) for tensor in asked.inputs)
    heat = class_activation(module, inputs, classes[: asked.rows]).cpu().double()
    images = asked.inputs[2]
    return (*_nothing(asked.inputs[:2]), heat.unsqueeze(1).expand(images.shape) / images.shape[1])


def _attention_rollout(asked: Asked) -> tuple[Tensor, ...]:
    layers = rollouts_of(asked.question.reading.module)
    words = asked.inputs[1]
    if not layers or len({layer.text for layer in layers}) > 1:
        raise RecipeError(
            "method: 'attention rollout' expects a network whose one text a transformer reads; take 'auto'"
        )
    shares = torch.stack([attention_rollout(layer, _text(layer, words)) for layer in layers]).mean(dim=0)
    found = torch.zeros(words.shape, dtype=torch.float64)
    start = words.shape[1] - layers[0].text.columns
    found[:, start : start + shares.shape[1]] = shares.cpu().double()
    return (*_nothing(asked.inputs[:1]), found, *_nothing(asked.inputs[2:]))


def _text(layer: torch.nn.Module, words: Tensor) -> Tensor:
    device = next(layer.parameters()).device
    return words[:, words.shape[1] - rollouts_of(layer)[0].text.columns :].to(device)


def _nothing(inputs: tuple[Tensor, ...]) -> tuple[Float[Tensor, "..."], ...]:
    return tuple(torch.zeros(tensor.shape, dtype=torch.float64) for tensor in inputs)


MAPS: dict[str, Callable[[Asked], tuple[Tensor, ...]]] = {
    "grad-cam": _class_activation,
    "attention rollout": _attention_rollout,
}
