"""The first half of a run: read the rows, learn the schema, look for trouble, split."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SchemaError
from netwright.core.findings import Finding, Severity
from netwright.core.values import Choice, Rejected, RowCount, Schema
from netwright.data import (
    FILE,
    ReadOptions,
    SchemaRequest,
    Split,
    Table,
    check_quality,
    conform,
    infer_schema,
    read_table,
    shared_rows,
    split_rows,
)
from netwright.training.recipe import DataConfig, Recipe

Reading = Callable[[str, float], None]  # what is being read, share done


@dataclass(frozen=True)
class Material:
    """What a network will be trained and tested on."""

    table: Table
    schema: Schema
    split: Split  # positions in `table.frame`
    test: Table  # the table that holds the test rows: `table` itself, or the second source
    test_rows: NDArray[np.int64]  # positions in `test.frame`
    rows: RowCount  # of both sources
    rejected: tuple[tuple[str, Rejected], ...]  # source, row
    choices: tuple[Choice, ...]
    findings: tuple[Finding, ...]

    def without_training_rows(self) -> "Material":
        """Let go of the rows that are prepared by now; the test rows are kept, to show the worst errors."""
        frame = self.test.frame.select(pl.all().gather(self.test_rows)) if self.test is self.table else self.test.frame
        test = replace(self.test, frame=frame, row=self.test.row[self.test_rows])
        return replace(self, table=test, test=test, test_rows=np.arange(frame.height))

    @property
    def sizes(self) -> dict[str, int]:
        return {"train": len(self.split.train), "validation": len(self.split.validation), "test": len(self.test_rows)}


def gather(recipe: Recipe, source: Any = None, reading: Reading | None = None) -> Material:
    """Read and split the data of a recipe.

    Args:
        recipe: its data, schema and split sections are used.
        source: a frame or arrays in place of `recipe.data.source`.
        reading: told of the progress.

    Raises:
        NetwrightError: the data cannot be read or learnt from.
    """
    table = read_table(recipe.data.source if source is None else source, read_options(recipe.data), reading)
    recipe = _with_parts(recipe, table)
    schema, table = infer_schema(table, _request(recipe, table))
    findings = check_quality(table, schema)
    test, notes = _read_test(recipe, table, schema, reading)
    _stop_if_strict(recipe, findings)
    split = split_rows(table, schema, recipe.split, has_test_table=test is not None)
    material = _material(table, schema, split, (test, (*findings, *notes)))
    _refuse_empty_parts(material)
    return material


def _with_parts(recipe: Recipe, table: Table) -> Recipe:
    """Take the parts that the source itself tells, where none are asked for and no other table has the test rows."""
    column = table.chosen("split.column")
    if column is None or recipe.split.column is not None:
        return recipe
    return replace(recipe, split=replace(recipe.split, column=str(column)))


def _refuse_empty_parts(material: Material) -> None:
    empty = [name for name in ("train", "test") if not material.sizes[name]]
    if empty:
        raise SchemaError(
            f"expected rows to {empty[0]} on, but the split left none of the {material.table.frame.height:,}; "
            "bring more rows, or change split.test and split.validation"
        )


def read_options(data: DataConfig) -> ReadOptions:
    return ReadOptions(
        missing=data.missing,
        max_rejected=data.max_rejected,
        delimiter=data.delimiter,
        encoding=data.encoding,
        header=data.header,
        image_size=data.image_size,
        series=data.series,
    )


def _request(recipe: Recipe, table: Table) -> SchemaRequest:
    columns = recipe.schema.columns
    told = [recipe.split.column, *((FILE,) if table.is_of_files else ())]
    parts = [name for name in told if name in table.frame.columns]  # they tell rows apart, no more
    return SchemaRequest(
        target=recipe.data.target,
        ignore=(*recipe.data.ignore, *parts),
        group=recipe.data.group,
        time=recipe.data.time,
        task=recipe.schema.task,
        kinds={name: column.kind for name, column in columns.items() if column.kind},
        roles={name: column.role for name, column in columns.items() if column.role},
    )


def _read_test(
    recipe: Recipe, table: Table, schema: Schema, reading: Reading | None
) -> tuple[Table | None, tuple[Finding, ...]]:
    if recipe.data.test is None:
        return None, ()
    names = tuple(column.name for column in schema.columns)
    options = replace(read_options(recipe.data), columns=names, schema=schema)
    fitted = conform(read_table(recipe.data.test, options, reading), schema, with_target=True)
    if not fitted.table.frame.height:
        raise SchemaError(f"{recipe.data.test}: no row can be used for testing; see the schema's classes and columns")
    return fitted.table, (*fitted.notes, *_shared(table, fitted.table, schema))


def _shared(table: Table, test: Table, schema: Schema) -> tuple[Finding, ...]:
    count = shared_rows(table, test, schema)
    if not count:
        return ()
    share = count / test.frame.height
    severity: Severity = "note" if share < 0.01 else "warning"
    evidence = f"{count:,} of {test.frame.height:,} test rows ({share:.1%}) are among the training rows too"
    remedy = "a network may know them by heart; remove them from the training source if that matters"
    return (Finding("data.shared-rows", severity, "Test rows that are also training rows", evidence, remedy),)


def _stop_if_strict(recipe: Recipe, findings: Sequence[Finding]) -> None:
    grave = [finding for finding in findings if finding.serious]
    if recipe.data.strict and grave:
        first = grave[0]
        raise SchemaError(f"--strict: {first.title} ({first.evidence}); {first.remedy or 'mend the data'}")


def _material(table: Table, schema: Schema, split: Split, others: tuple[Table | None, tuple[Finding, ...]]) -> Material:
    test, findings = others
    tables = [table] if test is None else [table, test]
    used = sum(part.frame.height for part in tables)
    total = sum(part.total for part in tables)
    return Material(
        table=table,
        schema=schema,
        split=split,
        test=test or table,
        test_rows=split.test if test is None else np.arange(test.frame.height),
        rows=RowCount(total, used, total - used),
        rejected=tuple((part.source, item) for part in tables for item in part.rejected),
        choices=_choices(tables, schema, split),
        findings=findings,
    )


def _choices(tables: Sequence[Table], schema: Schema, split: Split) -> tuple[Choice, ...]:
    target = schema.column(schema.target)
    read = [choice for choice in tables[0].choices if choice.name != "data.target"]
    of_test = [replace(choice, name=choice.name.replace("data.", "test.", 1)) for choice in _different(tables)]
    return (
        *read,
        *of_test,
        Choice("data.target", schema.target, target.role_reason),
        Choice("schema.task", schema.task, schema.task_reason),
        Choice("split.strategy", split.strategy, split.reason),
    )


def _different(tables: Sequence[Table]) -> list[Choice]:
    """Return how the test source was read, where that is not how the first one was."""
    known = {(choice.name, repr(choice.value)) for choice in tables[0].choices}
    return [choice for choice in tables[-1].choices if (choice.name, repr(choice.value)) not in known]
