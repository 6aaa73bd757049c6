"""The page of a forecast: whole, quiet, escaped, and saying what was measured."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from netwright.core.evidence import Measure
from netwright.core.findings import Finding
from netwright.core.forecasts import (
    Backtest,
    ChannelError,
    Example,
    ForecastEvaluation,
    ForecastSummary,
    OriginError,
    SeriesFact,
    SeriesSchema,
    StepError,
    TimeAxis,
)
from netwright.core.values import Choice, Contender, Contest, EpochRecord, Rejected, RowCount
from netwright.report.forecast_page import render_forecast_report
from netwright.report.forecast_words import step_in_words, trust_of_forecasts, verdict_on

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
NASTY = '<script>alert("x")</script>'


def example(channel="load", low=0.5):
    steps = [float(k % 7) for k in range(24)]
    ends = [tuple(value + off if low is not None else None for value in steps) for off in (-1.0, 1.0)]
    return Example(channel, "", "2024-01-05 03:00", tuple(map(float, range(48))), tuple(steps), tuple(steps), *ends)


def summary(name="load", series=1, low=0.5):
    steps = tuple(StepError(k, 0.1 * k, 0.2 * k, 0.9 - 0.001 * k, 1.5) for k in range(1, 25))
    evaluation = ForecastEvaluation(
        windows=120,
        metrics={"mse": Measure(0.25, 0.2, 0.3), "mae": Measure(0.4, None, None)},
        baselines={"repeat the last value": {"mse": 1.0, "mae": 0.9}, "seasonal naive": {"mse": 0.5, "mae": 0.6}},
        channels=(ChannelError(name, 0.25, 0.4, 12.0, 9.0, 0.91),),
        steps=steps,
        backtest=Backtest(tuple(OriginError(k, f"2024-01-0{k}", 0.1 * k, 0.2) for k in range(1, 6)), 0.3, 0.1),
        covered=0.913,
        examples=(example(name, low),),
        baseline_steps={"seasonal naive": tuple(step.mse * 1.2 for step in steps)},
    )
    facts = tuple(SeriesFact(f"{name}{k}", 500, 350, 50, 100, (0.0,), (1.0,)) for k in range(series))
    axis = TimeAxis("date", "microsecond", 3_600_000_000, "%Y-%m-%d %H:%M")
    contest = Contest(
        "nlinear",
        70,
        "mse",
        ("nlinear", "dlinear"),
        (Contender("nlinear + dlinear", 0.2, 0.25, 20, 3.0, ""), Contender("fits", None, None, 0, 0.0, "no", True)),
        "the mean of nlinear and dlinear is kept",
    )
    return ForecastSummary(
        name="hours-1",
        version="0.1.0",
        created="2026-01-02T03:04:05+00:00",
        source="hours.csv",
        schema=SeriesSchema((name,), axis, None, facts, 24, 48, 24),
        rows=RowCount(501, 500, 1),
        split={"train": 350, "validation": 50, "test": 100},
        split_reason="by time",
        rejected=(Rejected(7, "date", NASTY, "expected a time"),),
        choices=(Choice("network.name", "nlinear", "quick"), Choice("contenders.fits.network.name", "fits", "few")),
        findings=(Finding("series.gaps", "warning", "Gaps in time", "2 gaps", "add the rows", "date"),),
        epochs=tuple(EpochRecord(k, k * 9, 1 / k, 0.005, 1.1 / k, best=k == 3) for k in range(1, 5)),
        evaluation=evaluation,
        contest=contest,
        parameters=1200,
        seconds=3.2,
        environment={"torch": "2.13"},
    )


@pytest.fixture(params=["plain", "nasty names", "no ends", "many series", "one step", "better baseline"])
def any_summary(request):
    made = summary()
    evaluation = made.evaluation
    short = replace(evaluation, steps=evaluation.steps[:1], backtest=None, examples=(), baselines={}, covered=None)
    other = {"ridge": {"mse": 0.1, "mae": 0.1}}
    return {
        "plain": made,
        "nasty names": summary(NASTY),
        "no ends": summary(low=None),
        "many series": summary(series=3),
        "one step": replace(made, evaluation=short, epochs=(), findings=(), choices=made.choices[:1]),
        "better baseline": replace(made, evaluation=replace(evaluation, baselines=other)),
    }[request.param]


def test_the_page_stands_alone_and_is_escaped(any_summary):
    page = render_forecast_report(any_summary)
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert page.rstrip().endswith("</html>")
    for section in ("test", "forecasts", "trust", "findings", "recipes", "training", "data", "choices", "repeat"):
        assert f'id="{section}"' in page


def test_the_page_says_what_was_measured():
    page = render_forecast_report(summary(), "runs/hours-1")
    for said in ("0.2500", "0.5000", "91.3%", "series.gaps", "netwright predict runs/hours-1 latest.csv", "failed"):
        assert said in page
    assert page.count("<svg") == 5


def test_the_verdict_says_which_baseline_is_better():
    assert "50.0% below seasonal naive" in verdict_on(summary())[1]
    better = replace(summary().evaluation, baselines={"ridge": {"mse": 0.1, "mae": 0.1}})
    assert "ridge does as well or better" in verdict_on(replace(summary(), evaluation=better))[1]


def test_trust_is_measured_and_not_promised():
    said = trust_of_forecasts(summary().evaluation)
    assert "asked to hold 90.0% of truths, they held 91.3%" in said["intervals"]
    assert "after 2024-01-05" in said["backtest"]


@pytest.mark.parametrize(
    ("unit", "size", "said"),
    [
        ("microsecond", 3_600_000_000, ", one every hour"),
        ("microsecond", 900_000_000, ", one every 15 minutes"),
        ("month", 3, ", one every 3 months"),
        ("business day", 1, ", one every business day"),
        ("number", 1, ""),
    ],
)
def test_steps_in_words(unit, size, said):
    assert step_in_words(replace(summary().schema, time=TimeAxis("t", unit, size))) == said


@pytest.mark.skipif(not CHROMIUM.exists() and not os.environ.get("CI"), reason=f"no browser at {CHROMIUM}")
def test_the_page_is_quiet_and_whole_on_telephone_and_desk(tmp_path):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    path.write_text(render_forecast_report(summary("a channel with quite a long name")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page, said = browser.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not said
        assert not page.evaluate(
            """[...document.querySelectorAll('svg')].flatMap(svg => {
                 const box = svg.getBoundingClientRect();
                 return [...svg.querySelectorAll('text')]
                   .filter(t => t.getBoundingClientRect().right > box.right + 1
                             || t.getBoundingClientRect().left < box.left - 1).map(t => t.textContent) })"""
        )
        browser.close()
