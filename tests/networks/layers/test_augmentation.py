"""Changes of images: where each pixel goes, how often, and that evaluation sees none."""

import math

import pytest
import torch
from torch.nn.functional import affine_grid, grid_sample

from netwright.core.values import ImageInput
from netwright.networks.layers.augmentation import Augmentation, affine_maps, erase, shift_by_pixels
from netwright.networks.layers.image_config import ImageConfig
from netwright.networks.layers.mixing import Mixing, blend, paste

IMAGE = ImageInput(3, 8, 8, (0.0,) * 3, (1.0,) * 3, mirrors=True)
STILL = {"image_shift": 0.0, "image_flip": "none"}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def changed(images, **settings):
    return Augmentation(ImageConfig(**STILL | settings), IMAGE).train()(images)


def test_nothing_is_changed_in_evaluation_or_where_nothing_is_asked_for():
    images = torch.randn(6, 3, 8, 8)
    everything = ImageConfig(image_turn=20.0, image_zoom=0.2, image_colour=0.3, image_erase=0.5, image_trivial=True)
    assert torch.equal(Augmentation(everything, IMAGE).eval()(images), images)
    assert torch.equal(changed(images), images)


def test_half_of_the_images_are_mirrored_where_that_keeps_labels():
    images = torch.randn(400, 3, 8, 8)
    seen = changed(images, image_flip="auto")
    mirrored = (seen == images.flip(3)).flatten(1).all(dim=1)
    assert ((seen == images).flatten(1).all(dim=1) | mirrored).all()
    assert 150 < int(mirrored.sum()) < 250
    both = changed(images, image_flip="both")
    turned = [(both == images.flip(axes)).flatten(1).all(dim=1) for axes in ((), (2,), (3,), (2, 3))]
    assert all(60 < int(kind.sum()) < 140 for kind in turned)


def test_every_shift_up_to_the_most_occurs_and_moves_whole_pixels():
    images = torch.randn(300, 3, 8, 8)
    padded = torch.nn.functional.pad(images, (2, 2, 2, 2), "reflect")
    seen, found = shift_by_pixels(images, 0.25), set()
    for row in range(300):
        places = [
            (y, x) for y in range(5) for x in range(5) if torch.equal(padded[row, :, y : y + 8, x : x + 8], seen[row])
        ]
        assert places
        found.add(places[0])
    assert len(found) == 25


def test_a_quarter_turn_is_a_quarter_turn_and_a_shift_a_shift():
    images = torch.randn(2, 1, 8, 8)
    none, zero = torch.ones(2), torch.zeros(2, 2)
    turned = affine_maps(torch.full((2,), 90.0), none, zero, zero)
    seen = grid_sample(images, affine_grid(turned, list(images.shape), align_corners=False), align_corners=False)
    assert torch.allclose(seen, images.rot90(1, (2, 3)), atol=1e-5) or torch.allclose(
        seen, images.rot90(-1, (2, 3)), atol=1e-5
    )
    moved = affine_maps(torch.zeros(2), none, torch.tensor([[0.25, 0.0]] * 2), zero)
    seen = grid_sample(images, affine_grid(moved, list(images.shape), align_corners=False), align_corners=False)
    assert torch.allclose(seen[..., :-1], images[..., 1:], atol=1e-5)


def test_turns_stay_below_the_most_and_zooms_change_the_size():
    angle = math.radians(10.0)
    maps = affine_maps(torch.tensor([10.0]), torch.tensor([1.2]), torch.zeros(1, 2), torch.zeros(1, 2))
    expected = 1.2 * torch.tensor([[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0]])
    assert torch.allclose(maps[0], expected, atol=1e-6)


def test_a_square_of_the_asked_size_is_erased():
    images = torch.ones(200, 2, 16, 16)
    gone = (erase(images, 0.5) == 0.0).all(dim=1).flatten(1).sum(dim=1)
    assert int(gone.max()) == 64  # 8 x 8, where no edge cuts it
    assert int(gone.min()) >= 9
    assert 30 < float(gone.float().mean()) < 64


def test_colours_change_one_image_as_a_whole():
    images = torch.randn(50, 3, 8, 8)
    seen = changed(images, image_colour=0.4)
    assert not torch.allclose(seen, images)
    correlation = [
        torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1] for a, b in zip(seen, images, strict=True)
    ]
    assert min(correlation) > 0.8


def test_trivial_augment_changes_each_image_in_its_own_way_and_leaves_some():
    images = torch.randn(300, 3, 8, 8)
    seen = changed(images, image_trivial=True)
    same = torch.isclose(seen, images, atol=1e-4).flatten(1).all(dim=1)
    assert 5 < int(same.sum()) < 90
    assert seen.isfinite().all()


def test_the_same_seed_changes_the_same_way():
    images, settings = torch.randn(9, 3, 8, 8), {"image_turn": 9.0, "image_colour": 0.2, "image_erase": 0.3}
    torch.manual_seed(5)
    one = changed(images, **settings)
    torch.manual_seed(5)
    assert torch.equal(one, changed(images, **settings))


def test_mixed_images_hold_the_shares_that_are_said():
    images = torch.arange(6.0).reshape(6, 1, 1, 1).expand(6, 1, 10, 10).contiguous()
    others = torch.tensor([1, 2, 3, 4, 5, 0])
    blended, kept = blend(images, others, 0.3)
    assert torch.allclose(blended[0], torch.full((1, 10, 10), 0.7))
    assert kept == 0.3
    for share in (0.0, 0.4, 1.0):
        pasted, kept = paste(images, others, share)
        assert float((pasted[0] == 0.0).float().mean()) == pytest.approx(kept)


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_mixing_happens_in_training_alone_and_says_what_it_did(kind):
    layer = Mixing(ImageConfig(image_mix=kind, image_mix_share=1.0))
    images = torch.randn(8, 3, 8, 8)
    assert torch.equal(layer.eval()(images), images)
    assert layer.drawn is None
    layer.train()(images)
    others, kept = layer.drawn
    assert sorted(others.tolist()) == list(range(8))
    assert 0.0 <= kept <= 1.0
    never = Mixing(ImageConfig(image_mix=kind, image_mix_share=0.0)).train()
    assert torch.equal(never(images), images)
