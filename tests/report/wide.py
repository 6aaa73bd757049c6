"""A terminal wide enough that no cell is broken."""

import io

from rich.console import Console


def printed(table):
    text = io.StringIO()
    Console(file=text, width=400).print(table)
    return text.getvalue()
