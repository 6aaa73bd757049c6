"""The image layers by name."""

from netwright.core.values import ImageInput
from netwright.networks.layers.convnet import ConvNet
from netwright.networks.layers.convnext import ConvNeXt
from netwright.networks.layers.image import ImageLayer
from netwright.networks.layers.image_config import ImageConfig
from netwright.networks.layers.resnet import ResNet

IMAGE_LAYERS: dict[str, type[ImageLayer]] = {"convnet": ConvNet, "convnext": ConvNeXt, "resnet": ResNet}


def make_image_layer(config: ImageConfig, image: ImageInput) -> ImageLayer:
    """Return the layer that `config` names, its weights not drawn yet."""
    return IMAGE_LAYERS[config.image](config, image)
