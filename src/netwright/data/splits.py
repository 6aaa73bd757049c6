"""Training, validation and test rows, chosen so that the test rows tell the truth.

Rows that are the same in every feature and in the target fall into one part. Each class with three rows or more that
differ is in every part. The same seed gives the same parts. By time: the latest rows are the test rows, and the latest
before them the validation rows; rows of one moment stay together.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from netwright.core.errors import RunError, SchemaError, nearest
from netwright.core.seeds import derive_seed
from netwright.core.values import Schema, Strategy
from netwright.data.allocation import TEST, TRAIN, VALIDATION, Shares, allocate, join_groups
from netwright.data.labels import label_text
from netwright.data.ranges import from_ranges, to_ranges
from netwright.data.row_identity import same_rows
from netwright.data.table import Table

LEAST_ROWS = 3
_GIVEN = {
    **dict.fromkeys(("train", "training", "0"), TRAIN),
    **dict.fromkeys(("validation", "valid", "val", "dev", "1"), VALIDATION),
    **dict.fromkeys(("test", "testing", "holdout", "2"), TEST),
}


@dataclass(frozen=True)
class SplitConfig:
    """How to split. `validation` is a share of what is left after the test rows are taken."""

    strategy: Strategy | Literal["auto"] = "auto"
    validation: float = 0.15
    test: float = 0.2
    seed: int = 0
    column: str | None = None  # for `given`: train / validation / test, or 0 / 1 / 2


@dataclass(frozen=True)
class Split:
    """Positions into `Table.frame`, sorted, each in one part; the fingerprint is that of the table's source."""

    strategy: Strategy
    reason: str
    seed: int
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    fingerprint: str

    def to_json(self) -> dict[str, Any]:
        """Each part as one text of ranges."""
        parts = {part: to_ranges(getattr(self, part)) for part in ("train", "validation", "test")}
        return {
            "strategy": self.strategy,
            "reason": self.reason,
            "seed": self.seed,
            **parts,
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Split":
        """Read what `to_json` gave; RunError where something is missing or no range."""
        try:
            parts = {part: from_ranges(values[part]) for part in ("train", "validation", "test")}
            plain: dict[str, Any] = {key: values[key] for key in ("strategy", "reason", "seed", "fingerprint")}
        except (KeyError, ValueError) as error:
            raise RunError(f"expected a split with ranges of rows, got one that is damaged: {error}") from error
        return cls(**plain, **parts)  # type: ignore[arg-type]  # the two hold different types


def split_rows(table: Table, schema: Schema, config: SplitConfig, has_test_table: bool = False) -> Split:
    """Split a table's rows; without test rows where they come from another table.

    Raises:
        SchemaError: fewer than three rows, a part that would be empty, or no such split column.
    """
    if table.frame.height < LEAST_ROWS:
        raise SchemaError(f"{table.source}: expected at least {LEAST_ROWS} rows to split, got {table.frame.height}")
    _check_shares(config)
    strategy, why = _choose(schema, config)
    shares = Shares(0.0 if has_test_table else config.test, config.validation)
    seed = derive_seed(config.seed, "split")
    parts, detail = _PARTS[strategy](table, schema, config, shares, seed)
    reason = f"{why}; {detail}" + ("; the test rows come from a table of their own" if has_test_table else "")
    train, validation, test = (np.flatnonzero(parts == part) for part in (TRAIN, VALIDATION, TEST))
    if not len(train):
        raise SchemaError(f"{table.source}: no row is left for training ({strategy} split); lower data.test")
    return Split(strategy, reason, config.seed, train, validation, test, table.fingerprint)


def _check_shares(config: SplitConfig) -> None:
    for name, share in (("test", config.test), ("validation", config.validation)):
        if not 0 <= share < 1:
            raise SchemaError(f"data.{name}: expected a share from 0 to below 1, got {share}")


def _choose(schema: Schema, config: SplitConfig) -> tuple[Strategy, str]:
    if config.strategy != "auto":
        return config.strategy, "asked for"
    if time := schema.with_role("time"):
        return "time", f"{time[0].name!r} is a time column"
    if group := schema.with_role("group"):
        return "group", f"{group[0].name!r} is a group column"
    if config.column:
        return "given", f"{config.column!r} tells the parts"
    if schema.task == "regression":
        return "random", "the target is a number"
    return "stratified", "the target is a class, so each part gets its share of every class"


def _random(table: Table, schema: Schema, _config: SplitConfig, shares: Shares, seed: int) -> tuple[np.ndarray, str]:
    groups = same_rows(table, schema)
    return allocate(groups, None, shares, seed), _same_rows_reason(groups)


def _stratified(
    table: Table, schema: Schema, _config: SplitConfig, shares: Shares, seed: int
) -> tuple[np.ndarray, str]:
    if schema.task == "regression":
        raise SchemaError("a stratified split expects classes, but the target is a number; use strategy = 'random'")
    groups = same_rows(table, schema)
    return allocate(groups, class_codes(table, schema), shares, seed), _same_rows_reason(groups)


def class_codes(table: Table, schema: Schema) -> np.ndarray:
    """Return each row's class as a position in `schema.classes`."""
    labels = label_text(table.frame[schema.target])
    return labels.cast(pl.Enum(list(schema.classes))).to_physical().cast(pl.Int64).to_numpy()


def _same_rows_reason(groups: np.ndarray) -> str:
    copies = len(groups) - (int(groups.max()) + 1)
    if not copies:
        return "no two rows are the same"
    return f"copies of a row stay in its part ({copies:,} among {len(groups):,} rows)"


def _group(table: Table, schema: Schema, _config: SplitConfig, shares: Shares, seed: int) -> tuple[np.ndarray, str]:
    groups, count, joined = joined_groups(table, schema)
    detail = f"{count:,} groups, each in one part" + ("; groups that share identical rows are joined" if joined else "")
    return allocate(groups, None, shares, seed), detail


def joined_groups(table: Table, schema: Schema) -> tuple[np.ndarray, int, bool]:
    """Return each row's group, the number of groups, and whether some were joined because they share identical rows."""
    column = next(iter(schema.with_role("group")), None)
    if column is None:
        raise SchemaError("a group split expects a group column; name one with --group")
    codes = label_text(table.frame[column.name]).fill_null("").rank("dense").to_numpy().astype(np.int64) - 1
    groups, joined = join_groups(codes, same_rows(table, schema))
    if groups.max() < 1:
        raise SchemaError(f"group column {column.name!r}: expected at least two groups, got one")
    return groups, int(codes.max()) + 1, joined


def _time(table: Table, schema: Schema, _config: SplitConfig, shares: Shares, _seed: int) -> tuple[np.ndarray, str]:
    column = next(iter(schema.with_role("time")), None)
    if column is None:
        raise SchemaError("a time split expects a time column; name one with --time")
    moments = table.frame[column.name].rank("dense").fill_null(0).to_numpy().astype(np.int64)
    order = np.sort(moments)
    rows = len(order)
    test_from = _moment(order, rows - round(rows * shares.test))
    before = int(np.searchsorted(order, test_from)) if test_from is not None else rows
    validation_from = _moment(order[:before], before - round(before * shares.validation))
    parts = np.full(rows, TRAIN)
    if validation_from is not None:
        parts[moments >= validation_from] = VALIDATION
    if test_from is not None:
        parts[moments >= test_from] = TEST
    return parts, "the latest rows are the test rows, the latest before them the validation rows"


def _moment(order: np.ndarray, at: int) -> int | None:
    """The moment from which rows belong to the later part; None where that part is empty."""
    if at >= len(order) or not len(order):
        return None
    moment = int(order[at])
    if order[0] < moment:
        return moment
    later = order[order > moment]
    return int(later[0]) if len(later) else None


def _given(table: Table, schema: Schema, config: SplitConfig, shares: Shares, seed: int) -> tuple[np.ndarray, str]:
    if config.column is None or config.column not in table.frame.columns:
        valid = nearest(config.column or "", table.frame.columns)
        raise SchemaError(f"a given split expects a column that tells the parts, got {config.column!r}; {valid}")
    values = label_text(table.frame[config.column]).str.to_lowercase().to_list()
    unknown = {value for value in values if value not in _GIVEN}
    if unknown:
        shown = ", ".join(sorted(map(repr, unknown))[:5])
        raise SchemaError(f"split column {config.column!r}: expected train, validation, test or 0, 1, 2, got {shown}")
    parts = np.array([_GIVEN[value] for value in values])
    missing = Shares(0.0 if (parts == TEST).any() else shares.test, 0.0 if VALIDATION in parts else shares.validation)
    train = np.flatnonzero(parts == TRAIN)
    if (missing.test or missing.validation) and len(train):
        strata = None if schema.task == "regression" else class_codes(table, schema)[train]
        parts[train] = allocate(same_rows(table, schema)[train], strata, missing, seed)
    return parts, f"column {config.column!r}; parts that it does not name are drawn from its training rows"


_PARTS = {"random": _random, "stratified": _stratified, "group": _group, "time": _time, "given": _given}
