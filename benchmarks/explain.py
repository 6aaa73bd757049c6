"""Explanations: whether they add up, agree and hold under removal, and what they cost, beside Captum and shap."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import rows
from explainers import completeness, removal, runs, shapley, speed
from rows import Row

from netwright.training.populations import one_thread_each

PARTS = ("completeness", "exactness", "shapley", "gradients", "removal", "commands")
EPOCHS = 3


def main() -> None:
    """Parse the options, measure, print."""
    parser = rows.options(__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PARTS, action="append", help="a part; may be given more than once")
    asked = parser.parse_args()
    facts = rows.machine()
    found = list(measure(asked.only or PARTS, asked.quick))
    rows.publish(asked, facts, found, "Explanations, measured")


def measure(parts: tuple[str, ...] | list[str], quick: bool) -> Iterator[Row]:
    """Yield the rows of the parts; those of adult need its data."""
    if "completeness" in parts:
        yield from completeness.measure(quick)
    if "exactness" in parts:
        yield from shapley.measure_exactness()
    of_adult = [part for part in PARTS[2:] if part in parts]
    if not of_adult:
        return
    if runs.root() is None:
        yield from (Row(part, "netwright", None, "", note="set NETWRIGHT_DATA") for part in of_adult)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield from _of_adult(of_adult, Path(folder), quick)


def _of_adult(parts: list[str], folder: Path, quick: bool) -> Iterator[Row]:
    run = runs.adult(folder, 1 if quick else EPOCHS)
    with one_thread_each():  # threads that wait for each other count as processor time
        if "shapley" in parts:
            yield from shapley.measure_speed(run, quick)
        if "gradients" in parts:
            yield from speed.measure_rows(run, quick)
    if "removal" in parts:
        yield from removal.measure(folder, quick, run)
    if "commands" in parts:
        yield from speed.measure_commands(run, folder / "adult-train.csv", folder, quick)


if __name__ == "__main__":
    main()
