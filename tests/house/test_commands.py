"""What the documents tell people to type exists."""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import typer

from netwright.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = [path for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")) if path.exists()]


def blocks(page: Path) -> list[str]:
    """The lines of the page's bash blocks, with continued lines joined and comments dropped."""
    texts = re.findall(r"```(?:bash|sh|console)\n(.*?)```", page.read_text(), re.S)
    lines = [line.strip().removeprefix("$ ") for text in texts for line in text.replace("\\\n", " ").splitlines()]
    return [line.split(" #")[0].strip() for line in lines if line and not line.startswith("#")]


def typed(program: str) -> list[str]:
    return sorted({line for page in PAGES for line in blocks(page) if line.split()[0] == program})


@cache
def options(command: str) -> set[str]:
    """The option names of one command, as Click parses them."""
    group = typer.main.get_command(app)
    named = getattr(group, "commands", {})
    assert command in named, f"no command {command!r}; there are {sorted(named)}"
    return {"--help"} | {name for option in named[command].params for name in (*option.opts, *option.secondary_opts)}


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {word for page in PAGES for word in re.findall(r"`make ([a-z-]+)", page.read_text())}
    named |= {word for line in typed("make") for word in line.split()[1:] if "=" not in word}
    assert named <= targets, named - targets


@pytest.mark.parametrize("line", typed("netwright"))
def test_a_documented_command_has_its_options(line):
    words = shlex.split(line)
    if words[1].startswith("--"):  # an option of netwright itself
        assert words[1] in {"--help", "--version"}
        return
    own = words[2 : words.index("--")] if "--" in words else words[2:]  # after it come those of a script
    used = {word.split("=")[0] for word in own if word.startswith("--")}
    assert used <= options(words[1]), used - options(words[1])


def test_help_runs_as_a_program():
    program = Path(sys.executable).with_name("netwright")
    result = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "fit" in result.stdout


def generated() -> dict[str, Callable[[], str]]:
    """The pages that docs/generate.py makes, by their path in docs."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    return generate.PAGES


MADE = generated()


@pytest.mark.parametrize("page", MADE)
def test_a_made_page_is_up_to_date(page):
    assert (ROOT / "docs" / page).read_text() == MADE[page](), "run `make docs`"


def test_no_page_is_left_of_an_illness_that_is_gone():
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs/illnesses").glob("*.md")}
    assert pages == {page for page in MADE if page.startswith("illnesses/")}
