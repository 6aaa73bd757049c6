"""How explanations look on a terminal."""

import io

import pytest

from netwright.cli import explained
from netwright.cli.explained_pictures import heat_of_image, heat_of_series, heat_of_text
from netwright.cli.terminal import Terminal
from tests.report import explanations as made


@pytest.fixture
def said(monkeypatch):
    """Print explanations to a terminal of some width; with colours or without."""

    def call(colours=None, width=100):
        file = io.StringIO()
        console = Terminal(file=file, width=width, force_terminal=bool(colours), color_system=colours, markup=False)
        monkeypatch.setattr(explained, "out", console)
        explained.print_explained(made.EXPLAINED)
        return file.getvalue()

    return call


def test_words_table_and_checks_are_printed_for_every_row(said):
    text = said()
    for words in ("Row 12: >50K (92.4% sure), which is right", "<b>age</b>", "13 to", "✓   completeness"):
        assert (words in text) == (words != "13 to")
    assert "Do not trust this: not converged: the amounts miss output − reference by 12%." in text
    assert "What would change row 12" in text
    assert "capital-gain" in text


def test_a_narrow_terminal_loses_no_amount(said):
    lines = said(width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.rstrip().endswith("+2.600 ± 0.100") for line in lines)


def test_places_are_told_with_what_they_are_measured_on(said):
    text = " ".join(said(width=100).split())
    assert "Permutation of blocks, in growth of log loss, on 258 images" in text
    assert text.index("steps 1 to 5") < text.index("steps 6 to 9")  # as they follow in time
    assert "too few for intervals" in text
    (line,) = (line for line in said(width=100).splitlines() if line.strip().startswith("<i>dull</i>"))
    assert "1,300" in line
    assert "−1.500 to −0.500" in line


def test_pictures_need_colours(said):
    assert "▀" in said("truecolor")
    assert "▀" not in said()


def test_bars_point_by_their_sign():
    assert explained.bar_of(2.0, 2.0).plain == f"{'':10}│{'█' * 10}"
    assert explained.bar_of(-1.0, 2.0).plain == f"{'':5}{'█' * 5}│{'':10}"
    assert explained.bar_of(0.0, 0.0).plain == f"{'':10}│{'':10}"


def test_a_text_is_whole_and_an_unreadable_image_is_still_drawn():
    assert heat_of_text(made.TEXT.texts[0]).plain == "A gorgeous film but long."
    broken = made.IMAGE.image.__class__("data:image/png;base64,AAAA", made.IMAGE.image.amounts)
    assert heat_of_image(broken, 80).plain == "▀▀▀\n▀▀▀\n"


def test_a_series_has_a_line_for_each_channel_and_a_gap_where_one_is():
    lines = heat_of_series(made.SERIES.series, 80).plain.splitlines()
    assert [line.split("  ")[0].strip() for line in lines] == ["x", "y"]
    assert lines[0].endswith("▁▅ █▅▁")
