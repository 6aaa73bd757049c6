"""Numbers that do not read as numbers: $1,234.56, 3.4%, 12.30 EUR, 5 kg, (1.20) and a minus that is no hyphen."""

from dataclasses import dataclass

import polars as pl

SHARE = 0.9  # of the cells that are not missing
LEAST_DECORATED = 0.1  # of them with more than a plain number
_SIGN = r"[+\-\u{2212}\u{2013}]?"
_NUMBER = r"(\d{1,3}([,.' \u{a0}\u{202f}\u{2019}]\d{3})+([.,]\d+)?|(0|[1-9]\d*|0?)([.,]\d+)|0|[1-9]\d*)([eE][+-]?\d+)?"
_CURRENCY = r"((US|A|C|R|NZ|HK)?\p{Sc}|usd|eur|gbp|chf|jpy|cny|inr|aud|cad|sek|nok|dkk|pln|kr\.?|fr\.|rs\.?)"
_UNIT = (
    r"(%|\u{2030}|percent|pct|\u{b0}[cf]?|[kmc]?m[\u{b2}\u{b3}23]?|[km\u{b5}]?g|t|lbs?|oz|mi|miles|ft|in|yd|m?s|sec|min|h|hrs?"
    r"|days?|yrs?|years?|[mc]?l|gal|[kmgt]i?b|[kmg]?wh?|k?cal|[km]?v|[km]?a|[kmg]?hz|k?pa|bar|psi|mph|km/h|kmh|mpg|k|m|bn|px|pts?)"
)
_PATTERN = rf"(?i)^{_SIGN}\s*\(?{_SIGN}\s*{_CURRENCY}?\s*{_SIGN}{_NUMBER}\s*({_CURRENCY}|{_UNIT})?\)?$"


@dataclass(frozen=True)
class NumberLike:
    """How many cells are numbers in disguise, and one of them."""

    cells: int
    present: int
    example: str


def count_number_like(cells: pl.Series) -> NumberLike | None:
    """Return what was found where at least 90% of the cells are such numbers, else None."""
    if cells.dtype not in (pl.String, pl.Categorical):
        return None
    present = cells.cast(pl.String).drop_nulls().alias("cell")
    like = present.filter(present.str.contains(_PATTERN))
    if not len(like) or len(like) < SHARE * len(present):
        return None
    decorated = like.filter(like.cast(pl.Float64, strict=False).is_null())
    if len(decorated) < LEAST_DECORATED * len(present):
        return None
    return NumberLike(len(like), len(present), decorated[0])
