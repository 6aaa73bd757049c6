"""One malformed or odd input, what is asked of it, and the table that the cases spoil."""

from dataclasses import dataclass, field

HEADER = "width,height,colour,kind"
QUICK = ("training.epochs=1", "training.threads=1", "training.engine=eager", "evaluation.trees=false")
SETTINGS = tuple(word for setting in QUICK for word in ("--set", setting))
ROWS = 60


@dataclass(frozen=True)
class Case:
    """An input that is either refused in one sentence (`refused`) or read, with `rows` data rows in it."""

    name: str
    file: str
    content: bytes | None  # None: there is no such file, or it was written to disk already
    command: tuple[str, ...]  # {file} and {run} are filled in
    refused: bool = False
    rows: int = 0  # data rows that were written
    aside: int | None = 0  # of which are set aside; None: that is not the point of the case
    words: tuple[str, ...] = ()  # of the sentence, or of what is printed
    beside: dict[str, bytes] = field(default_factory=dict)  # other files that lie there
    heavy: bool = False  # so much honest work that it may take a minute


def flowers(rows: int = ROWS) -> list[str]:
    """Lines of a table that can be learnt from: two numbers, a colour and a kind."""
    return [_flower(i) for i in range(rows)]


def _flower(i: int) -> str:
    colour, kind = ("red", "green", "blue")[i % 3], ("lily", "rose")[i * 7 % 5 > 2]
    return f"{i * 37 % 101 / 9 + i / 1000:.3f},{i * 53 % 97 / 7:.3f},{colour},{kind}"


def text(lines: list[str], header: str | None = HEADER, end: str = "\n") -> str:
    return end.join([header, *lines] if header is not None else lines) + end


def with_column(name: str, cells: list[str], place: int = 0) -> str:
    """The table with a column more, one cell a row, before the column at `place`."""
    rows = [line.split(",") for line in (HEADER, *flowers(len(cells)))]
    return "\n".join(
        ",".join([*row[:place], cell, *row[place:]]) for row, cell in zip(rows, [name, *cells], strict=True)
    )


def fit(target: str | None = "kind", *more: str) -> tuple[str, ...]:
    return ("fit", "{file}", *(() if target is None else ("--target", target)), *more, *SETTINGS, "--json")


def read(name: str, content: str | bytes, rows: int = ROWS, aside: int | None = 0, **more) -> Case:
    """A table that `fit` reads, with so many rows, of which so many are set aside."""
    return Case(name, **_usual(content, more), rows=rows, aside=aside)


def refuse(name: str, content: str | bytes | None, *words: str, **more) -> Case:
    """A table that `fit` refuses with these words."""
    return Case(name, **_usual(content, more), refused=True, words=words)


def _usual(content: str | bytes | None, more: dict) -> dict:
    raw = content.encode() if isinstance(content, str) else content
    return {"file": "t.csv", "content": raw, "command": fit(), **more}
