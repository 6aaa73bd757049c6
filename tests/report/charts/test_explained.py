"""Pictures of importance, dependence, removal, series and images."""

import base64
import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from netwright.core.explanations import SeriesHeat
from netwright.report.charts.dependence import dependence_picture, is_of_categories
from netwright.report.charts.explained_series import MOST_CHANNELS, MOST_STRIPES, explained_series, most_explained
from netwright.report.charts.heat_layer import AGAINST, BEND, FOR, MOST_OPAQUE, heat_layer
from netwright.report.charts.importance import importance_picture
from netwright.report.charts.importance_in_time import importance_in_time
from netwright.report.charts.removal import removal_picture
from tests.report.explanations import AGE, COLOUR, DAY, DELETION, IMPORTANCE, SERIES, STRETCHES, WORDS


def rectangles(svg: str, style: str) -> int:
    return sum(style in (one.get("class") or "") for one in ElementTree.fromstring(svg).iter("rect"))


def test_importance_whose_interval_holds_nought_is_faint():
    assert rectangles(importance_picture(IMPORTANCE), "doubtful") == 1
    assert rectangles(importance_picture(IMPORTANCE), "against") == 1
    assert importance_picture(replace(IMPORTANCE, columns=())) == ""


def test_words_are_coloured_by_their_sign_and_stand_beside_the_number_of_their_texts():
    drawn = importance_picture(WORDS)
    assert (rectangles(drawn, "amount for"), rectangles(drawn, "amount against")) == (1, 1)
    assert "gorgeous (12)" in drawn
    assert "<i>" not in drawn


def test_stretches_follow_each_other_in_time_and_need_no_interval():
    drawn = ElementTree.fromstring(importance_picture(STRETCHES))
    bars = list(drawn.iter("rect"))
    assert [float(one.get("x")) for one in bars] == sorted(float(one.get("x")) for one in bars)
    assert [bar[0].text.partition(":")[0] for bar in bars] == ["steps 1 to 5", "steps 6 to 9"]
    assert not [one for one in drawn.iter("line") if one.get("class") == "error"]
    assert float(bars[1].get("height")) > float(bars[0].get("height"))
    assert importance_in_time(IMPORTANCE) == ""


@pytest.mark.parametrize(("found", "categories"), [(AGE, False), (COLOUR, True), (DAY, False)])
def test_categories_are_lanes_and_numbers_and_dates_lines(found, categories):
    assert is_of_categories(found) == categories
    drawn = dependence_picture(found)
    assert ("<circle" in drawn) == categories
    assert drawn.count('class="single"') == (0 if categories else len(found.rows))


def test_a_column_of_counts_from_nought_is_no_column_of_categories():
    assert not is_of_categories(replace(COLOUR, grid=("0", "1")))


def test_removal_is_drawn_beside_random_orders():
    assert removal_picture(DELETION, "taken out").count("curve") >= 2
    assert removal_picture(None, "taken out") == ""
    assert removal_picture(replace(DELETION, shares=(), ours=(), random=()), "put in") == ""


def test_a_series_shows_its_steps_in_the_colour_of_their_sign():
    drawn = explained_series(SERIES.series)
    assert rectangles(drawn, "amount for") == 7
    assert rectangles(drawn, "amount against") == 1


def test_a_long_series_of_many_channels_is_thinned():
    values, amounts = np.zeros((20, 5000)), np.ones((20, 5000))
    amounts[3:11] = 2.0
    rows, weights = (tuple(map(tuple, one.tolist())) for one in (values, amounts))
    heat = SeriesHeat(tuple(map(str, range(20))), rows, weights)
    assert most_explained(heat) == list(range(3, 11))
    assert rectangles(explained_series(heat), "amount") <= MOST_CHANNELS * MOST_STRIPES


def test_the_heat_of_an_image_is_a_picture_whose_colours_are_the_signs():
    content = base64.b64decode(heat_layer(((2.0, -1.0, 0.0), (float("nan"), 1.0, 0.0))).partition(",")[2])
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    assert pixels.shape == (2, 3, 4)
    assert tuple(pixels[0, 0]) == (*FOR, MOST_OPAQUE)
    assert tuple(pixels[0, 1]) == (*AGAINST, round(MOST_OPAQUE * 0.5**BEND))
    assert pixels[..., 3].tolist()[1] == [0, round(MOST_OPAQUE * 0.5**BEND), 0]
