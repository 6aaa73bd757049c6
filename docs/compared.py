"""Write docs/compare.md from comparisons: `python docs/compared.py "NAME|COMMAND|FOLDER" ...`, with their pictures.

Each FOLDER is what COMMAND, a call of `netwright compare`, left behind.
"""

import re
import sys
from pathlib import Path

import netwright as nw
from netwright.api.comparison import load_comparison
from netwright.core.comparison import Comparison
from netwright.report.charts.contest import cost_picture, growth_picture
from netwright.report.comparison_tables import cost_cells, cost_headings
from netwright.report.comparison_words import brought, gap_of, metric_of
from netwright.report.numbers import DASH, count, interval, show

DOCS = Path(__file__).parent
CSS = Path(nw.__file__).parent / "report/templates"
HEAD = DOCS / "compare.head.md"


def main(arguments: list[str]) -> None:
    """Write the page and a picture or two for each comparison."""
    (DOCS / "compare").mkdir(exist_ok=True)
    written = [HEAD.read_text().rstrip()]
    for argument in arguments:
        name, command, folder = argument.split("|")
        written.append(section(name, command, load_comparison(folder)))
    (DOCS / "compare.md").write_text("\n\n".join(written) + "\n")


def section(name: str, command: str, found: Comparison) -> str:
    """Return what one comparison found."""
    pictures = {"growth": str(growth_picture(found)), "cost": str(cost_picture(found))}
    for kind, picture in pictures.items():
        if picture:
            (DOCS / "compare" / f"{name}-{kind}.svg").write_text(alone(picture))
    metric, taken = metric_of(found), found.recommendation
    parts = [
        f"## {name}",
        f"```\n{command}\n```",
        f"{found.created[:10]}; {count(found.rows['train'])} rows to learn from, {count(found.rows['validation'])} to "
        f"validate, {count(found.rows['test'])} to test; {found.processor_seconds:.0f} s of processor time.",
        f"**{taken.sentence}** {taken.reason}",
        goodness(found),
        cost(found),
        *(f"![{metric.label}: {kind}](compare/{name}-{kind}.svg)" for kind, picture in pictures.items() if picture),
        claims(found),
        *([f"Left out: {'; '.join(found.limits)}."] if found.limits else []),
    ]
    return "\n\n".join(parts)


def goodness(found: Comparison) -> str:
    """How good each model is, on prepared and on raw columns."""
    metric = metric_of(found)
    sizes = sorted({point.rows for one in found.contestants for point in one.curve})[:-1]
    heads = ["model", metric.label, "95% interval", "behind the best", *(f"{count(size)} rows" for size in sizes)]
    rows = []
    for one in found.contestants:
        known = {point.rows: point.measure.value for point in one.curve}
        curve = [show(known.get(size)) for size in sizes]
        raw = DASH if one.raw is None else show(one.raw.value)
        name = f"**{one.name}**" if one.alike else one.name
        rows.append([name, show(one.measure.value), interval(one.measure), gap_of(one), *curve, raw, brought(one)])
    return table([*heads, "raw columns", "prepared ones brought"], rows)


def cost(found: Comparison) -> str:
    """What each model costs."""
    heads = ["", *cost_headings(found)]
    return table(heads, [list(cost_cells(one)) for one in found.contestants])


def claims(found: Comparison) -> str:
    """The textbook's rows."""
    rows = [[claim.topic, claim.ruling, claim.evidence] for claim in found.claims]
    return table(["claim", "on these data", "because"], rows, "---")


def table(heads: list[str], rows: list[list[str]], others: str = "---:") -> str:
    """Return a table of Markdown; `others` is how all columns but the first are aligned."""
    lines = [heads, ["---", *[others] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def alone(picture: str) -> str:
    """Return a picture as a file of its own, with the page's colours on paper."""
    css = (CSS / "report.css").read_text() + (CSS / "comparison.css").read_text()
    colours = re.search(r":root \{(.*?)\}", css, re.DOTALL)
    assert colours is not None
    rules = "\n".join(line for line in css.splitlines() if line.startswith("svg"))
    style = f"<style>svg {{{colours[1]} background: #fdfcf9; }}\n{rules}</style>"
    return picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{style}", 1)


if __name__ == "__main__":
    main(sys.argv[1:])
