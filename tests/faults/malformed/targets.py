"""Targets that cannot be learnt, and those that nearly cannot."""

from malformed.case import ROWS, Case, fit, read, refuse, with_column


def _target(cells: list[str]) -> str:
    return with_column("y", cells, 4)


def _read(name: str, cells: list[str], aside: int = 0, *more: str) -> Case:
    return read(f"target: {name}", _target(cells), aside=aside, command=fit("y", *more))


def _refuse(name: str, cells: list[str], *words: str, more: tuple[str, ...] = ()) -> Case:
    return refuse(f"target: {name}", _target(cells), *words, command=fit("y", *more))


def _classes(other: str, often: int) -> list[str]:
    return [other if i < often else "ab"[i * 7 % 5 > 2] for i in range(ROWS)]


CASES = [
    refuse("the target is no column", _target(["a"] * ROWS), "'z'", command=fit("z")),
    refuse("no target was named", _target(["a"] * ROWS).replace(",y", ",last"), "--target", command=fit(None)),
    _refuse("a target of one value", ["a"] * ROWS, "'y'", "'a'"),
    _refuse("a target of one number", ["1.5"] * ROWS, "'y'", "1.5"),
    _refuse("a target that is missing everywhere", [""] * ROWS, "'y'", "missing"),
    _refuse("a target that is NaN everywhere", ["NaN"] * ROWS, "'y'", "missing"),
    _refuse("a target of one value and blanks", ["a", ""] * 30, "'y'"),
    _refuse("a target that is infinite everywhere", ["inf"] * ROWS, "inf"),
    _refuse("a target that tells every row apart", [f"flower{i}x" for i in range(ROWS)], "'y'", "identifier"),
    _refuse("a target of two dates per row", [f"2024-01-{i % 28 + 1:02d} 10:{i:02d}" for i in range(ROWS)], "'y'"),
    _read("a class of one row", _classes("c", 1)),
    _read("a class of two rows", _classes("c", 2)),
    _read("twenty classes of one row", [f"c{i}" if i < 20 else "ab"[i * 7 % 5 > 2] for i in range(ROWS)]),
    _read("classes written as floats", [f"{i * 7 % 5 % 3}.0" for i in range(ROWS)]),
    _read("classes that are 1 and 1.0", [("1", "1.0", "2")[i * 7 % 5 % 3] for i in range(ROWS)]),
    _read("classes that differ in case only", [("yes", "Yes", "no")[i * 7 % 5 % 3] for i in range(ROWS)]),
    _read("classes that are true and false", ["true" if i * 7 % 5 > 2 else "FALSE" for i in range(ROWS)]),
    _read("some rows have no class", _classes("", 5), 5),
    _read("most rows have no class", _classes("", 40), 40, "--set", "data.max_rejected=0.9"),
    _read("some numbers are missing", ["" if i < 4 else str(i * 7 % 31 / 3) for i in range(ROWS)], 4),
    _read("an infinity among numbers", ["inf" if i < 1 else str(i * 7 % 31 / 3) for i in range(ROWS)], 1),
    _read("a word among numbers", ["much" if i < 1 else str(i * 7 % 31 / 3) for i in range(ROWS)], 1),
    _refuse("numbers near the largest float", [f"{(i % 7 - 3) * 5}e307" for i in range(ROWS)], "'y'", "squares"),
    _read("numbers that differ in the last digit only", [f"1.00000000000000{i % 9 + 1}" for i in range(ROWS)]),
    _read("classes that are HTML", [("<b>x</b>", "</script>")[i * 7 % 5 > 2] for i in range(ROWS)]),
    _read("classes that are whole numbers beyond 64 bits", [("9" * 25, "8" * 25)[i * 7 % 5 > 2] for i in range(ROWS)]),
    _read("classes with leading zeros", [("01", "1")[i * 7 % 5 > 2] for i in range(ROWS)]),
    _read("classes of a thousand letters", [("a" * 1000, "b" * 1000)[i * 7 % 5 > 2] for i in range(ROWS)]),
    _refuse("words asked to be a regression", _classes("c", 9), "'y'", "regression", more=("--task", "regression")),
    _refuse("three classes asked to be two", _classes("c", 9), "'y'", "3", more=("--task", "binary")),
    _refuse("a target that is ignored", _classes("c", 9), "'y'", more=("--ignore", "y")),
    refuse("a target alone", "y\n" + "a\nb\n" * 30, "feature", command=fit("y")),
]
