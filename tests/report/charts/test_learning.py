from dataclasses import replace

import pytest

from netwright.report.charts.learning import learning_picture, rows_axis


def test_both_lines_a_band_and_a_dot_for_each_network(crossed):
    drawn = learning_picture(crossed.learning_curve, "Accuracy")
    assert drawn.count("<circle") == 15
    assert 'class="band"' in drawn
    assert "linear model" in drawn
    assert "22 rows 0.881" in drawn


def test_doubling_the_rows_is_one_step():
    across, _ = rows_axis([20, 40, 80])
    assert across(40) - across(20) == pytest.approx(across(80) - across(40))
    assert across(40) > across(20)


def test_without_a_linear_model_its_line_is_left_out(crossed):
    points = tuple(replace(point, linear=None) for point in crossed.learning_curve.points)
    assert "linear model" not in learning_picture(replace(crossed.learning_curve, points=points), "Accuracy")


def test_one_size_makes_no_curve(crossed):
    assert learning_picture(replace(crossed.learning_curve, points=crossed.learning_curve.points[:1]), "Accuracy") == ""
