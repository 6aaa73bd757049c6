"""Write the pages on commands, rooms and illnesses from the program itself, so that none says what it does not."""

import ast
import functools
from pathlib import Path

import click
import typer

from netwright.cli.main import app
from netwright.diagnosis.changes import FACTORS
from netwright.diagnosis.illness import Change, Illness
from netwright.diagnosis.illnesses import ILLNESSES

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


def illnesses_page() -> str:
    """All illnesses, by family."""
    head = ["# Illnesses", "", "What the doctor looks for in a training, one page each.", "", MADE]
    families = dict.fromkeys(illness.family for illness in ILLNESSES.values())
    return "\n".join([*head, *map(family_section, families)])


def family_section(family: str) -> str:
    about = docstring(f"diagnosis/illnesses/{family}").removesuffix(" One file an illness.")
    found = [illness for illness in ILLNESSES.values() if illness.family == family]
    rows = [f"| [{illness.name}]({illness.code}.md) | {illness.severity} | {illness.what} |" for illness in found]
    return "\n".join([f"## {family.capitalize()}", "", about, "", "| | | |", "|---|---|---|", *rows, ""])


def illness_page(code: str) -> str:
    illness = ILLNESSES[code]
    file = f"src/netwright/diagnosis/illnesses/{code.replace('.', '/').replace('-', '_')}.py"
    brought_by = [other.code for other in ILLNESSES.values() if code in other.explains]
    parts = [
        f"# {illness.name}",
        f"`{code}`, {'an' if illness.severity == 'error' else 'a'} {illness.severity}. "
        f"Made from [its file](../../{file}) by `make docs`.",
        illness.what,
        *("## Why it hurts", illness.why, "## How it is seen", sentence(illness.seen)),
        *("## Example", sentence(illness.example), "## What mends it", remedies(illness)),
        *links("## What it brings about", illness.explains),
        *links("## What brings it about", brought_by),
        "[All illnesses](README.md)",
    ]
    return "\n\n".join(parts) + "\n"


def remedies(illness: Illness) -> str:
    """The changes in order, each with its setting as recipes and programs know it."""
    return "\n".join(
        f"{number}. {sentence(change.words)} {setting(change)}" for number, change in enumerate(illness.remedies, 1)
    )


def setting(change: Change) -> str:
    by = "x " if change.setting in FACTORS else ""
    return f"(`{change.setting}`: {by}{change.value})"


def links(heading: str, codes: tuple[str, ...] | list[str]) -> list[str]:
    listed = "\n".join(f"- [{ILLNESSES[code].name}]({code}.md)" for code in codes)
    return [heading, listed] if codes else []


def sentence(text: str) -> str:
    """The text as a sentence, but for names that begin small."""
    first = (
        text
        if text.split(maxsplit=1)[0].rstrip(",.").count("_") or "(" in text.split()[0]
        else text[0].upper() + text[1:]
    )
    return first if first.endswith(".") else f"{first}."


PAGES = {"commands.md": commands_page, "rooms.md": rooms_page, "illnesses/README.md": illnesses_page}
PAGES |= {f"illnesses/{code}.md": functools.partial(illness_page, code) for code in ILLNESSES}

if __name__ == "__main__":
    (DOCS / "illnesses").mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
        print(f"wrote docs/{name}")
