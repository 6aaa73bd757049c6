"""Text of others stays text on the terminal."""

from io import StringIO

from rich.table import Table
from rich.text import Text

from netwright.cli.terminal import Terminal


def test_what_would_steer_the_terminal_is_shown_as_a_mark():
    written = StringIO()
    table = Table("name")
    table.add_row(Text("a\x1b]0;owned\x07b [/bold] \u202egnp"))
    Terminal(file=written, force_terminal=False, width=60).print(table)
    shown = written.getvalue()
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown
    assert "a\ufffd]0;owned" in shown
    assert "[/bold]" in shown


def test_colours_of_ours_are_left_alone():
    written = StringIO()
    Terminal(file=written, force_terminal=True, color_system="standard", width=60).print(Text("bad", style="red"))
    assert "\x1b[31m" in written.getvalue()
