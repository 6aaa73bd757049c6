"""The picture of a finding, whatever its numbers."""

import math
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from netwright.core.findings import Curve, Sketch
from netwright.report.charts.sketch import sketch_picture

LINES = Sketch(
    "Dead units",
    "step",
    "share",
    (Curve("hidden.0", (1.0, 10.0, 20.0), (0.1, 0.5, 0.95)), Curve("hidden.3", (1.0, 10.0, 20.0), (0.0, None, 0.2))),
    (("dead above", 0.5),),
)
BAR = Curve("start", (0.0, 1.0, 2.0), (1e-7, 1e-4, 0.1))
BARS = Sketch("Deltas", "layer", "norm", (BAR,), log_y=True, ticks=("a", "b", "c"))


def parsed(sketch):
    return ElementTree.fromstring(sketch_picture(sketch))


def texts(root):
    return [element.text for element in root.iter("text")]


def test_each_line_is_named_at_its_end_and_each_limit_above_it():
    said = " ".join(map(str, texts(parsed(LINES))))
    assert "hidden.0 0.950" in said
    assert "hidden.3 0.200" in said
    assert "dead above 0.500" in said


def test_names_below_each_other_do_not_overlap():
    close = Sketch("t", "x", "y", tuple(Curve(str(k), (0.0, 1.0), (1.0, 1.0 + k / 1e4)) for k in range(4)))
    heights = sorted(float(e.get("y")) for e in parsed(close).iter("text") if "direct" in (e.get("class") or ""))
    assert all(below - above >= 13.9 for above, below in pairwise(heights))


def test_bars_stand_on_the_axis_and_taller_ones_are_larger():
    bars = [e for e in parsed(BARS).iter("rect") if "bar" in (e.get("class") or "")]
    feet = {round(float(e.get("y")) + float(e.get("height")), 1) for e in bars}
    heights = [float(e.get("height")) for e in bars]
    assert len(feet) == 1
    assert heights == sorted(heights)
    assert heights[0] < heights[-1] / 3


def test_two_curves_of_bars_stand_beside_each_other_and_are_named():
    two = Sketch(
        "t",
        "layer",
        "n",
        (Curve("first", (0.0, 1.0), (1.0, 2.0)), Curve("last", (0.0, 1.0), (2.0, -1.0))),
        ticks=("a", "b"),
    )
    root = parsed(two)
    places = [float(e.get("x")) for e in root.iter("rect")]
    assert len(set(places)) == 4
    assert {"first", "last"} <= set(texts(root))


@pytest.mark.parametrize("value", [0.0, -3.0, 1e30, 1e-30, math.inf, math.nan, None])
@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("ticks", [(), ("a", "b")])
def test_no_number_breaks_it(value, log, ticks):
    sketch = Sketch("t", "x", "y", (Curve("c", (0.0, 1.0), (1.0, value)),), (("limit", 0.0),), log, ticks)
    for element in parsed(sketch).iter():
        for attribute in element.attrib.values():
            assert "nan" not in attribute.split()
            assert "inf" not in attribute.split()


def test_nothing_is_drawn_of_nothing():
    assert sketch_picture(Sketch("t", "x", "y", (Curve("c", (1.0,), (None,)),))) == ""


def test_names_of_others_stay_text():
    bad = Sketch("<b>", "<i>", "<u>", (Curve("<script>", (0.0, 1.0), (1.0, 2.0)),), (("<s>", 1.5),))
    assert {element.tag for element in parsed(bad).iter()} <= {"svg", "text", "line", "path", "circle", "title", "rect"}


def test_a_long_line_is_thinned_but_keeps_its_end():
    count = 20_000
    long = Sketch("t", "x", "y", (Curve("c", tuple(map(float, range(count))), (0.0,) * (count - 1) + (5.0,)),))
    assert len(sketch_picture(long)) < 60_000
    assert "c 5.000" in " ".join(map(str, texts(parsed(long))))
