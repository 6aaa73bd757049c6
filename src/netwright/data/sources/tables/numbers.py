"""Text to numbers: 1.5, 1e5, and either 1,234 (thousands) or 1,5 (decimal comma)."""

import re
from typing import Literal

import polars as pl

Style = Literal["point", "comma"]
THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
DECIMAL_COMMA = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)?,\d+([eE][+-]?\d+)?$"
_ONLY_DECIMAL = re.compile(r"^[+-]?(\d+,(\d{1,2}|\d{4,})|\d{4,},\d+|\d{1,3}(\.\d{3})+,\d+|0+,\d+)$")


def parse_numbers(cells: pl.Series, style: Style) -> pl.Series:
    """Return Float64; null where a cell is no number; NaN and infinities where a cell spells one."""
    numbers = cells.cast(pl.Float64, strict=False)
    if not numbers.null_count():
        return numbers
    odd = numbers.is_null().arg_true()
    rest = cells.gather(odd)
    if not rest.str.contains(",", literal=True).any():
        return numbers
    return numbers.scatter(odd, _with_commas(rest, style))


def _with_commas(cells: pl.Series, style: Style) -> pl.Series:
    pattern = DECIMAL_COMMA if style == "comma" else THOUSANDS
    fits = cells.set(~cells.str.contains(pattern).fill_null(False), None)
    if style == "comma":
        fits = fits.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    return fits.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)


def find_style(cells: list[str], delimiter: str) -> Style:
    """Decimal comma where commas do not separate fields and a cell can be read in no other way (1,5 not 1,500)."""
    return "comma" if delimiter != "," and any(map(_ONLY_DECIMAL.match, cells)) else "point"


def is_number(cell: str, style: Style = "point") -> bool:
    """Tell whether one cell reads as a number."""
    if re.match(DECIMAL_COMMA if style == "comma" else THOUSANDS, cell):
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell
