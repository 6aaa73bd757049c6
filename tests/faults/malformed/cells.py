"""Cells that are not of one type: words among numbers, commas, infinities, dates in several formats, codes, blanks."""

from malformed.case import ROWS, Case, fit, read, refuse, with_column

WORDS = ("alpha", "beta", "gamma")


def _column(name: str, cells: list[str], aside: int | None = 0) -> Case:
    return read(name, with_column("odd", cells), aside=aside)


def _some(cell: str, often: int, other: str = "{}") -> list[str]:
    """Numbers, of which the first `often` are the cell."""
    return [cell if i < often else other.format(i * 7 % 13 + 0.5) for i in range(ROWS)]


def _few(name: str, cell: str, aside: int | None = 1) -> Case:
    return _column(name, _some(cell, 1), aside)


def _all(name: str, cells: tuple[str, ...]) -> Case:
    return _column(name, [cells[i * 5 % 7 % len(cells)] for i in range(ROWS)])


NUMBERS = [
    _few("a word among numbers", "wide"),
    _column("as many words as numbers", [WORDS[i % 3] if i % 2 else str(i * 7 % 13) for i in range(ROWS)]),
    _few("an infinity", "inf"),
    _few("an infinity below zero", "-Infinity"),
    _few("a number beyond any float", "1e400"),
    _few("a number beneath any float", "1e-400", 0),
    _few("a whole number above 2^63", "9223372036854775808", 0),
    _few("a whole number above 2^64", "18446744073709551617", 0),
    _all("whole numbers above 2^63", ("9223372036854775808", "9223372036854775809", "18446744073709551616")),
    _all("numbers near the largest float", ("1e308", "-1e308", "1.7e308")),
    _all("numbers near the smallest float", ("5e-324", "1e-310", "0")),
    _all("whole numbers near the edge of 64 bits", ("9223372036854775807", "-9223372036854775808", "0")),
    _all("thousands with commas", ('"1,234"', '"12,345"', '"999"')),
    _all("decimal commas", ('"1,5"', '"2,75"', '"12,25"')),
    _all("thousands with points and decimal commas", ('"1.234,5"', '"12.345,75"', '"1,5"')),
    _all("thousands with spaces", ("1 234", "12 345", "999 000")),
    _all("numbers with units", ("1 kg", "2 kg", "350 g")),
    _all("sums of money", ("$1.50", "EUR 2", "3,-".replace(",", "."))),
    _all("percentages", ("10%", "20%", "12.5%")),
    _all("hexadecimal numbers", ("0x1F", "0xff", "0x10")),
    _all("numbers with underscores", ("1_000", "2_000", "3_500")),
    _all("digits of other scripts", ("١٢", "٣٤", "१२")),
    _all("fractions", ("1/2", "3/4", "1/3")),
    _all("a plus sign, and digits after no point", ("+1", "+.5", "2.")),
    _all("negative zero", ("-0.0", "0.0", "0")),
    _all("brackets for numbers below zero", ("(1.5)", "(2)", "3")),
    _all("an unusual minus", ("\u22121.5", "\u22122", "3")),
    _all("codes with leading zeros", ("00123", "00456", "01000")),
    _column("identifiers with leading zeros", [f"{i:05d}" for i in range(ROWS)]),
    _column("identifiers that are whole numbers above 2^53", [str(2**53 + i) for i in range(ROWS)]),
    _column("one number, then blanks", ["7", *[""] * (ROWS - 1)]),
]

MISSING = [
    _column(
        "spellings of missing, all of them", ["NA", "N/A", "", "?", "nan", "None", "null", "-"] + ["1.5", "2"] * 26
    ),
    _column("missing in every row", [""] * ROWS),
    _column("NA in every row", ["NA"] * ROWS),
    _column("-999 for missing", _some("-999", 12)),
    _column("one spelling that nobody knows", _some("unknown", 1), None),
    _column("NaN among words", ["NaN" if i % 4 == 0 else WORDS[i % 3] for i in range(ROWS)]),
    _column("white space of other kinds", _some("\u00a0", 2), None),
    _column("blank quoted cells", _some('"  "', 5)),
]

DATES = [
    _column(
        "dates in three formats",
        [(f"2024-01-{i % 28 + 1:02d}", f"{i % 28 + 1}.1.2024", f"1/{i % 28 + 1}/24")[i % 3] for i in range(ROWS)],
    ),
    _column(
        "dates whose day and month may be swapped", [f"{i % 12 + 1:02d}/{i * 5 % 12 + 1:02d}/2024" for i in range(ROWS)]
    ),
    _column("a date that there is not", [f"2024-02-{30 if i == 0 else i % 28 + 1:02d}" for i in range(ROWS)], 1),
    _column("a date among words", ["2024-01-01" if i == 0 else WORDS[i % 3] for i in range(ROWS)]),
    _column(
        "dates of year 0 and of year 99999",
        ["0000-01-01", "99999-01-01"] + [f"2024-01-{i % 28 + 1:02d}" for i in range(ROWS - 2)],
        None,
    ),
    _column("dates with time zones", [f"2024-03-{i % 28 + 1:02d}T12:00:00+0{i % 5}:00" for i in range(ROWS)]),
    _column("times around a change of the clock", [f"2024-03-31 0{i % 4}:30:00" for i in range(ROWS)]),
    _column("dates as Excel counts them", [str(45000 + i * 7 % 13) for i in range(ROWS)]),
    _column(
        "a date in the far future for missing",
        ["9999-12-31" if i < 5 else f"2024-01-{i % 28 + 1:02d}" for i in range(ROWS)],
    ),
]

OTHERS = [
    _all("yes and no in several spellings", ("yes", "No", "Y", "n", "TRUE", "0")),
    _all("words that differ in case and space only", ("Red", "red", "RED ", " red")),
    _column("a new word in each row", [f"word{i}x" for i in range(ROWS)]),
    _column("free text", [f"the flower number {i} was seen by a hedge" for i in range(ROWS)]),
    _column("lists in cells", [f'"[{i}, {i + 1}]"' for i in range(ROWS)]),
    _column("objects in cells", [f'"{{""a"": {i % 7}}}"' for i in range(ROWS)]),
    _column("formulas of a spreadsheet", [f"=CMD({i % 5})" for i in range(ROWS)]),
    _column("errors of a spreadsheet", _some("#DIV/0!", 5), None),
    _column("control characters in cells", _some("\x01\x02", 1, "w{}"), None),
    _column("characters that combine, ten thousand", _some("e" + "\u0301" * 10_000, 1, "w{}"), 0),
    _column("cells of HTML", ["<script>alert(1)</script>", "<b>x</b>"] * (ROWS // 2)),
    refuse("each feature is constant", "a,b,kind\n" + "1,2,lily\n1,2,rose\n" * 30, "feature", "a", "b"),
    refuse(
        "each feature is an identifier", "id,kind\n" + "".join(f"u{i}x,{'ab'[i % 2]}\n" for i in range(60)), "feature"
    ),
    refuse("a row in ten is an infinity or a word", with_column("odd", _some("inf", 7)), "'odd'", "inf"),
]
LEAKS = [
    read("a copy of the target", with_column("copy", ["lily" if i * 7 % 5 <= 2 else "rose" for i in range(ROWS)])),
    read("the number of the row", with_column("row", [str(i + 1) for i in range(ROWS)])),
    read(
        "every row twice",
        with_column("again", [str(i % 30) for i in range(ROWS)])
        + "\n"
        + "\n".join(with_column("again", [str(i % 30) for i in range(ROWS)]).split("\n")[1:]),
        2 * ROWS,
    ),
    refuse(
        "a copy of the target, in strict mode",
        with_column("copy", ["lily" if i * 7 % 5 <= 2 else "rose" for i in range(300)]),
        "--strict",
        "'copy'",
        command=fit("kind", "--strict"),
    ),
]
CASES = [*NUMBERS, *MISSING, *DATES, *OTHERS, *LEAKS]
