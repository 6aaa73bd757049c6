import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from netwright.core.evidence import Measure
from netwright.core.values import EpochRecord
from netwright.report.page import render_report

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Collects the text and the tags, and fails on tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if self.open and self.open[-1] != "style":
            self.texts.append(text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def named(self, tag) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_every_run_is_drawn_as_well_formed_html(any_run):
    page = Page(render_report(any_run))
    assert len(page.named("h1")) == 1
    optional = (any_run.learning_curve, any_run.evaluation.rows, any_run.rate_test, any_run.contest)
    assert len(page.named("section")) == 7 + sum(map(bool, optional))


def test_the_page_needs_nothing_beside_it(any_run):
    html = render_report(any_run)
    page = Page(html)
    assert not page.named("script") + page.named("img") + page.named("iframe")
    assert [link["href"] for link in page.named("link")] == ["data:,"]
    assert all((link["href"] or "").startswith("#") for link in page.named("a"))
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_nothing_from_the_data_becomes_markup(hostile):
    html = render_report(hostile)
    page = Page(html)
    assert "<script" not in html
    assert "<img" not in html
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.text.count('<script>alert("x")</script>') > 30


def test_the_verdict_comes_first(classification):
    page = Page(render_report(classification))
    first = page.text.index("Accuracy 0.958 (0.925–0.983) on 114 rows it never saw")
    assert first < page.text.index("Metric")


def test_every_row_is_accounted_for(classification):
    text = Page(render_report(classification)).text
    assert "571 rows in = 569 used + 2 set aside" in text
    assert "12,5,3 expected a number" in text


def test_a_list_of_rejected_rows_that_is_cut_short_says_so(classification):
    rows = replace(classification.rows, total=600, rejected=31)
    text = Page(render_report(replace(classification, rows=rows))).text
    assert "The first 2 of 31; all are in rejected.csv" in text


def test_each_choice_stands_with_its_reason(classification):
    text = Page(render_report(classification)).text
    assert "network.hidden_sizes 64, 32 387 training rows bear a small network" in text


def test_the_worst_errors_show_their_cells(classification):
    text = Page(render_report(classification)).text
    assert "297 malignant benign (98.7%) 4.340 mean radius 13.4" in text


def test_pictures_say_what_they_show(any_run):
    pictures = Page(render_report(any_run)).named("svg")
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in pictures)


@pytest.mark.parametrize(
    ("run", "shown", "absent"),
    [
        ("classification", ["Confusion", "Reliability", "Loss"], ["Predicted and true"]),
        ("regression", ["Predicted and true", "Errors", "Loss"], ["Confusion", "Reliability"]),
        (
            "bare",
            ["There are no curves to draw", "Nothing was found"],
            ["Confusion", "Reliability", "Most surprising rows"],
        ),
    ],
)
def test_only_what_the_task_has_is_drawn(request, run, shown, absent):
    text = Page(render_report(request.getfixturevalue(run))).text
    assert all(title in text for title in shown)
    assert not [title for title in absent if title in text]


def test_missing_measures_are_dashes(classification):
    nothing = Measure(0.5, math.nan, math.nan)
    broken = replace(
        classification.evaluation, metrics={"accuracy": nothing, "auc": Measure(math.nan, math.nan, math.nan)}
    )
    assert "AUC" in Page(render_report(replace(classification, evaluation=broken))).text


def test_training_without_validation_draws_one_curve(classification):
    epochs = tuple(EpochRecord(epoch, epoch, 1 / epoch, 0.1) for epoch in range(1, 6))
    html = render_report(replace(classification, epochs=epochs))
    assert html.count('class="curve train"') == 1
    assert 'class="curve validation"' not in html
    assert "On validation rows" not in html


def test_commands_are_quoted_for_the_shell(classification):
    text = Page(render_report(classification, folder="my runs/first one")).text
    assert "netwright predict 'my runs/first one' new.csv" in text


def test_colours_have_enough_contrast():
    """WCAG 2.2 asks 4.5 to 1 of text; measured for every text colour on the paper, light and dark."""
    from importlib.resources import files

    css = files("netwright.report").joinpath("templates/report.css").read_text()
    for block in re.findall(r":root \{(.*?)\}", css, re.S)[:2]:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for name in ("ink", "soft", "ours", "warm"):
            assert contrast(colours[name], colours["paper"]) >= 4.5, (name, colours)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_an_ensemble_shows_its_folds_members_and_learning_curve(crossed):
    page = render_report(crossed)
    assert "Accuracy of 40 networks 0.951 ± 0.008 alone on the test rows; averaged 0.965, 0.014 better." in page
    assert "Accuracy over 5 folds 0.963 ± 0.013; all 455 rows together 0.963 (0.945–0.980)." in page
    assert "Would more rows help?" in page
    assert all(
        f"<b>{title}</b>" in page for title in ("Folds", "On the test rows", "Validation loss", "By training rows")
    )
    assert page.count("no better validation loss for 10 epochs") == 40


def test_a_single_network_has_neither(classification):
    page = render_report(classification)
    assert "Would more rows help?" not in page
    assert "Fold held out" not in page


def test_recipes_stand_beside_each_other_and_their_choices_apart(compared, classification):
    page = render_report(compared)
    assert "Netwright and waves are averaged: log loss 0.07012 on 91 held-out rows" in page
    assert "<b>netwright + waves</b> <small>kept</small>" in page
    assert "The curves below are those of netwright." in page
    assert page.count("<script>") == render_report(classification).count("<script>")
    first, others = page.split("Those of the other recipes")
    assert "contenders.waves.network.frequencies" not in first
    assert "contenders.waves.network.frequencies" in others
    assert 'id="recipes"' not in render_report(classification)
