import re
from dataclasses import replace

import pytest

from netwright.core.language import (
    AttentionMap,
    Excerpt,
    LanguageSummary,
    Sample,
    TextEvaluation,
    TextMeasure,
    TextPictures,
)
from netwright.core.values import Choice, EpochRecord, RowCount
from netwright.report.charts.attention import attention_map, visible
from netwright.report.charts.ranking import ranking
from netwright.report.language_page import judge_text, render_language_report, shaded
from netwright.report.language_tables import ranked, text_table

EXCERPT = Excerpt(("<b>", "\n", "x"), (0.0, 3.0, 9.9))
MEASURE = TextMeasure(1.6, 2.31, 4.95)
EVALUATION = TextEvaluation(
    "validation", 1000, 1000, 1000, 2, MEASURE, {"6-gram, Kneser-Ney": TextMeasure(1.7, 2.45)}, ("the first of many",)
)
SUMMARY = LanguageSummary(
    name="shakespeare-1",
    version="0.1.0",
    created="2026-01-01T00:00:00+00:00",
    source="a <script>.txt",
    bytes=RowCount(10_000, 9_999, 1),
    characters=9_999,
    split={"train": 8_999, "validation": 1_000, "test": 0},
    split_reason="in order",
    vocabulary=66,
    choices=(Choice("network.width", 128, "small <enough>"),),
    epochs=tuple(EpochRecord(n, 10 * n, 3.0 / n, 0.01, 3.1 / n, None, float(n), True) for n in range(1, 6)),
    evaluation=EVALUATION,
    pictures=TextPictures(
        EXCERPT,
        (Sample("ROMEO:\n", "<i>what</i>", 0.8),),
        AttentionMap(2, 1, ("a", " ", "b"), ((1.0,), (0.9, 0.1), (0.5, 0.01, 0.49))),
    ),
    parameters=802_560,
    seconds=180.0,
    environment={"torch": "2.13"},
    stopped_because="all planned epochs are done; the weights of epoch 5 are kept",
)


def test_the_page_is_whole_and_what_came_from_the_text_is_escaped():
    page = render_language_report(SUMMARY, "runs/a b")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "<i>what" not in page
    assert "&lt;i&gt;what" in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert "netwright generate &#39;runs/a b&#39;" in page
    for said in (
        "1.6000",
        "1.7000",
        "10,000 bytes in = 9,999 used + 1 set aside",
        "small &lt;enough&gt;",
        "first of many",
    ):
        assert said in page


def test_a_network_without_attention_has_no_such_part():
    page = render_language_report(replace(SUMMARY, pictures=replace(SUMMARY.pictures, attention=None)))
    assert 'id="attention"' not in page


@pytest.mark.parametrize(("nats", "said"), [(1.6, "0.100 better than"), (1.8, "0.100 worse than")])
def test_the_verdict_says_how_the_best_ngram_compares(nats, said):
    evaluation = replace(EVALUATION, measure=replace(MEASURE, nats_per_character=nats))
    assert said in judge_text(replace(SUMMARY, evaluation=evaluation))
    assert "n-gram" not in judge_text(replace(SUMMARY, evaluation=replace(evaluation, baselines={})))


def test_tokens_are_coloured_by_their_surprise():
    assert [step for _, step, _ in shaded(EXCERPT)] == [0, 5, 10]


def test_models_stand_in_order_in_the_table_and_in_the_picture():
    assert [name for name, _ in ranked(EVALUATION, "ours")] == ["ours", "6-gram, Kneser-Ney"]
    assert text_table(EVALUATION, "ours").row_count == 4  # and two notes
    drawn = ranking([("ours", 1.6), ("n-gram", 1.7)], "ours")
    assert drawn.index("ours") < drawn.index("n-gram")
    assert "nats per character: ours 1.600; n-gram 1.700" in drawn


def test_a_square_is_drawn_for_each_pair_that_matters():
    drawn = attention_map(SUMMARY.pictures.attention)
    assert drawn.count("<rect") == 5
    assert "b takes 49% from b" in drawn


def test_blanks_are_made_visible_and_long_tokens_short():
    assert visible(" a\n") == "␣a⏎"
    assert len(visible("a" * 30)) == 8
