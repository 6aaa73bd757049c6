"""Where in an image the evidence for a class lies: gradient-weighted class activation.

The last maps A_k of a convolutional network are weighted by how much the class's logit z grows with each of them,
alpha_k = mean over places of dz / dA_k, and added: heat = relu(sum_k alpha_k A_k).

Source: R. Selvaraju and others, Grad-CAM, 2017; where maps are pooled by their mean and a linear layer follows, this is
class activation mapping (B. Zhou and others, Learning deep features for discriminative localization, 2016).
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from netwright.networks.layers.image import ImageLayer


def class_activation(
    module: nn.Module, inputs: tuple[Tensor, ...], classes: Int[Tensor, " rows"]
) -> Float[Tensor, "rows height width"]:
    """Return the heat of each image for a class, scaled to 0 to 1, at the size of the image.

    Args:
        module: a network, or an average of several, whose images are the third input; in evaluation mode.
        inputs: as the network takes them.
        classes: of which the evidence is wanted; with one output 0 asks for the first class, 1 for the second.

    Raises:
        ValueError: the network reads no images.
    """
    layer = next((layer for layer in module.modules() if isinstance(layer, ImageLayer)), None)
    if layer is None:
        raise ValueError("class_activation: expected a network that reads images, got one that does not")
    kept: list[Tensor] = []
    mirrors, layer.views = layer.views, False  # one view: its maps lie where the image's places are

    def keep(maps: Tensor) -> Tensor:
        maps.requires_grad_(True)
        kept.append(maps)
        return maps

    plain = layer.maps
    layer.maps = lambda images: keep(plain(images))  # type: ignore[method-assign]
    try:
        with torch.enable_grad():
            logits = module(*inputs)
            chosen = _logit_of(logits, classes.to(logits.device))
            (gradients,) = torch.autograd.grad(chosen.sum(), kept[0])
    finally:
        del layer.maps
        layer.views = mirrors
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    heat = (weights * kept[0]).sum(dim=1, keepdim=True).relu().detach()
    size = (layer.image.height, layer.image.width)
    heat = nn.functional.interpolate(heat.float(), size=size, mode="bilinear", align_corners=False)[:, 0]
    return heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-12)


def _logit_of(logits: Float[Tensor, "rows outputs"], classes: Int[Tensor, " rows"]) -> Float[Tensor, " rows"]:
    if logits.shape[1] == 1:
        return logits[:, 0] * (2 * classes - 1)
    return logits.gather(1, classes[:, None])[:, 0]
