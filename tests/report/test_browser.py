"""The page in a real browser, without a network. CI must have Chromium; elsewhere its absence skips."""

import os
from pathlib import Path

import pytest

from netwright.report.page import render_report
from tests.report.explanations import EXPLAINED

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
pytestmark = pytest.mark.skipif(not CHROMIUM.exists() and not os.environ.get("CI"), reason=f"no browser at {CHROMIUM}")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser, any_run, tmp_path):
    """The page, and all that it said on the console or asked for."""
    yield from opening(browser, tmp_path / "report.html", render_report(any_run))


@pytest.fixture
def explained(browser, classification, tmp_path):
    """As `opened`, of a run with explanations of every kind."""
    yield from opening(browser, tmp_path / "report.html", render_report(classification, explained=EXPLAINED))


def opening(browser, path, html):
    """Open a page without a network, and close it afterwards."""
    path.write_text(html)
    context = browser.new_context(offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message) or dialog.dismiss())
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or said.append(request.url))
    page.goto(path.as_uri())
    yield page, said
    context.close()


def test_the_page_is_quiet_and_whole_on_telephone_and_desk(opened):
    quiet_and_whole(*opened)


def test_explanations_are_quiet_and_whole_too(explained):
    page, _ = explained
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    quiet_and_whole(*explained)
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def quiet_and_whole(page, said):
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not said
    assert not labels_outside(page)


def labels_outside(page) -> list[str]:
    """The texts of pictures that a picture's edge cuts off."""
    return page.evaluate(
        """[...document.querySelectorAll('svg')].flatMap(svg => {
             const box = svg.getBoundingClientRect();
             return [...svg.querySelectorAll('text')]
               .map(text => [text.textContent, text.getBoundingClientRect()])
               .filter(([_, at]) => at.left < box.left - 1 || at.right > box.right + 1)
               .map(([said, _]) => said) })"""
    )
