"""Random nasty tables, read and prepared as `fit` does: each ends in one sentence, or every row is accounted for.

What is written is known: a table of lines, each one row with no line end in it, in an encoding that can be told. So the
rows that `fit` counts are compared with those that were written, not only with one another.
"""

import json
import warnings
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netwright.core.errors import NetwrightError
from netwright.data import fit_preparation
from netwright.training.material import Material, gather
from netwright.training.parts import deal, learnt_from, prepare_parts
from netwright.training.recipe import DataConfig, Recipe

NASTY = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
NUMBERS = st.one_of(
    st.integers(-5, 5).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.sampled_from(
        ("1e400", "1e-400", "9" * 30, str(2**63), str(-(2**63) - 1), "1,234", "1,5", "00123", "0x1F", "1_0", "-0.0")
    ),
)
WORDS = st.sampled_from(
    ("red", "Red", " red ", "true", "FALSE", "yes", "lily", "x" * 300, "=1+1", "<b>", "None", "\u0661", "é", "e\u0301")
)
MISSING = st.sampled_from(("", " ", "NA", "?", "NaN", "null", "-", "-999", "\\N"))
DATES = st.sampled_from(("2024-01-31", "31.1.2024", "1/31/24", "2024-02-30", "0000-01-01", "2024-01-31T10:00:00Z"))
ODD = st.text(st.characters(exclude_categories=("Cs",), exclude_characters='\0\r\n"\ufeff\ufffd'), max_size=6)
CELLS = st.one_of(NUMBERS, WORDS, MISSING, DATES, ODD)
KINDS = st.sampled_from((NUMBERS, WORDS, st.one_of(NUMBERS, MISSING), st.one_of(WORDS, MISSING), DATES, CELLS, ODD))
NAMES = st.one_of(
    st.sampled_from(("a", "b", "A", "", " ", "target", "y", "row", "column_1", "1", "2.5", "a b", "\u00e9", "e\u0301")),
    ODD,
)


@st.composite
def tables(draw) -> tuple[list[str], list[list[str]]]:
    """Names and rows; the last column repeats its values, so that it may be a target."""
    width = draw(st.integers(1, 4))
    names = [draw(NAMES) for _ in range(width)] + ["y"]
    kinds = [draw(KINDS) for _ in range(width)]
    few = draw(st.lists(draw(KINDS), min_size=1, max_size=3))
    target = draw(st.sampled_from((st.sampled_from(few), NUMBERS, CELLS)))
    rows = draw(st.lists(st.tuples(*kinds, target), min_size=0, max_size=30))
    return names, [list(row) for row in rows] * draw(st.sampled_from((1, 1, 5)))


def _quoted(cell: str, mark: str, always: bool) -> str:
    return f'"{cell}"' if always or mark in cell else cell


def _fit(source: object, **said: object) -> Material:
    """All that `fit` does before it trains."""
    recipe = Recipe(data=DataConfig(**{"target": -1, "max_rejected": 1.0, **said}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        material = gather(recipe, source)
        folds = deal(material, 1)
        preparation = fit_preparation(material.table, material.schema, learnt_from(material, folds))
        prepare_parts(material, preparation, folds)
    return material


def _account(source: object, written: int | None, **said: object) -> None:
    """One sentence, or rows in = rows used + rows set aside = rows written, where it is known how many these are."""
    try:
        material = _fit(source, **said)
    except NetwrightError as error:
        assert str(error).strip()  # noqa: PT017 - either outcome is right
        assert "\n" not in str(error)  # noqa: PT017
        return
    rows, named = material.rows, {fault.row for _, fault in material.rejected}
    assert rows.total == rows.used + len(named)
    used = material.table.row.tolist()
    assert sorted([*used, *named]) == list(range(1, rows.total + 1))
    assert sum(material.sizes.values()) == rows.used
    assert written is None or rows.total == written


@settings(NASTY, max_examples=150)
@given(
    table=tables(),
    mark=st.sampled_from(",;\t|"),
    end=st.sampled_from(("\n", "\r\n", "\r")),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")),
    always=st.booleans(),
)
def test_text_that_is_whole(table, mark, end, encoding, always, tmp_path):
    """Every cell that must be quoted is; delimiter, header and encoding are said, so each line is one row."""
    names, rows = table
    lines = [mark.join(_quoted(cell, mark, always) for cell in cells) for cells in (names, *rows)]
    path = tmp_path / "t.csv"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    _account(str(path), len(rows), header=True, delimiter=mark, encoding=encoding)


@settings(NASTY, max_examples=150)
@given(
    table=tables(),
    torn=st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(("1", '"', "a,b,c,d,e,f,g,h", '"a', 'a"b,c', ",,,,,,", "\x01"))),
        max_size=4,
    ),
    raw=st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=3)), max_size=3),
    encoding=st.sampled_from(("utf-8", "latin-1", "utf-16", "cp1252", "shift-jis")),
)
def test_text_that_is_torn(table, torn, raw, encoding, tmp_path):
    """Rows of any width, quotes anywhere, bytes that are of no encoding."""
    names, rows = table
    lines = [",".join(cells) for cells in (names, *rows)]
    for at, line in torn:
        lines.insert(at, line)
    content = bytearray(("\n".join(lines) + "\n").encode(encoding, "replace"))
    for at, odd in raw:
        content[at:at] = odd
    path = tmp_path / "t.csv"
    path.write_bytes(bytes(content))
    _account(str(path), None)


@settings(NASTY, max_examples=100)
@given(
    rows=st.integers(12, 40), ragged=st.integers(0, 4), odd=st.lists(CELLS, max_size=4), mark=st.sampled_from(",;\t|")
)
def test_every_row_of_a_good_table_is_counted(rows, ragged, odd, mark, tmp_path):
    """The header is plain and most rows are sound, so each line is one row: the count is exact."""
    lines = [f"{i * 7 % 11}.5{mark}w{i % 3}{mark}{'ab'[i % 2]}" for i in range(rows)]
    lines += [f"{i}{mark}x" for i in range(ragged)] + [f'"{cell}"{mark}w{mark}a' for cell in odd]
    path = tmp_path / "t.csv"
    path.write_bytes(f"number{mark}word{mark}kind\n".encode() + "".join(line + "\n" for line in lines).encode())
    _account(str(path), len(lines))


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), CELLS),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=2), inner, max_size=2)),
    max_leaves=3,
)
LINES = st.one_of(
    st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1).map(json.dumps),
    st.builds(lambda a, y: json.dumps({"a": a, "y": y}), NUMBERS, st.sampled_from("pq")),
    st.builds(lambda a, y: json.dumps({"a": a, "y": y}), st.integers(0, 9), st.sampled_from("pq")),
    st.sampled_from(
        ("{", "[1]", "7", '{"a": 1, "y": "p"', '{"a": "\\ud800", "y": "p"}', '{"a": NaN, "y": "q"}', '{"a": 1e999}')
    ),
)


@settings(NASTY, max_examples=150)
@given(lines=st.lists(LINES, min_size=1, max_size=30), blank=st.booleans())
def test_json_lines(lines, blank, tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text(("\n\n" if blank else "\n").join(lines) + "\n")
    _account(str(path), len(lines), target="y")


@settings(NASTY, max_examples=100)
@given(data=st.data(), height=st.integers(1, 40))
def test_values_in_memory(data, height):
    """Columns of one Python type or of several."""
    kinds = (
        st.integers(),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.text(max_size=4),
        VALUES,
        st.binary(max_size=3),
    )
    column = st.sampled_from(kinds).flatmap(lambda kind: st.lists(st.none() | kind, min_size=height, max_size=height))
    few = data.draw(st.lists(st.sampled_from(kinds).flatmap(lambda kind: kind), min_size=2, max_size=3))
    columns = {f"c{k}": data.draw(column) for k in range(data.draw(st.integers(1, 3)))}
    columns["y"] = [few[i * 7 % len(few)] for i in range(height)]
    _account(columns, height, target="y")


def test_broken_readers_are_noticed(tmp_path, monkeypatch):
    """The positive control: one drops ragged rows, one raises what is no sentence."""
    from netwright.data.sources.tables import delimited

    rows = [f"{i * 7 % 11}.5,w{i % 3},{'ab'[i % 2]}\n" for i in range(30)]
    path = tmp_path / "t.csv"
    path.write_text("number,word,kind\n" + "".join(rows) + "1,2\n")
    _account(str(path), 31)
    whole = delimited.chunks
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "chunks", lambda *a: (replace(c, fits=c.fits[c.fits], reasons=()) for c in whole(*a)))
        with pytest.raises(AssertionError):
            _account(str(path), 31)
    monkeypatch.setattr(delimited, "find_heading", lambda *_: {}["heading"])
    with pytest.raises(KeyError):
        _account(str(path), 31)
