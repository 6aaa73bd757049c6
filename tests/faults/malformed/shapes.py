"""Rows and fields that are not where they should be: ragged rows, quotes, delimiters, headers, far too long lines."""

from malformed.case import HEADER, ROWS, fit, flowers, read, refuse, text

LINES = flowers()
PLAIN = text(LINES)


def _with(line: str, at: int = 30) -> str:
    return text([*LINES[:at], line, *LINES[at:]])


def _quoted(line: str) -> str:
    return ",".join(f'"{cell}"' for cell in line.split(","))


RAGGED = [
    read("a row with too few fields", _with("1,2"), ROWS + 1, 1),
    read("a row with too many fields", _with("1,2,red,rose,5,6"), ROWS + 1, 1),
    read("a row with one field too many, blank", _with("1,2,red,rose,"), ROWS + 1, 1),
    read("the first row is short", _with("1", 0), ROWS + 1, 1),
    read("the last row is cut short", PLAIN + "1.5,2", ROWS + 1, 1),
    read("the last row is cut short in its last cell", PLAIN + "1.5,2,red,ro", ROWS + 1, None),
    read("every row ends in a delimiter", text([line + "," for line in LINES], HEADER + ",")),
    read("rows end in a delimiter, the header does not", text([line + "," for line in LINES])),
    refuse("a third of the rows are short", text([*LINES, *["1,2"] * 30]), "fields", "more than 10%"),
    refuse("every row is short", text(["1,2,red"] * 60), "t.csv", "fields"),
    read("a row of delimiters", _with(",,,"), ROWS + 1, 1),
    read("a row of white space", _with("   \t ")),
    read("blank lines between all rows", PLAIN.replace("\n", "\n\n")),
    read("a thousand blank lines at the end", PLAIN + "\n" * 1000),
    read("spaces around all cells", PLAIN.replace(",", " , ")),
]

QUOTED = [
    read("all cells quoted", text(list(map(_quoted, LINES)), _quoted(HEADER))),
    read("a quote that is never closed, in the middle", _with('1,2,"red,rose'), ROWS + 1, 0),
    read("a quote that is never closed, in the last row", PLAIN + '1,2,red,"rose', ROWS + 1, 1),
    read("a quote that is never closed, in the first row", _with('"1,2,red,rose', 0), ROWS + 1, None),
    read("a quote inside a cell", _with('1,2,r"ed,rose'), ROWS + 1, 0),
    read("text after a closing quote", _with('1,2,"re"d,rose'), ROWS + 1, None),
    read("quotes doubled and a delimiter inside", _with('1,2,"a ""b"", c",rose'), ROWS + 1, 0),
    read("line ends inside a quoted cell", _with('1,2,"red\n\nor\nblue",rose'), ROWS + 1, 0),
    read("quotes made with a backslash", _with('1,2,"r\\"e\\"d",rose'), ROWS + 1, None),
    read("single quotes around cells", PLAIN.replace("red", "'red'")),
    read("curly quotes around cells", PLAIN.replace("red", "\u201cred\u201d")),
    read("a header whose quote is never closed", PLAIN.replace("width", '"width')),
    read("nothing but quotes in a cell", _with('1,2,"",rose'), ROWS + 1, 0),
]

DELIMITED = [
    *(
        read(f"cells told apart by {name}", PLAIN.replace(",", mark), file=file)
        for name, mark, file in (
            ("a semicolon", ";", "t.csv"),
            ("a tab, in a file called csv", "\t", "t.csv"),
            ("a comma, in a file called tsv", ",", "t.tsv"),
            ("a bar", "|", "t.txt"),
            ("runs of spaces", "   ", "t.dat"),
        )
    ),
    refuse("a delimiter that is no usual one", PLAIN.replace(",", "~"), "t.csv"),
    read(
        "an unusual delimiter that was named", PLAIN.replace(",", "~"), command=fit("kind", "--set", "data.delimiter=~")
    ),
    refuse("the wrong delimiter was named", PLAIN, "kind", command=fit("kind", "--set", "data.delimiter=;")),
    refuse("a delimiter of two characters", PLAIN, "delimiter", command=fit("kind", "--set", "data.delimiter=::")),
    refuse("a quote as delimiter", PLAIN, "delimiter", command=fit("kind", "--set", 'data.delimiter="\\""')),
    read("the delimiter changes in one row", _with("1;2;red;rose"), ROWS + 1, 1),
    read("a line that names the delimiter, as Excel writes", "sep=,\n" + PLAIN),
]

HEADED = [
    read("the header again in the middle", _with(HEADER), ROWS + 1, 1),
    read("the header again, five times", text([*LINES, *[HEADER] * 5]), ROWS + 5, 5),
    read("no header", text(LINES, None), command=fit("-1")),
    refuse("no header, and a target by name", text(LINES, None), "kind", "column_1"),
    refuse("a header and nothing else", HEADER + "\n", "rows", "t.csv"),
    refuse("a header without a line end", HEADER, "t.csv"),
    refuse("one row", text(LINES[:1]), "row"),
    refuse("one row and no header", text(LINES[:1], None), "'column_4'", command=fit("-1")),
    refuse("two rows", text([LINES[0], LINES[3]]), "row"),
    refuse("blank lines and nothing else", "\n\n  \n", "t.csv"),
    refuse("a single letter", "x", "t.csv"),
    refuse("a single comma", ",", "t.csv"),
    read("comments above the header", "# made by hand\n# on Monday\n" + PLAIN),
    read("a title and a blank line above the header", "Flowers of 2024\n\n" + PLAIN),
    read("units in a row below the header", _with("cm,cm,,", 0), ROWS + 1, 1),
    read("a line of sums at the end", PLAIN + "Total,60,,\n", ROWS + 1, 1),
]

LONG = [
    refuse("a line of 70 MB", HEADER.encode() + b"\n" + b"1" * 70_000_000, "t.csv", "line"),
    refuse("70 MB without a line end", b"ab," * 24_000_000, "t.csv", "line"),
    read("a cell of 30 MB", _with(f"1,2,{'x' * 30_000_000},rose"), ROWS + 1, None),
    read("a quoted cell of 2 MB", _with(f'1,2,"{"x" * 2_000_000}",rose'), ROWS + 1, None),
    read("a number of 100,000 digits", _with(f"{'9' * 100_000},2,red,rose"), ROWS + 1, 1),
    refuse("ten million delimiters", b"," * 10_000_000, "t.csv"),
    refuse("lines of one open quote, 200,000", HEADER + "\n" + '"\n' * 200_000, "t.csv"),
]
CASES = [*RAGGED, *QUOTED, *DELIMITED, *HEADED, *LONG]
