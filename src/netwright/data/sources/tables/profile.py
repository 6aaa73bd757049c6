"""What type a column of text has, decided from all of its rows.

Rule: text where a whole number has leading zeros (00123 is a code), or where less than 98% of the cells that are not
missing are numbers. Else numbers: Int64 where every one is whole and fits in 64 bits, else Float64. The cells that are
no numbers are then either one repeated spelling, which counts as missing, or their rows are set aside.
"""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from netwright.core.values import Choice
from netwright.data.sources.tables.numbers import parse_numbers
from netwright.data.sources.tables.sheet import Reading
from netwright.data.table import PolarsType

ENOUGH_NUMBERS = 0.98
MOST_REMEMBERED = 10_000  # distinct texts per column; with more, the column is no dictionary


@dataclass
class Profile:
    """What was seen of one column so far."""

    name: str
    reading: Reading
    missing: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)  # cells that are neither missing nor finite numbers
    word_cells: int = 0
    numbers: int = 0  # cells that are finite numbers
    infinite: int = 0
    whole: bool = True
    codes: int = 0  # whole numbers with leading zeros
    many: bool = False  # more words than are remembered

    def add(self, cells: pl.Series) -> None:
        """Look at one piece of the column."""
        if self.reading.sentinels:
            cells = self._count_sentinels(cells)
        numbers = parse_numbers(cells, self.reading.style)
        finite = numbers.is_finite().fill_null(False)
        found = int(finite.sum() or 0)
        self.numbers += found
        if found and self.whole:
            self._check_whole(cells, numbers, finite)
        if found < len(cells):
            self._count_words(cells.filter(~finite), numbers.filter(~finite))

    def _count_sentinels(self, cells: pl.Series) -> pl.Series:
        """Count numbers that stand for missing (-999), and return the other cells."""
        known = cells.is_in(list(self.reading.sentinels))
        counts = cells.filter(known).alias("cell").value_counts(name="count")
        self.missing.update(dict(counts.iter_rows()))
        return cells.filter(~known)

    def _check_whole(self, cells: pl.Series, numbers: pl.Series, finite: pl.Series) -> None:
        integers = whole_numbers(cells, numbers)
        self.whole = integers.null_count() == numbers.len() - int(finite.sum() or 0)
        self.codes += int(
            (cells.str.starts_with("0") & (cells.str.len_bytes() > 1) & integers.is_not_null()).sum() or 0
        )

    def _count_words(self, cells: pl.Series, numbers: pl.Series) -> None:
        counts = cells.alias("cell").value_counts(name="count")
        known = counts["cell"].is_in(list(self.reading.missing))
        self.missing.update(dict(counts.filter(known).iter_rows()))
        words = counts.filter(~known)
        self.word_cells += int(words["count"].sum() or 0)
        self.infinite += int(numbers.is_infinite().fill_null(False).sum() or 0)
        self.many = self.many or len(self.words) + words.height > 2 * MOST_REMEMBERED
        self.words.update(dict(words.head(MOST_REMEMBERED).iter_rows()))
        self.many = self.many or len(self.words) > MOST_REMEMBERED


def whole_numbers(cells: pl.Series, numbers: pl.Series) -> pl.Series:
    """Return Int64, null where a cell is not a whole number that fits in 64 bits; 1,234 is one, 1.0 is none."""
    integers = cells.cast(pl.Int64, strict=False)
    if integers.null_count() == numbers.null_count():
        return integers
    grouped = cells.str.contains(",", literal=True) & ~cells.str.contains(".", literal=True)
    return integers.zip_with(~grouped | integers.is_not_null(), _exact(numbers))


def _exact(numbers: pl.Series) -> pl.Series:
    return numbers.set((numbers != numbers.round()).fill_null(True), None).cast(pl.Int64, strict=False)


@dataclass(frozen=True)
class Decision:
    """The type of one column, and which cells are null."""

    name: str
    dtype: PolarsType
    missing: dict[str, int]  # spelling -> cells
    coerce: bool = False  # cells that are no numbers become null instead of having their rows set aside
    choice: Choice | None = None


def decide(profile: Profile) -> Decision:
    """Apply the rule to what was seen of all rows."""
    missing = dict(profile.missing)
    forced = (profile.reading.forced or {}).get(profile.name)
    if forced is not None:
        return Decision(profile.name, pl.Float64 if forced else _text_type(profile), missing, coerce=True)
    present = profile.numbers + profile.word_cells
    if profile.numbers + profile.infinite < ENOUGH_NUMBERS * present or not present or profile.codes:
        return Decision(profile.name, _text_type(profile), missing)
    dtype = pl.Int64 if profile.whole and profile.numbers else pl.Float64
    spelling = _one_spelling(profile)
    if spelling is None:
        return Decision(profile.name, dtype, missing)
    cells = profile.words[spelling]
    reason = f"{profile.name!r}: {profile.numbers:,} cells are numbers and the other {cells:,} all say {spelling!r}"
    choice = Choice("data.missing", spelling, reason + ", which is taken as missing")
    return Decision(profile.name, dtype, {**missing, spelling: cells}, choice=choice)


def _one_spelling(profile: Profile) -> str | None:
    if len(profile.words) != 1 or profile.infinite:
        return None
    ((spelling, cells),) = profile.words.items()
    return spelling if cells > 1 else None


def _text_type(profile: Profile) -> PolarsType:
    repeated = profile.word_cells >= 2 * len(profile.words) and not profile.many
    return pl.Categorical if repeated and profile.words and not profile.numbers else pl.String
