"""Folds: the training and validation rows of a split dealt into equal parts, each held out once.

They are dealt by the split's own strategy: copies of a row stay together, groups stay together, classes are spread. The
test rows are in no fold.
Source: M. Stone, Cross-validatory choice and assessment of statistical predictions, 1974.
"""

import numpy as np

from netwright.core.errors import SchemaError
from netwright.core.seeds import derive_seed
from netwright.core.values import Schema
from netwright.data.row_identity import same_rows
from netwright.data.splits import Split, class_codes, joined_groups
from netwright.data.table import Table


def deal_folds(table: Table, schema: Schema, split: Split, folds: int) -> tuple[np.ndarray, ...]:
    """Return the rows of each fold, as sorted positions into the frame.

    Raises:
        SchemaError: the split is by time, or there are too few rows, groups or rows of a class.
    """
    if split.strategy == "time":
        raise SchemaError(
            "folds: a split by time cannot be dealt into folds, because networks would train on rows later than those "
            "that judge them; leave the folds out (several members are possible), or leave out the time column"
        )
    rows = np.sort(np.concatenate([split.train, split.validation]))
    grouped = split.strategy == "group"
    groups = (joined_groups(table, schema)[0] if grouped else same_rows(table, schema))[rows]
    codes = None if schema.task == "regression" else class_codes(table, schema)[rows]
    _refuse_too_few(groups, "different group" if grouped else "different row", "", folds)
    if codes is not None and not grouped:
        for code in np.unique(codes):
            _refuse_too_few(groups[codes == code], "different row", f" of class {schema.classes[code]!r}", folds)
    strata = codes if split.strategy in ("stratified", "given") else None
    fold = deal(groups, strata, folds, derive_seed(split.seed, "folds"))
    if codes is not None:
        _refuse_hidden_class(codes, fold, schema)
    return tuple(rows[fold == number] for number in range(folds))


def deal(groups: np.ndarray, strata: np.ndarray | None, folds: int, seed: int) -> np.ndarray:
    """Return the fold of each row: whole groups are dealt out like cards, stratum by stratum, the large ones first.

    Every fold gets a group where there are as many groups as folds, and of each stratum as many groups, give or take
    one. Where groups differ in size, folds differ by the rows of the largest group at most.

    Args:
        groups: int64 [rows]; rows of one number stay together.
        strata: int64 [rows], equal within a group; None: one stratum.
        folds: how many.
        seed: decides which groups go where.
    """
    _, first, inverse, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    stratum = np.zeros(len(first), np.int64) if strata is None else strata[first]
    order = np.lexsort((np.random.default_rng(seed).random(len(first)), -sizes, stratum))
    fold = np.empty(len(first), np.int64)
    fold[order] = np.arange(len(first)) % folds
    dealt: np.ndarray = fold[inverse]
    return dealt


def _refuse_too_few(groups: np.ndarray, noun: str, of: str, folds: int) -> None:
    count = len(np.unique(groups))
    if count < folds:
        advice = f"take {count} folds or fewer" if count > 1 else "leave the folds out, or bring more rows"
        raise SchemaError(
            f"folds: expected at least one {noun}{of} for each of the {folds} folds, "
            f"got {count} outside the test rows; {advice}"
        )


def _refuse_hidden_class(codes: np.ndarray, fold: np.ndarray, schema: Schema) -> None:
    """Each class must stand in two folds, or the networks for which its fold is held out never see it."""
    for code in np.unique(codes):
        if len(np.unique(fold[codes == code])) < 2:
            raise SchemaError(
                f"folds: all rows of class {schema.classes[code]!r} fell into one fold, so that networks would be "
                'judged on a class they never saw; take fewer folds, another seed, or split.strategy = "stratified"'
            )
