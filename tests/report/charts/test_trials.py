"""The picture of a treatment."""

from dataclasses import replace
from xml.etree import ElementTree

from netwright.report.charts.trials import trials_picture
from tests.report.treatments import ROWS


def test_every_seed_is_a_dot_and_every_trial_a_lane():
    root = ElementTree.fromstring(trials_picture(ROWS, "accuracy"))
    assert len(list(root.iter("circle"))) == sum(score is not None for row in ROWS for score in row.scores)
    assert [e.get("class") for e in root.iter("text") if "name" in (e.get("class") or "")] == [
        "name apart", "name ours", "name member", "name baseline",
    ]  # fmt: skip


def test_trials_that_all_diverged_are_not_drawn():
    assert trials_picture([replace(row, scores=(None, None)) for row in ROWS], "accuracy") == ""
