"""Printing for people: tables on stdout, progress and notes on stderr."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console

from netwright.core.values import Finding

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


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
