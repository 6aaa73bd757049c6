"""Write docs/explain.md by running what it shows: `python docs/explained.py`, or `python docs/explained.py mnist sst2`.

The words stand in explain.md.j2, a block for each section; the commands in it are run, their output and pictures are
put in their place. Sections that are not named stay as they are. Data: $NETWRIGHT_DATA. Pictures need Chromium.
"""

import argparse
import gzip
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.text import Text

from netwright.core.explanations import Explained
from netwright.training.run_directory import explained_of

DOCS = Path(__file__).parent
WORDS, PAGE, PICTURES = DOCS / "explain.md.j2", DOCS / "explain.md", DOCS / "explain"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
COLUMNS = 100
ONLY_NAMED = ("speed",)  # it takes long, and a calm machine
ADULT = (
    "age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,sex,capital_gain,"
    "capital_loss,hours_per_week,native_country,income\n"
)


def main() -> None:
    """Write the sections that are asked for, each from runs in a folder of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help="default: all but " + ", ".join(ONLY_NAMED))
    asked = parser.parse_args().sections
    headings = dict(re.findall(r"{% block (\w+) %}\n(#.*)", WORDS.read_text()))
    if unknown := set(asked) - set(headings):
        parser.error(f"expected of {', '.join(headings)}; got {', '.join(unknown)}")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name in asked or [name for name in headings if name not in ONLY_NAMED]:
            with tempfile.TemporaryDirectory(prefix="netwright-explained-") as folder:
                put(
                    headings,
                    name,
                    written(name, Path(folder), browser.new_page(viewport={"width": 1200, "height": 900})),
                )
            print(f"wrote {name}", flush=True)
        browser.close()


def put(headings: dict[str, str], name: str, text: str) -> None:
    """Put a section in its place among those that the page has already."""
    every = "|".join(re.escape(heading) for heading in headings.values())
    page = PAGE.read_text() if PAGE.exists() else ""
    found = {
        part.partition("\n")[0]: part for part in re.split(rf"^(?=(?:{every})$)", page, flags=re.MULTILINE) if part
    }
    found[headings[name]] = text
    PAGE.write_text("\n\n".join(found[one].strip() for one in headings.values() if one in found) + "\n")


def written(name: str, place: Path, page: Page) -> str:
    """Return a section, with what its commands printed in `place`."""
    if name in DATA:
        DATA[name](Path(os.environ["NETWRIGHT_DATA"]), place)
    template = Environment(
        loader=FileSystemLoader(DOCS), undefined=StrictUndefined, autoescape=False, trim_blocks=True
    ).get_template(WORDS.name)
    tools = {
        "run": partial(run, place),
        "python": partial(python, place),
        "terminal": partial(terminal, place, page),
        "report": partial(report, place, page),
        "kept": partial(kept, place),
        "found": partial(found_in, place),
        "benchmark": benchmark,
    }
    return "".join(template.blocks[name](template.new_context(tools)))


def run(place: Path, command: str, begin: str = "", end: str = "") -> str:
    """Return a command and what it printed, from the line that begins with `begin` to before one with `end`."""
    return f"```\n$ {command}\n{cut(printed(place, command), begin, end)}\n```"


def printed(place: Path, command: str, colours: bool = False) -> str:
    """Return what a command printed on stdout.

    Raises:
        CalledProcessError: it failed.
    """
    shell = command.replace("netwright ", f"{sys.executable} -m netwright ", 1)
    colour = {"FORCE_COLOR": "1", "COLORTERM": "truecolor", "TERM": "xterm-256color"} if colours else {}
    environment = {**os.environ, "COLUMNS": str(COLUMNS), **colour}
    heard = subprocess.DEVNULL if colours else None  # the progress, which is drawn over and over in colours
    done = subprocess.run(
        ["/bin/sh", "-c", shell],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=heard,
        text=True,
        check=True,
    )
    return re.sub(r"[ \t]+$", "", done.stdout, flags=re.MULTILINE).strip("\n")


def cut(text: str, begin: str, end: str) -> str:
    """Return the lines asked for, with dots where more followed."""
    lines = text.split("\n")
    first = place_of(begin, lines)
    if not end:
        return "\n".join(lines[first:])
    last = place_of(end, lines[first:])
    return "\n".join(lines[first : first + last]).rstrip("\n") + "\n..."


def place_of(begin: str, lines: list[str]) -> int:
    """Return the place of the first line with such a beginning.

    Raises:
        SystemExit: there is none: what is printed has changed, and explain.md.j2 must follow.
    """
    found = next((at for at, line in enumerate(lines) if line.lstrip().startswith(begin)), None)
    if found is None:
        raise SystemExit(f"{WORDS}: expected a line that begins with {begin!r}, got\n" + "\n".join(lines))
    return found


def python(place: Path, code: str) -> str:
    """Return lines of Python and what they printed."""
    done = subprocess.run([sys.executable, "-c", code], cwd=place, stdout=subprocess.PIPE, text=True, check=True)
    return f"```python\n{code.strip()}\n```\n\n```\n{done.stdout.strip()}\n```"


def terminal(place: Path, page: Page, command: str, name: str, end: str) -> str:
    """Draw a terminal that shows what a command printed before the line that begins with `end`."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor")
    lines = Text.from_ansi(printed(place, command, colours=True)).split("\n")
    for line in lines[: place_of(end, [line.plain for line in lines])]:
        console.print(line, no_wrap=True, crop=True)
    page.set_content(
        f"<style>body {{margin: 0}} svg {{width: 900px; display: block}}</style>{console.export_svg(title=command)}"
    )
    page.locator("svg").first.screenshot(path=PICTURES / f"{name}.png")
    return f"explain/{name}.png"


def report(place: Path, page: Page, run: str, name: str, what: str = "row") -> str:
    """Take from a run's report the picture of its first row, or of what all rows rest on."""
    page.goto((place / run / "report.html").as_uri())
    hidden = "article.explained" if what == "all" else "nothing"
    page.add_style_tag(content=f"#explanations {{padding-top: 0; border: 0}} {hidden}, dl.commands {{display: none}}")
    where = {"all": "#explanations .content", "row": "#explanations article.explained"}[what]
    page.locator(where).first.screenshot(path=PICTURES / f"{name}.png")
    return f"explain/{name}.png"


def kept(place: Path, picture: str, name: str) -> str:
    """Keep a picture that a command made."""
    shutil.copyfile(place / picture, PICTURES / f"{name}.png")
    return f"explain/{name}.png"


def found_in(place: Path, run: str) -> Explained:
    """Return what was found for a run."""
    found = explained_of(place / run)
    assert found is not None
    return found


def benchmark(*parts: str) -> str:
    """Return the machine and the figures of parts of benchmarks/explain.py, as a list and tables."""
    only = [word for part in parts for word in ("--only", part)]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.md"
        program = DOCS.parent / "benchmarks/explain.py"
        subprocess.run([sys.executable, program, *only, "--markdown", page], stdout=subprocess.DEVNULL, check=True)
        _, _, figures = page.read_text().split("\n\n", 2)  # the title and who wrote it are of a page of its own
    return re.sub(r"^## ", "### ", figures, flags=re.MULTILINE)


def adult(data: Path, place: Path) -> None:
    for name, part in (("adult", "train"), ("adult-test", "test")):
        (place / f"{name}.csv").write_text(ADULT + (data / f"adult/adult-{part}.csv").read_text())


def mnist(data: Path, place: Path) -> None:
    """The first 5,000 digits to learn from and 1,000 to test."""
    (place / "mnist").mkdir()
    for part, rows in (("train", 5000), ("t10k", 1000)):
        for kind, size in (("images-idx3", 16 + 784 * rows), ("labels-idx1", 8 + rows)):
            whole = gzip.decompress((data / f"mnist/{part}-{kind}-ubyte.gz").read_bytes())
            (place / f"mnist/{part}-{kind}-ubyte").write_bytes(whole[:4] + struct.pack(">I", rows) + whole[8:size])


def sst2(data: Path, place: Path) -> None:
    for name, part in (("sst2", "train"), ("sst2-test", "test")):
        lines = (data / f"sst2/{part}.tsv").read_text().strip()
        named = re.sub("0$", "negative", re.sub("1$", "positive", lines, flags=re.MULTILINE), flags=re.MULTILINE)
        (place / f"{name}.tsv").write_text(f"text\tlabel\n{named}\n")


def etth1(data: Path, place: Path) -> None:
    shutil.copyfile(data / "etth1/ETTh1.csv", place / "ETTh1.csv")


def gunpoint(data: Path, place: Path) -> None:
    for part in ("TRAIN", "TEST"):
        shutil.copyfile(data / f"ucr_uea_small/GunPoint/GunPoint_{part}.ts", place / f"GunPoint_{part}.ts")


DATA: dict[str, Callable[[Path, Path], Any]] = {
    "adult": adult,
    "mnist": mnist,
    "sst2": sst2,
    "etth1": etth1,
    "gunpoint": gunpoint,
}

if __name__ == "__main__":
    main()
