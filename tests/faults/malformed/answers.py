"""New rows that do not fit the run: columns missing, more, in another order, of another type; cells never seen."""

import gzip
import io
import json

import polars as pl

from malformed.case import HEADER, ROWS, Case, flowers, text

PREDICT = ("predict", "{run}", "{file}", "--json")
EVALUATE = ("evaluate", "{run}", "{file}", "--json")
UNTOLD = [line.rpartition(",")[0] for line in flowers()]
NEW = text(UNTOLD, "width,height,colour")
TOLD = text(flowers())
FRAME = pl.DataFrame([dict(zip(HEADER.split(","), line.split(","), strict=True)) for line in flowers()])


def _predict(name: str, content: str | bytes, rows: int = ROWS, file: str = "new.csv", **more) -> Case:
    raw = content.encode() if isinstance(content, str) else content
    return Case(f"predict: {name}", file, raw, PREDICT, rows=rows, aside=None, **more)


def _refuse(name: str, content: str | bytes | None, *words: str, file: str = "new.csv", command=PREDICT) -> Case:
    raw = content.encode() if isinstance(content, str) else content
    return Case(f"{command[0]}: {name}", file, raw, command, refused=True, words=words)


def _evaluate(name: str, content: str | bytes, rows: int = ROWS, aside: int | None = 0) -> Case:
    raw = content.encode() if isinstance(content, str) else content
    return Case(f"evaluate: {name}", "new.csv", raw, EVALUATE, rows=rows, aside=aside)


def _cells(column: int, *cells: str) -> str:
    """New rows in which a column holds these cells, in turn."""
    rows = [line.split(",") for line in UNTOLD]
    changed = [[*row[:column], cells[i % len(cells)], *row[column + 1 :]] for i, row in enumerate(rows)]
    return text([",".join(row) for row in changed], "width,height,colour")


def _turned(order: tuple[int, ...]) -> str:
    return "\n".join(",".join(line.split(",")[k] for k in order) for line in NEW.splitlines()) + "\n"


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


COLUMNS = [
    _refuse(
        "a column is missing", text([line.split(",", 1)[1] for line in UNTOLD], "height,colour"), "new.csv", "'width'"
    ),
    _refuse("every column is missing", "a,b\n" + "1,x\n" * 9, "new.csv", "'width'", "'colour'"),
    _refuse("a column is called otherwise", NEW.replace("colour", "color"), "'colour'", "'color'"),
    _refuse("a name is written in capitals", NEW.replace("width", "WIDTH"), "'width'", "'WIDTH'"),
    _refuse("a name stands twice", NEW.replace("height", "width"), "'width'"),
    _predict("columns in another order", _turned((2, 0, 1))),
    _predict(
        "columns that training did not know", text([f"7,{line},x" for line in UNTOLD], "more,width,height,colour,last")
    ),
    _predict("the target is there too", TOLD),
    _predict("the target is there and blank", text([line + "," for line in UNTOLD])),
    _predict("no header, as many columns", text(UNTOLD, None)),
    _predict("names with white space around", text(UNTOLD, " width , height,colour ")),
]

CELLS = [
    _predict("a colour never seen", _cells(2, "mauve", "red")),
    _predict("no colour ever seen", _cells(2, "mauve", "puce")),
    _predict("colours in capitals", _cells(2, "RED", "Green")),
    _predict("blank cells where training had none", _cells(0, "", "1.5")),
    _predict("nothing but blank cells", text([",,"] * ROWS, "width,height,colour")),
    _predict("NaN where training had none", _cells(0, "NaN", "1.5")),
    _predict("words in a column of numbers", _cells(0, "wide", "1.5")),
    _predict("nothing but words in a column of numbers", _cells(0, "wide", "narrow")),
    _predict("numbers in a column of words", _cells(2, "1", "2.5")),
    _predict("infinities", _cells(0, "inf", "-inf", "1e400")),
    _predict("numbers far outside", _cells(0, "1e300", "-1e308")),
    _predict("decimal commas", NEW.replace(",", ";").replace(".", ",")),
    _predict("numbers with units", _cells(0, "1.5 cm")),
    _predict("dates in a column of numbers", _cells(0, "2024-01-01")),
    _predict("whole numbers beyond 64 bits", _cells(0, "9" * 30)),
    _predict("a cell of a million letters", _cells(2, *["red"] * 59, "x" * 1_000_000)),
    _predict("zero-width letters in words", _cells(2, "r\u200bed")),
]

ROWS_OF_THEM = [
    _refuse("an empty file", "", "new.csv", "empty"),
    _refuse("a header and nothing else", "width,height,colour\n", "new.csv", "rows"),
    _predict("one row", text(UNTOLD[:1], "width,height,colour"), 1),
    _predict("one row without a header", text(UNTOLD[:1], None), 1),
    _predict("every row is the same", text(UNTOLD[:1] * ROWS, "width,height,colour")),
    _predict("a ragged row", NEW + "1,2\n", ROWS + 1),
    _predict("most rows are ragged", NEW + "1,2\n" * 200, ROWS + 200),
    _refuse("every row is ragged", "width,height,colour\n" + "1,2\n" * 30, "new.csv"),
    _predict("a quote that is never closed", NEW + '1,2,"red\n', ROWS + 1),
    _predict("the header again", NEW + "width,height,colour\n", ROWS + 1),
    _predict("blank lines between", NEW.replace("\n", "\n\n")),
    _predict("UTF-16", NEW.encode("utf-16")),
    _predict("invalid UTF-8", NEW.replace("green", "grün").encode().replace(b"red", b"r\xffd", 1)),
    _refuse("a zero byte", NEW + "1,\0,red\n", "zero byte", "offset"),
    _refuse("no such file", None, "new.csv"),
    _predict("a semicolon between cells", NEW.replace(",", ";")),
]

FORMATS = [
    _predict("gzip", gzip.compress(NEW.encode()), file="new.csv.gz"),
    _refuse("gzip, cut short", gzip.compress(NEW.encode())[:-20], "new.csv.gz", file="new.csv.gz"),
    _predict("Parquet, numbers as text", _parquet(FRAME), file="new.parquet"),
    _predict("Parquet, words as categories", _parquet(FRAME.cast({"colour": pl.Categorical})), file="new.parquet"),
    _predict("Parquet, a column of nulls", _parquet(FRAME.with_columns(width=pl.lit(None))), file="new.parquet"),
    _refuse(
        "Parquet, a nested column",
        _parquet(FRAME.with_columns(width=pl.concat_list("width"))),
        "'width'",
        file="new.parquet",
    ),
    _predict(
        "Parquet, dates for numbers",
        _parquet(FRAME.with_columns(width=pl.lit("2024-01-01").str.to_date())),
        file="new.parquet",
    ),
    _predict("Parquet, booleans for words", _parquet(FRAME.with_columns(colour=pl.lit(True))), file="new.parquet"),
    _refuse("Parquet, no rows", _parquet(FRAME.head(0)), "new.parquet", file="new.parquet"),
    _predict(
        "JSON lines, keys that are missing",
        "".join(json.dumps({"width": i}) + "\n" for i in range(9)) + '{"height": 1, "colour": "red"}\n',
        10,
        file="new.jsonl",
    ),
    _predict(
        "JSON lines, line 7 is none",
        "".join(
            ("{oops" if i == 6 else json.dumps({"width": i, "height": 2, "colour": "red"})) + "\n" for i in range(ROWS)
        ),
        file="new.jsonl",
    ),
    _refuse("JSON lines, cut short at once", '{"width": 1', "new.jsonl", file="new.jsonl"),
]

LABELLED = [
    _evaluate("the rows of training", TOLD),
    _evaluate("labels in capitals", TOLD.replace("rose", "ROSE")),
    _evaluate("some labels are blank", text([*flowers(), "1,2,red,", "1,2,red,NA"]), ROWS + 2, 2),
    _evaluate("a label that is no class", text([*flowers(), "1,2,red,cactus"]), ROWS + 1, 1),
    _evaluate("a ragged row", text([*flowers(), "1,2"]), ROWS + 1, 1),
    _evaluate("one class only", text([line for line in flowers() if line.endswith("rose")]), 24),
    _evaluate("one row", text(flowers(1)), 1),
    _refuse("no target column", NEW, "'kind'", command=EVALUATE),
    _refuse("no label is a class", TOLD.replace("rose", "a").replace("lily", "b"), "'kind'", command=EVALUATE),
    _refuse("every label is blank", text([line + "," for line in UNTOLD]), "'kind'", command=EVALUATE),
    _refuse("numbers for labels", text([f"{line},{i}" for i, line in enumerate(UNTOLD)]), "'kind'", command=EVALUATE),
    _refuse("an empty file", "", "new.csv", command=EVALUATE),
    _refuse("a header and nothing else", HEADER + "\n", "new.csv", command=EVALUATE),
]
CASES = [*COLUMNS, *CELLS, *ROWS_OF_THEM, *FORMATS, *LABELLED]
