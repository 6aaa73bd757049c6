"""From what scikit-learn hands over as X to a Polars frame, and from there to the network's inputs.

Arrays of numbers and sparse matrices are numbers in every column. Frames, and arrays of objects or text, are tables as
`netwright fit` reads them: kinds of columns are inferred, categories and dates encoded, missing cells marked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse
from sklearn.utils.validation import check_array, validate_data

from netwright.core.errors import ContractError, SchemaError
from netwright.core.values import Rejected, Schema, Task
from netwright.data import (
    Preparation,
    ReadOptions,
    SchemaRequest,
    Table,
    conform,
    fit_features,
    frame_of,
    infer_features,
    prepare_features,
    read_table,
    simple_columns,
)
from netwright.sklearn.parameters import NetworkParameters, reading_part
from netwright.training.material import read_options
from netwright.training.recipe import Recipe

DENSE_LIMIT = 2 * 2**30  # bytes of float64 that sparse training rows may become
BLOCK_BYTES = 256 * 2**20  # of one block of rows to answer for
SOURCE = "X"
_LENIENT = {"dtype": None, "accept_sparse": "csr", "ensure_all_finite": False}  # cells are looked at later


@dataclass(frozen=True)
class Cells:
    """The features as columns of plain values, and whether every one is a number by its type."""

    frame: pl.DataFrame
    numbers: bool


@dataclass(frozen=True)
class Contract:
    """What X must look like and how its cells become numbers, learnt from the training rows."""

    names: tuple[str, ...]
    schema: Schema | None  # None: all columns are numbers
    preparation: Preparation
    options: ReadOptions


@dataclass(frozen=True)
class Readable:
    """Training rows, read: a table of features, its schema, and the positions of its rows among those given."""

    table: Table
    schema: Schema | None
    rows: np.ndarray
    options: ReadOptions

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        return self.table.rejected


def training_cells(estimator: NetworkParameters, features: Any, target: Any, reset: bool) -> Cells:
    """Check X as scikit-learn does and take it apart into columns.

    Raises:
        ValueError: X is no table of at least two rows, is complex or infinite, or would not fit into memory.
    """
    if target is None:
        validate_data(estimator, features, None, skip_check_array=True, reset=reset)
    if _is_frame(features):
        validate_data(estimator, features, skip_check_array=True, reset=reset)
        if len(features) < 2:
            raise ValueError(f"expected at least 2 rows to fit, got {len(features)} sample in X")
        return Cells(_plain_frame(features, None), False)
    array = validate_data(estimator, features, reset=reset, ensure_min_samples=2, **_LENIENT)
    if sparse.issparse(array):
        _refuse_too_large(array)
        array = array.toarray(order="F")
    return _cells(array, _names(estimator, array.shape[1]))


def _is_frame(features: Any) -> bool:
    return isinstance(features, pl.DataFrame) or type(features).__module__.split(".")[0] == "pandas"


def _plain_frame(features: Any, names: tuple[str, ...] | None) -> pl.DataFrame:
    frame = simple_columns(frame_of(features, ReadOptions(columns=names))[0])
    if not frame.width:
        raise SchemaError("X: expected a column of plain values, got nested columns only")
    return frame


def _names(estimator: NetworkParameters, width: int) -> tuple[str, ...]:
    known = getattr(estimator, "feature_names_in_", None)
    return tuple(f"x{position}" for position in range(width)) if known is None else tuple(map(str, known))


def _cells(array: np.ndarray, names: tuple[str, ...]) -> Cells:
    numbers = array.dtype.kind not in "OUS"
    return Cells(_plain_frame(_finite_numbers(array) if numbers else array, names), numbers)


def _finite_numbers(array: Any) -> Any:
    checked = check_array(
        array, accept_sparse="csr", dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", input_name="X"
    )
    return checked if sparse.issparse(checked) else np.asfortranarray(checked)


def _refuse_too_large(matrix: Any) -> None:
    size = 8 * matrix.shape[0] * matrix.shape[1]
    if size > DENSE_LIMIT:
        raise SchemaError(
            f"sparse X: expected at most {DENSE_LIMIT / 2**30:g} GiB as dense numbers, got {matrix.shape[0]:,} rows of "
            f"{matrix.shape[1]:,} columns, {size / 2**30:.1f} GiB; put TruncatedSVD or SelectKBest before the network"
        )


def read_training(cells: Cells, task: Task, parameters: NetworkParameters) -> Readable:
    """Type the columns and infer their kinds.

    Raises:
        NetwrightError: a setting names no column, no feature is left, or too many rows cannot be read.
    """
    recipe = reading_part(parameters)
    options = read_options(recipe.data)
    every = np.arange(cells.frame.height)
    if cells.numbers:
        return Readable(_table_of_numbers(cells.frame), None, every, options)
    schema, table = infer_features(read_table(cells.frame, options), task, _request(recipe))
    lost = cells.frame.height - table.frame.height
    if lost > recipe.data.max_rejected * cells.frame.height:
        first = table.rejected[0]
        raise SchemaError(
            f"X: {lost:,} of {cells.frame.height:,} different rows cannot be read, the first for {first.column!r}: "
            f"{first.reason}, got {first.value!r}; mend them, or set the column's kind by schema.columns.NAME.kind"
        )
    return Readable(table, schema, table.row - 1, options)


def _table_of_numbers(frame: pl.DataFrame) -> Table:
    return Table(frame, np.arange(1, frame.height + 1), (), frame.height, SOURCE, (), {}, "")


def _request(recipe: Recipe) -> SchemaRequest:
    columns = recipe.schema.columns
    return SchemaRequest(
        ignore=recipe.data.ignore,
        kinds={name: column.kind for name, column in columns.items() if column.kind},
        roles={name: column.role for name, column in columns.items() if column.role},
    )


def learn_contract(readable: Readable, rows: np.ndarray, task: Task, recipe: Recipe) -> Contract:
    """Learn the encoders from `rows`, positions in the readable table, and from no others."""
    preparation = fit_features(readable.table, readable.schema, rows, task, recipe.preparation)
    names = (
        readable.table.frame.columns if readable.schema is None else [column.name for column in readable.schema.columns]
    )
    return Contract(tuple(names), readable.schema, preparation, readable.options)


def read_again(cells: Cells, contract: Contract) -> Table:
    """Fit new rows to the contract, as `netwright predict` does: unseen categories and odd cells count as missing.

    Raises:
        ContractError: a column is missing, or a row cannot be read at all.
    """
    if contract.schema is None:
        if not cells.numbers:
            raise ContractError("X: expected an array of numbers as in the first fit, got a table; pass X.to_numpy()")
        return _table_of_numbers(cells.frame)
    options = replace(contract.options, columns=contract.names, schema=contract.schema, max_rejected=1.0)
    table = conform(read_table(cells.frame, options), contract.schema, with_target=False, compare=False).table
    if table.frame.height != cells.frame.height:
        first = table.rejected[0]
        raise ContractError(
            f"X: row {first.row} cannot be read: column {first.column!r}: {first.reason}, got {first.value!r}; mend it"
        )
    return table


def answered_blocks(
    estimator: NetworkParameters, contract: Contract, features: Any
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Check X as scikit-learn does and yield the network's inputs, a block of rows at a time."""
    height = max(1, BLOCK_BYTES // (8 * max(1, contract.preparation.spec.numeric)))
    if contract.schema is None:
        array = _finite_numbers(validate_data(estimator, features, reset=False, **_LENIENT))
        for start in range(0, array.shape[0], height):
            block = array[start : start + height]
            dense = block.toarray(order="F") if sparse.issparse(block) else block
            yield prepare_features(_table_of_numbers(_plain_frame(dense, contract.names)), contract.preparation)
        return
    table = read_again(_table_cells(estimator, features), contract)
    for start in range(0, table.frame.height, height):
        rows = np.arange(start, min(start + height, table.frame.height))
        yield prepare_features(table, contract.preparation, rows)


def _table_cells(estimator: NetworkParameters, features: Any) -> Cells:
    if _is_frame(features):
        validate_data(estimator, features, skip_check_array=True, reset=False)
        return Cells(_plain_frame(features, None), False)
    array = validate_data(estimator, features, reset=False, **_LENIENT)
    names = _names(estimator, array.shape[1])
    return Cells(_plain_frame(array.toarray() if sparse.issparse(array) else array, names), False)
