"""The picture of a series: lines with gaps, heat behind, all that came from the data escaped."""

from xml.etree import ElementTree

from netwright.core.evidence import ShownSeries
from netwright.report.charts.series import draw_one_series


def test_a_gap_parts_a_line_and_heat_lies_behind():
    shown = ShownSeries(((0.0, 1.0, None, 2.0, 1.0), (1.0,) * 5), (0.0, 1.0, 0.5), "a<b", "c", "row 1")
    picture = ElementTree.fromstring(draw_one_series(shown))
    tags = [child.tag for child in picture]
    assert tags == ["rect", "rect", "polyline", "polyline", "polyline"]
    assert picture.attrib["aria-label"] == "row 1: a<b taken for c"
    assert picture[2].attrib["points"] == "6.0,90.0 58.0,48.0"


def test_a_series_without_values_is_an_empty_picture():
    assert len(ElementTree.fromstring(draw_one_series(ShownSeries(((None,),), (), "", "", "")))) == 0
