"""Attention rollout: from a transformer's last block back to the words, how much of each reaches what is handed on.

Each block keeps half of what came in and takes half by its attention, averaged over heads: A = (W + I) / 2; the product
of all blocks says how much each place holds of each word.

Source: S. Abnar, W. Zuidema, Quantifying attention flow in transformers, 2020.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import rms_norm

from netwright.networks.layers.attention import Block
from netwright.networks.layers.text_transformer import TextTransformer


def rollouts_of(module: nn.Module) -> list[TextTransformer]:
    """Return the text layers of a network that attention can be followed through."""
    return [layer for layer in module.modules() if isinstance(layer, TextTransformer)]


@torch.no_grad()
def attention_rollout(layer: TextTransformer, text: Int[Tensor, "rows columns"]) -> Float[Tensor, "rows length"]:
    """Return the share of each word in the mean of the last states; the shares of a text's words sum to 1."""
    states, allowed, there = layer.begin(text[:, : layer.text.length])
    eye = torch.eye(states.shape[1], device=states.device)
    flow = eye.expand(len(states), -1, -1)
    for block in layer.blocks:
        assert isinstance(block, Block)
        weights = block.attention.weights(rms_norm(states, states.shape[-1:]), allowed).mean(dim=1)
        flow = (weights + eye) / 2.0 @ flow
        states = block(states, allowed)
    words = there.to(flow)
    return (flow * words.unsqueeze(2)).sum(dim=1) / words.sum(dim=1, keepdim=True).clamp(min=1)
