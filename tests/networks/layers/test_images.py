"""One battery for every network that reads images, and what is special to each."""

import pytest
import torch
from torch.nn.functional import unfold

from netwright.core.errors import RecipeError
from netwright.core.values import ImageInput, InputSpec
from netwright.networks import MLPConfig, build, fit_to_rows, shapes_of
from netwright.networks.layers.convnet import ConvNet, Whitening
from netwright.networks.layers.images import IMAGE_LAYERS
from netwright.networks.layers.resnet import BasicBlock

KINDS = {
    "convnet": {"image": "convnet"},
    "resnet": {"image": "resnet", "image_depth": 1},
    "plain": {"image": "resnet", "image_skips": False, "image_depth": 1},
    "convnext": {"image": "convnext", "image_depth": 1},
}
SMALL = {"hidden_sizes": (), "image_widths": (6, 8), "image_shift": 0.0}


def image_of(channels=3, height=12, width=10, mirrors=False):
    return ImageInput(channels, height, width, (120.0,) * channels, (60.0,) * channels, mirrors)


def network_of(kind, seen=None, **settings):
    spec = InputSpec(0, (), 4, "multiclass", image=seen or image_of())
    return build("mlp", MLPConfig(**SMALL | KINDS[kind] | settings), spec, 0)


def rows_of(image, rows=5):
    pixels = torch.randint(0, 256, (rows, image.channels, image.height, image.width), dtype=torch.uint8)
    return torch.zeros(rows, 0), torch.zeros(rows, 0, dtype=torch.int64), pixels


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_every_name_is_in_the_battery():
    assert {settings["image"] for settings in KINDS.values()} == set(IMAGE_LAYERS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 28, 28), (3, 32, 32), (3, 5, 9), (1, 2, 2), (3, 112, 80)])
def test_any_size_becomes_logits(kind, size):
    image = image_of(*size)
    network = network_of(kind, image)
    assert network(*rows_of(image)).shape == (5, 4)
    assert network.eval()(*rows_of(image, 1)).shape == (1, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes_and_shapes_are_known_beforehand(kind):
    one, other = network_of(kind).state_dict(), network_of(kind).state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)
    spec = InputSpec(0, (), 4, "multiclass", image=image_of())
    shapes = shapes_of(MLPConfig(**SMALL | KINDS[kind]), spec)
    assert shapes == {name: tuple(value.shape) for name, value in one.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_those_of_finite_differences(kind):
    image = image_of(1, 6, 5)
    network = network_of(kind, image).double().train()
    for layer in network.modules():
        if isinstance(layer, BasicBlock):  # which starts at a kink of relu, where no difference is a gradient
            torch.nn.init.ones_(layer.norm_second.weight)
    pixels = rows_of(image, 4)[2].double().div(60.0).sub(2.0).requires_grad_(True)

    def answer(images):
        return network.output(network.images.pool(network.images.maps(images)))

    assert torch.autograd.gradcheck(answer, (pixels,), eps=1e-6, atol=1e-5, nondet_tol=1e-9)
    rows = (torch.zeros(4, 0, dtype=torch.float64), torch.zeros(4, 0, dtype=torch.int64), rows_of(image, 4)[2])
    for weight in network.parameters():
        weight.grad = None
    network(*rows).square().sum().backward()
    for name, weight in network.named_parameters():
        place = tuple(side // 2 for side in weight.shape)
        before, step = weight[place].item(), 1e-6
        values = []
        for sign in (1, -1):
            with torch.no_grad():
                weight[place] = before + sign * step
            values.append(network(*rows).square().sum().item())
        with torch.no_grad():
            weight[place] = before
        expected = (values[0] - values[1]) / (2 * step)
        assert weight.grad[place].item() == pytest.approx(expected, rel=1e-4, abs=1e-5), name


@pytest.mark.parametrize("kind", KINDS)
def test_answers_in_evaluation_depend_on_no_other_row(kind):
    image = image_of()
    network, rows = network_of(kind, image), rows_of(image, 6)
    network(*rows)  # running statistics move
    network.eval()
    together = network(*rows)
    alone = torch.cat([network(*(part[at : at + 1] for part in rows)) for at in range(6)])
    assert torch.allclose(together, alone, atol=1e-5)
    if kind != "convnext":  # it normalises over channels, not over rows
        network.train()
        assert not torch.allclose(network(*rows)[:3], network(*(part[:3] for part in rows)), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_can_be_exported(kind):
    image = image_of()
    network, rows = network_of(kind, image).eval(), rows_of(image)
    program = torch.export.export(network, rows)
    assert torch.allclose(program.module()(*rows), network(*rows), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_and_its_mirror_image_get_one_answer_where_mirrors_are_as_likely(kind):
    image = image_of(mirrors=True)
    network, rows = network_of(kind, image).eval(), rows_of(image)
    mirrored = (*rows[:2], rows[2].flip(3))
    assert torch.allclose(network(*rows), network(*mirrored), atol=1e-6)
    plain = network_of(kind, image, image_views=False).eval()
    assert not torch.allclose(plain(*rows), plain(*mirrored), atol=1e-4)


def test_images_stand_beside_numbers_categories_and_hidden_layers():
    spec = InputSpec(2, (5,), 3, "multiclass", image=image_of())
    network = build("mlp", MLPConfig(**SMALL | {"hidden_sizes": (7,)}), spec, 0).eval()
    numbers, categories, pixels = torch.randn(4, 2), torch.randint(0, 5, (4, 1)), rows_of(image_of(), 4)[2]
    answers = network(numbers, categories, pixels)
    for changed in (
        (numbers + 1, categories, pixels),
        (numbers, (categories + 1) % 5, pixels),
        (numbers, categories, 255 - pixels),
    ):
        assert not torch.allclose(answers, network(*changed), atol=1e-5)


def test_whitened_patches_have_no_correlation_and_unit_variance():
    images = torch.randn(40, 3, 9, 9, dtype=torch.float64).cumsum(dim=3)
    layer = Whitening(3, 1).double()
    layer.fill(torch.Generator().manual_seed(0))
    layer.fit(images)
    patches = unfold(images, 2).transpose(1, 2).reshape(-1, 12)
    found = patches @ layer.weight[: layer.directions].flatten(1).T
    moments = found.T @ found / len(found)
    strong = moments.diagonal() > 0.5  # the smallest variances are held back on purpose
    assert strong.sum() >= 10
    assert torch.allclose(moments, torch.diag(moments.diagonal()), atol=1e-6)
    assert torch.equal(layer.weight[: layer.directions], -layer.weight[layer.directions :])


def test_whitening_is_learnt_from_training_rows():
    image = image_of()
    network, rows = network_of("convnet", image), rows_of(image, 30)
    before = network.images.whitening.weight.clone()
    fit_to_rows(network, rows, torch.arange(30) % 4, 0)
    assert not torch.equal(before, network.images.whitening.weight)
    assert isinstance(network.images, ConvNet)


def test_a_convolution_starts_by_handing_on_what_it_reads():
    stage = network_of("convnet", image_widths=(20, 20)).images.stages[1]
    maps = torch.randn(2, 20, 6, 6)
    assert torch.allclose(stage.convolutions[0](maps), maps, atol=1e-6)


def test_a_residual_block_starts_as_what_it_adds_to():
    block = BasicBlock(6, 6, 1, skips=True).eval()
    block.fill(torch.Generator().manual_seed(0))
    maps = torch.randn(2, 6, 5, 5)
    assert torch.allclose(block(maps), maps.relu())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image": "vgg"}, "network.image: expected one of convnet, resnet, convnext"),
        ({"image_widths": ()}, "network.image_widths"),
        ({"image_widths": (0,)}, "network.image_widths"),
        ({"image_depth": 0}, "network.image_depth"),
        ({"image_turn": 200.0}, "network.image_turn"),
        ({"image_erase": 1.5}, "network.image_erase"),
        ({"image_mix": "cutmixx"}, "network.image_mix: expected one of none, mixup, cutmix, got 'cutmixx'"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(RecipeError, match=message):
        network_of("convnet", **settings)


def test_a_network_without_end_is_refused_before_it_takes_memory():
    with pytest.raises(RecipeError, match="numbers to learn"):
        network_of("resnet", image_widths=(16_384,) * 16, image_depth=1000)
