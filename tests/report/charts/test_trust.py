"""Pictures of trust: coverage, set sizes, slices, and probabilities before and after scaling."""

from dataclasses import replace

from netwright.core.evidence import Coverage, Covered, Measure, ReliabilityBin, Slice, Slices
from netwright.report.charts.coverage import coverage_dots, set_sizes
from netwright.report.charts.reliability import diagram
from netwright.report.charts.slices import MOST, slice_dots

EVERY = Covered("", 500, Measure(0.9, 0.87, 0.92), 1.2)


def group(name, value, margin=0.02):
    return Covered(name, 100, Measure(value, value - margin, value + margin), 1.5)


def test_a_lane_for_all_rows_and_each_group_and_only_too_low_ones_stand_out():
    found = Coverage(0.9, 0.4, EVERY, (0.88, 0.92), (group("a", 0.97), group("b", 0.8), group("c", 0.89)), (400, 100))
    drawn = coverage_dots(found)
    assert drawn.count("<circle") == 4
    assert drawn.count('class="apart"') == 1
    assert "asked 90%" in drawn
    assert "80.0% · 1.50" in drawn


def test_all_rows_stand_out_where_the_held_out_rows_do_not_explain_it():
    found = Coverage(0.9, 0.4, EVERY, (0.905, 0.92))
    assert 'class="apart"' in coverage_dots(found)
    assert 'class="apart"' not in coverage_dots(replace(found, expected=(0.85, 0.92)))


def test_of_many_classes_those_covered_worst_are_drawn():
    found = Coverage(0.9, 0.4, EVERY, (0.8, 1.0), tuple(group(f"class{k}", 0.7 + k / 100) for k in range(26)), (500,))
    drawn = coverage_dots(found)
    assert "class0" in drawn
    assert "class25" not in drawn


def test_every_size_has_a_bar_and_the_largest_share_one():
    assert set_sizes(Coverage(0.9, 0.4, EVERY, sizes=(400, 100))).count("<rect") == 2
    many = set_sizes(Coverage(0.9, 0.4, EVERY, sizes=(1,) * 26))
    assert many.count("<rect") == 10
    assert ">10+<" in many
    assert "65%" in many
    assert set_sizes(Coverage(0.9, 0.4, EVERY)) == ""


def test_slices_are_drawn_worst_first_and_those_apart_stand_out():
    entries = tuple(Slice("town", f"t{k}", 40, Measure(0.5 + k / 50, 0.4 + k / 50, 0.6 + k / 50)) for k in range(25))
    drawn = slice_dots(Slices("accuracy", 0.7, entries, 25, 3, 30), "Accuracy")
    assert drawn.count("<circle") == MOST
    assert drawn.index("town: t0<") < drawn.index("town: t1<") < drawn.index("town: t2<")
    assert drawn.count("<circle cx") == MOST
    assert 'class="apart"' in drawn
    assert "all 0.700" in drawn
    assert slice_dots(Slices("accuracy", 0.7), "Accuracy") == ""


def test_before_and_after_scaling_have_a_key():
    bins = [ReliabilityBin(0.1, 0.2, 10), ReliabilityBin(0.9, 0.8, 10)]
    drawn = diagram(bins, [ReliabilityBin(0.05, 0.2, 20)])
    assert drawn.count("<circle") == 2 + 1 + 2
    assert ">before<" in drawn
    assert ">before<" not in diagram(bins)
