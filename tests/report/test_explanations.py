"""Explanations in the report: every kind is drawn, doubts are said, and nothing of the data becomes markup."""

import itertools
from dataclasses import fields, is_dataclass, replace

import pytest

from netwright.core.explanation_faults import LARGEST, fault_of_explained
from netwright.core.explanations import Explained, Explanation, Importance, Part, TextHeat
from netwright.core.files import from_json, to_json
from netwright.report.explanation_words import in_words
from netwright.report.page import render_report
from tests.report import explanations as made
from tests.report.test_page import Page


def page_of(summary, *rows: Explanation, **others) -> Page:
    return Page(render_report(summary, explained=Explained(rows, **others)))


def test_all_kinds_are_drawn_on_one_page(classification):
    page = Page(render_report(classification, explained=made.EXPLAINED))
    for said in ("Row 12: >50K (92.4% sure), which is right", "Permutation", "gorgeous", "What would change"):
        assert said in page.text
    assert len(page.named("article")) == len(made.EXPLAINED.rows)


def test_importance_of_places_says_what_it_is_measured_on(classification):
    page = page_of(classification, places=(made.BLOCKS, made.STRETCHES, made.WORDS))
    for said in (
        "Permutation of blocks, in growth of log loss, on 258 images",
        "each window keeps its own level; too few for intervals",
        "on 1,821 texts",
        "<i>dull</i> (1,300)",
    ):
        assert said in page.text
    assert len([one for one in page.named("img") if one.get("class") == "heat"]) == 1


def test_without_explanations_there_is_no_section(classification):
    assert 'id="explanations"' not in render_report(classification)


def test_a_failed_check_is_said_and_its_details_lie_open(classification):
    page = page_of(classification, made.REGRESSION)
    assert "Do not trust this: not converged: the amounts miss output − reference by 12%." in page.text
    assert [one for one in page.named("div") if one.get("class") == "failed"]
    assert page_of(classification, made.COLUMNS).text.count("Do not trust") == 0


def test_nothing_of_an_explanation_becomes_markup(classification):
    attack = "<script>alert(1)</script>"
    parts = (Part(attack, 1.0, attack, attack),)
    row = replace(made.TEXT, parts=parts, answer=attack, unit=attack, why=attack, notes=(attack,))
    flips = (replace(made.FLIP, answer=attack, words=attack),)
    html = render_report(classification, explained=Explained((row,), counterfactuals=flips, notes=(attack,)))
    assert "<script" not in html
    assert Page(html).text.count(attack) > 5


def test_the_words_of_a_text_beside_other_columns_are_told_apart():
    beside = replace(made.TEXT, parts=(Part("said", 1.2, "A gorgeous film but long."), Part("stars", 0.2, "4")))
    assert in_words(beside).endswith("Within said: gorgeous (+1.600), but (−0.300) and long (−0.100).")
    assert "Within" not in in_words(made.TEXT), "words that are parts themselves are named already"
    assert "Within" not in in_words(replace(beside, texts=(TextHeat("said", ("A", "film"), (0.0, 0.0)),)))


def test_amounts_without_signs_are_for_nothing_and_against_nothing():
    apart = replace(made.COMPLETE, passed=None)
    rollout = replace(made.TEXT, parts=(Part("film", 0.1), Part("gorgeous", 0.6)), checks=(apart,))
    assert "It rests most on gorgeous (0.600) and film (0.100)." in in_words(rollout)
    mixed = replace(rollout, parts=(*rollout.parts, Part("but", -0.3)))
    assert "For it: gorgeous (+0.600) and film (+0.100); against it: but (−0.300)." in in_words(mixed)


def test_words_carry_the_colour_of_their_sign(classification):
    marks = {one["title"]: one["class"] for one in page_of(classification, made.TEXT).named("mark")}
    assert marks == {"+1.600": "for", "−0.300": "against", "−0.100": "against"}


def test_explanations_come_back_from_json_as_they_were():
    assert from_json(to_json(made.EXPLAINED), Explained) == made.EXPLAINED
    assert fault_of_explained(made.EXPLAINED) == ""


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(made.IMAGE, image=replace(made.IMAGE.image, amounts=((1.0,), (1.0, 2.0)))), "the image's amounts"),
        (replace(made.IMAGE, image=replace(made.IMAGE.image, picture="javascript:alert(1)")), "expected an image"),
        (replace(made.SERIES, series=replace(made.SERIES.series, names=("x",))), "1 channels by name"),
        (replace(made.SERIES, series=replace(made.SERIES.series, amounts=((1.0,), (1.0,)))), "the series"),
        (replace(made.TEXT, texts=(replace(made.TEXT.texts[0], pieces=("a",)),)), "pieces and amounts"),
        (replace(made.COLUMNS, deletion=replace(made.DELETION, random=(1.0,))), "a curve"),
    ],
)
def test_values_that_do_not_fit_together_are_a_fault(broken, said):
    assert said in fault_of_explained(Explained((broken,)))
    assert fault_of_explained(Explained(dependences=(replace(made.AGE, mean=(1.0,)),)))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(made.BLOCKS, image=replace(made.BLOCKS.image, amounts=((1.0,), (1.0, 2.0)))), "the image's amounts"),
        (replace(made.BLOCKS, image=replace(made.BLOCKS.image, picture="javascript:alert(1)")), "expected an image"),
        (replace(made.STRETCHES, columns=(Importance("a", 1.0, 0.0, 2.0, steps=(3, 2)),)), "expected steps"),
        (replace(made.STRETCHES, columns=(Importance("a", 1.0, 0.0, 2.0, steps=(1, 10**18)),)), "expected steps"),
    ],
)
def test_places_that_lie_nowhere_are_a_fault(broken, said):
    assert said in fault_of_explained(Explained(places=(broken,)))


def test_amounts_that_are_not_meant_to_add_up_are_drawn_each_for_itself(classification):
    alone = replace(made.COLUMNS, checks=(replace(made.COMPLETE, passed=None),))
    page = page_of(classification, alone)
    assert "do not add up to it" in page.text
    assert "unexplained" not in page.text
    assert "Parts, each for itself" in page.text


def scaled(value, number):
    """Return a tree of values with other numbers, of alternating signs."""
    signs = itertools.cycle((1.0, -1.0))

    def other(one):
        if isinstance(one, tuple):
            return tuple(map(other, one))
        if is_dataclass(one):
            return replace(one, **{field.name: other(getattr(one, field.name)) for field in fields(one)})
        return number * next(signs) if isinstance(one, float) else one

    return other(value)


@pytest.mark.parametrize("number", [LARGEST, 5e-324, 0.0])
def test_no_number_that_may_be_stored_is_too_odd_to_draw(classification, number):
    odd = scaled(made.EXPLAINED, number)
    assert fault_of_explained(odd) == ""
    assert "What answers rest on" in Page(render_report(classification, explained=odd)).text


def test_empty_values_are_drawn_as_what_they_are(classification):
    tables = tuple(replace(one, columns=()) for one in made.EXPLAINED.places)
    grids = tuple(
        replace(one, grid=(), numbers=(), mean=(), low=(), high=(), rows=()) for one in made.EXPLAINED.dependences
    )
    rows = tuple(replace(one, parts=(), checks=(), image=None) for one in made.EXPLAINED.rows)
    empty = Explained(rows, replace(made.IMPORTANCE, columns=()), grids, (), (), tables)
    assert fault_of_explained(empty) == ""
    assert "No part makes a difference" in Page(render_report(classification, explained=empty)).text
