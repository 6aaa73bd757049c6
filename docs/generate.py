"""Write docs/commands.md and docs/rooms.md from the program itself, so that the pages cannot say what it does not."""

import ast
from pathlib import Path

import click
import typer

from netwright.cli.main import app

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "src" / "netwright"
MADE = "Made from the program by `make docs`; `make check` fails when it is out of date.\n"
ORDER = (
    *("core", "data", "networks", "training", "diagnosis", "explanation", "search", "compression", "federation"),
    *("deployment", "report", "hub", "web", "api", "cli", "sklearn"),
)


def commands_page() -> str:
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group)
    sections = [command_section(name, command) for name, command in group.commands.items() if not command.hidden]
    return "\n".join(["# Commands", "", MADE, *sections])


def command_section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"netwright {name}")
    lines = [f"## netwright {name}", "", *help_lines(command.help or ""), "", "```"]
    lines += [f"netwright {name} {' '.join(command.collect_usage_pieces(context))}", "```", ""]
    lines += ["| | | default |", "|---|---|---|", *(row(entry, context) for entry in command.params)]
    return "\n".join(lines) + "\n"


def help_lines(text: str) -> list[str]:
    """The help text, with its lines of commands as code."""
    lines = [line.rstrip() for line in text.replace("\b", "").strip().splitlines()]
    return [f"    {line.strip()}" if line.strip().startswith("netwright ") else line for line in lines]


def row(entry: click.Parameter, context: click.Context) -> str:
    names = ", ".join(f"`{name}`" for name in (*entry.opts, *entry.secondary_opts))
    if isinstance(entry, click.Argument):
        names = f"`{entry.make_metavar(context)}`"
    said = " ".join((getattr(entry, "help", None) or "").split()).replace("|", "\\|")
    return f"| {names} | {said} | {shown_default(entry)} |"


def shown_default(entry: click.Parameter) -> str:
    wordless = entry.required or entry.default in (None, False, []) or callable(entry.default)
    return "" if wordless else f"`{entry.default}`"


def rooms_page() -> str:
    """Each room's docstring: what it takes, hands on and does not know."""
    head = ["# Rooms", "", "In the order in which data flows: a room imports only rooms before it.", "", MADE]
    return "\n".join([*head, *map(room_section, ORDER)])


def room_section(room: str) -> str:
    heading, _, borders = docstring(room).partition("\n\n")
    return f"## `{room}`\n\n{heading}\n\n{borders}\n"


def docstring(room: str) -> str:
    return ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text())) or ""


PAGES = {"commands.md": commands_page, "rooms.md": rooms_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
        print(f"wrote docs/{name}")
