import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from netwright.core.landscapes import Landscape, Profile, Sharpness, Stop, Surface, Trajectory, View
from netwright.report.landscape.page import render_landscape
from netwright.report.landscape.picture import TALL, landscape_png, sharpness_in_words
from netwright.report.landscape.section import shown_landscape

STEPS = tuple(np.linspace(-1, 1, 7).tolist())
BOWL = Surface(STEPS, STEPS, tuple(tuple(0.1 + x * x + 2 * y * y for x in STEPS) for y in STEPS))
SHARP = Sharpness((4.0, 2.0), (1e-6, 1e-3), -0.5, True, 20, 7.5, 0.3, 32, 100, 50, "exact second derivatives")
VIEW = View("the run", "the run's network", 0.1, Profile(STEPS, BOWL.losses[3]), BOWL, SHARP)
STOPS = (Stop(0, 0.8, 0.5, 1.2), Stop(1, 0.3, -0.2, 0.6), Stop(2, 0.0, 0.0, 0.1))
PLAIN = Landscape("a <run>", "the run's network", "bce", 50, 200, 7, 1.0, 0, VIEW)
WHOLE = replace(
    PLAIN,
    trajectory=Trajectory("trained again", (0.8, 0.1), STOPS, BOWL, True),
    skips=(replace(VIEW, name="with skip connections"), replace(VIEW, name="without skip connections")),
    notes=("something to know",),
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_same_values_give_the_same_bytes(theme):
    once = landscape_png(PLAIN, theme)
    assert once == landscape_png(PLAIN, theme)
    assert once[:8] == b"\x89PNG\r\n\x1a\n"


def test_every_part_that_was_found_has_its_row():
    heights = [Image.open(io.BytesIO(landscape_png(found))).height for found in (PLAIN, WHOLE)]
    assert heights[1] - heights[0] == 3 * TALL


def test_what_is_lowest_is_darkest():
    picture = np.asarray(Image.open(io.BytesIO(landscape_png(PLAIN))).convert("L"))
    top, left, side = 64, 24 + 44, 420
    assert picture[top + side // 2, left + side // 2 + 30] < 60
    assert picture[top + 6, left + 6] > 200


def test_sharpness_that_did_not_converge_is_said():
    assert "not converged" in sharpness_in_words(replace(SHARP, converged=False))
    assert "not converged" not in sharpness_in_words(SHARP)


def test_the_page_holds_its_data_and_escapes_what_came_from_elsewhere():
    html = render_landscape(replace(WHOLE, name="</script><script>alert(1)</script>"))
    assert "<script>alert" not in html
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.S)[1])
    names = [scene["name"] for scene in data["scenes"]]
    assert names == ["Around the network", "The way of training", "With skip connections", "Without skip connections"]
    assert data["scenes"][0]["losses"][3][3] == pytest.approx(0.1)
    assert len(data["scenes"][1]["way"]) == 3
    assert data["scenes"][2]["levels"] == data["scenes"][3]["levels"], "one scale"
    assert "http" not in re.sub(r"http-equiv|http://www\.w3\.org/\S+", "", html), "nothing is fetched"
    assert "something to know" in html


def test_losses_that_are_no_numbers_are_drawn_and_written():
    broken = Surface(STEPS, STEPS, ((None,) * 7, *BOWL.losses[1:]))
    found = replace(PLAIN, view=replace(VIEW, surface=broken))
    assert landscape_png(found)
    assert "null" in render_landscape(found)


def test_the_report_gets_a_picture_for_each_theme():
    shown = shown_landscape(WHOLE)
    assert shown.light.startswith("data:image/webp;base64,")
    assert shown.light != shown.dark
    assert len(shown.views) == 3
    assert shown_landscape(None) is None
