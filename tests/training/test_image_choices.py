"""Turns and zooms are left out where mirror images keep their labels, unless they were asked for."""

from dataclasses import replace

import pytest

from netwright.core.values import Choice
from netwright.data.transforms.pixels import Likeness
from netwright.training.defaults import ASKED
from netwright.training.image_choices import settle_images
from netwright.training.recipe import Recipe, recipe_from
from netwright.training.run_directory import read_contract
from tests.data.sources.images import made
from tests.training.test_images import job

RECIPE = recipe_from({"network": {"image_turn": 8.0, "image_zoom": 0.08}}, "recipe")
CHOICES = (Choice("network.image_turn", 8.0, "so"), Choice("network.image_zoom", 0.08, "and"))


@pytest.fixture(scope="module")
def preparation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("choices")
    made.write_shapes(folder / "shapes", each=12)
    return read_contract(job(folder / "shapes", folder, {"training.epochs": 1})).preparation


def mirrored(preparation, share):
    """The same preparation, with mirror images that find this share of their labels."""
    return replace(preparation, image=replace(preparation.image, likeness=Likeness(0.9, share, 0.1, 0.3, 500)))


def settled(preparation, choices=CHOICES):
    recipe, found = settle_images(RECIPE, preparation, choices)
    assert len({choice.name for choice in found}) == len(found)
    assert isinstance(recipe, Recipe)
    return recipe.network.image_turn, recipe.network.image_zoom, {choice.name: choice for choice in found}


def test_photos_are_neither_turned_nor_zoomed(preparation):
    turn, zoom, said = settled(mirrored(preparation, 0.88))
    assert (turn, zoom) == (0.0, 0.0)
    assert said["network.image_turn"].value == said["network.image_zoom"].value == 0.0
    assert "mirror images keep their labels" in said["network.image_turn"].reason
    assert said["preparation.image.flip"].value == "sideways"


def test_signs_are(preparation):
    turn, zoom, said = settled(mirrored(preparation, 0.3))
    assert (turn, zoom) == (8.0, 0.08)
    assert said["network.image_turn"].reason == "so"
    assert said["preparation.image.flip"].value == "none"


def test_what_was_asked_for_stays(preparation):
    asked = (Choice("network.image_turn", 8.0, ASKED), CHOICES[1])
    turn, zoom, said = settled(mirrored(preparation, 0.88), asked)
    assert (turn, zoom) == (8.0, 0.0)
    assert said["network.image_turn"].reason == ASKED
