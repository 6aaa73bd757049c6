"""Weights and biases that start from the training rows: every unit of every linear layer is set by what reaches it.

z = w x of each unit gets the standard deviation 1 over the rows, its direction w / |w| being chance. Its bias is minus
a random point between the z of five random rows, so that the unit bends where the rows are.

Source: Holzmüller, Grinsztajn, Steinwart, Better by default, 2024; biases as in Steinwart, A sober look at neural
network initializations, 2019 ("he+5").
"""

from typing import Any

import torch
from torch import Generator, Tensor, nn

from netwright.core.seeds import derive_seed
from netwright.networks.feedforward import MLP

MOST_ROWS = 16_384  # a standard deviation of so many is right to a percent
CORNERS = 5  # rows that a bias lies between
LEAST_SPREAD = 1e-3  # of a unit whose weights were drawn; one that hardly varies is not blown up beyond a thousandfold


@torch.no_grad()
def fit_weights(module: nn.Module, inputs: tuple[Tensor, ...], seed: int) -> None:
    """Set the linear layers of `module` from training rows, where its config says "data_driven"; else do nothing.

    Args:
        module: as it was built; numeric embeddings have their bins.
        inputs: what it will be trained on, rows first; on the module's device.
        seed: the one that the module was built from.
    """
    if not (isinstance(module, MLP) and module.data_driven):
        return
    generator = torch.Generator().manual_seed(derive_seed(seed, "data-driven initialization"))
    chosen = torch.randperm(len(inputs[0]), generator=generator)[:MOST_ROWS]

    def set_before_use(layer: nn.Module, arguments: tuple[Any, ...]) -> None:
        assert isinstance(layer, nn.Linear)
        _set(layer, arguments[0], generator)

    linear = [layer for layer in module.modules() if isinstance(layer, nn.Linear)]
    hooks = [layer.register_forward_pre_hook(set_before_use) for layer in linear]
    trained = module.training
    module.eval()  # no dropout
    try:
        module(*(part[chosen.to(part.device)] for part in inputs))
    finally:
        module.train(trained)
        for hook in hooks:
            hook.remove()


def _set(layer: nn.Linear, x: Tensor, generator: Generator) -> None:
    layer.weight /= (x @ layer.weight.T).std(dim=0, correction=0).clamp(min=LEAST_SPREAD).unsqueeze(1)
    if layer.bias is not None:
        z, units = x @ layer.weight.T, len(layer.bias)
        rows = torch.randint(len(z), (CORNERS, units), generator=generator)
        shares = torch.empty(CORNERS, units).exponential_(generator=generator)
        layer.bias.copy_(-(z.gather(0, rows.to(z.device)) * (shares / shares.sum(dim=0)).to(z)).sum(dim=0))
