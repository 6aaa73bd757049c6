"""Printing for people: tables on stdout, progress and notes on stderr."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from netwright.core.findings import Finding

STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # and what runs backwards
MARK = "\ufffd"


class Terminal(Console):
    """A console on which text of others stays text: what would steer the terminal is shown as a mark."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Turn a value into segments; those that Rich itself steers with are left alone."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(STEERING.sub(MARK, segment.text), segment.style)


out = Terminal(highlight=False, markup=False, emoji=False)
err = Terminal(stderr=True, highlight=False, emoji=False)


def print_json(value: Any) -> None:
    """Print one JSON object on stdout."""
    import sys

    from netwright.core.files import to_json

    sys.stdout.write(to_json(value).decode())


def print_notes(notes: Iterable[Finding]) -> None:
    """Print what was odd about new rows, on stderr."""
    from rich.markup import escape

    for note in notes:
        err.print(f"[yellow]note:[/] {escape(note.title)}: {escape(note.evidence)}")
