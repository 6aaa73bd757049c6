"""Where the evidence lies, against its definition and on images whose answer is in one place."""

import pytest
import torch

from netwright.core.values import ImageInput, InputSpec
from netwright.explanation.class_activation import class_activation
from netwright.networks import MLPConfig, build

IMAGE = ImageInput(1, 16, 16, (0.0,), (1.0,), mirrors=True)


def network_of(**settings):
    spec = InputSpec(0, (), settings.pop("outputs", 3), "multiclass", image=IMAGE)
    return build("mlp", MLPConfig(hidden_sizes=(), image_widths=(5,), image_depth=1, **settings), spec, 0).eval()


def rows_of(count=4):
    torch.manual_seed(0)
    pixels = torch.randint(0, 256, (count, 1, 16, 16), dtype=torch.uint8)
    return torch.zeros(count, 0), torch.zeros(count, 0, dtype=torch.int64), pixels


@pytest.mark.parametrize("image", ["convnet", "resnet", "convnext"])
def test_the_heat_is_the_maps_weighted_by_the_mean_gradient(image):
    network, rows, classes = network_of(image=image), rows_of(), torch.tensor([0, 2, 1, 1])
    heat = class_activation(network, rows, classes)
    layer = network.images
    maps = layer.maps(layer.standardised(rows[2])).detach().requires_grad_(True)
    logits = network.output(layer.pool(maps))
    (gradient,) = torch.autograd.grad(logits[torch.arange(4), classes].sum(), maps)
    expected = (gradient.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1).relu().detach()
    expected = torch.nn.functional.interpolate(expected[:, None], size=(16, 16), mode="bilinear")[:, 0]
    assert torch.allclose(heat, expected / expected.amax(dim=(1, 2), keepdim=True).clamp(min=1e-12), atol=1e-5)
    assert heat.shape == (4, 16, 16)


def test_the_network_is_left_as_it_was():
    network, rows = network_of(), rows_of()
    before = network(*rows)
    class_activation(network, rows, torch.zeros(4, dtype=torch.int64))
    assert torch.equal(network(*rows), before)
    assert network.images.views
    assert "maps" not in vars(network.images)


def test_the_heat_is_where_the_answer_is():
    network, count = network_of(image_views=False), 200
    random = torch.Generator().manual_seed(0)
    pixels = torch.zeros(count, 1, 16, 16, dtype=torch.uint8)
    sides = torch.randint(0, 2, (count,), generator=random)
    for row, side in enumerate(sides.tolist()):
        pixels[row, :, 5:10, 10 * side : 10 * side + 5] = 200
    truth = torch.randint(0, 2, (count,), generator=random)
    pixels[truth == 0] //= 4  # bright or dim, wherever the patch is
    rows = (torch.zeros(count, 0), torch.zeros(count, 0, dtype=torch.int64), pixels)
    optimizer = torch.optim.Adam(network.parameters(), 0.02)
    for _ in range(40):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(*rows), truth).backward()
        optimizer.step()
    bright = truth == 1
    heat = class_activation(network, tuple(part[bright] for part in rows), truth[bright])
    left, right = heat[:, :, :8].sum(dim=(1, 2)), heat[:, :, 8:].sum(dim=(1, 2))
    assert ((right > left) == (sides[bright] == 1)).float().mean() > 0.9


def test_a_network_without_images_is_refused():
    network = build("mlp", MLPConfig(), InputSpec(3, (), 2, "multiclass"), 0)
    with pytest.raises(ValueError, match="expected a network that reads images"):
        class_activation(network, (torch.zeros(2, 3), torch.zeros(2, 0)), torch.zeros(2, dtype=torch.int64))
