"""A preparation that no run would have written is told from one that a run did."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from netwright.data import SchemaRequest, fault_of_preparation, fit_preparation, infer_schema, read_table
from netwright.data.transforms.one_hot import OneHot


@pytest.fixture(scope="module")
def fitted():
    """A schema and a preparation with every kind of encoder."""
    rows = 120
    generator = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "size": generator.normal(size=rows),
            "colour": generator.choice(["red", "green", "blue"], rows),
            "city": [f"c{i % 15}" for i in range(rows)],
            "yes": generator.choice(["yes", "no"], rows),
            "day": [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(rows)],
            "said": [f"the {word} thing number {i}" for i, word in enumerate(generator.choice(["old", "new"], rows))],
            "kind": generator.choice(["a", "b"], rows),
        }
    )
    schema, table = infer_schema(read_table(frame), SchemaRequest(target="kind"))
    return schema, fit_preparation(table, schema, np.arange(rows))


def test_what_a_run_writes_has_no_fault(fitted):
    schema, preparation = fitted
    assert preparation.scales and preparation.one_hots and preparation.embeddings and preparation.datetimes  # noqa: PT018
    assert fault_of_preparation(schema, preparation) == ""


def _first(name: str, **change: object):
    """Change the first encoder of a kind."""
    return lambda schema, own: (schema, replace(own, **{name: (replace(getattr(own, name)[0], **change),)}))


def _columns(make):
    return lambda schema, own: (replace(schema, columns=make(schema.columns)), own)


CHANGES = {
    "order": lambda schema, own: (schema, replace(own, order=own.order[:-1])),
    "twice in the order": lambda schema, own: (schema, replace(own, order=own.order * 2)),
    "no feature": lambda schema, own: (
        schema,
        replace(own, one_hots=(OneHot("z", ("a",), False),), order=(*own.order, "z")),
    ),
    "its kind": _first("scales", column="colour"),
    "category twice": _first("embeddings", categories=("a", "a")),
    "has a word twice": _first("texts", vocabulary=("old", "old")),
    "more or fewer words than can be": _first("texts", length=100_000),
    "more or fewer words": _first("texts", parts=0),
    "unknown circle": _first("datetimes", parts=("aeon",)),
    "rising quantiles": _first("quantiles", quantiles=(2.0, 1.0)),
    "different targets": lambda schema, own: (schema, replace(own, task="multiclass")),
    "stands twice": _columns(lambda columns: columns + columns[:1]),
    "one target column": lambda schema, own: (replace(schema, target="size"), own),
    "format of dates": _columns(lambda columns: tuple(replace(column, datetime_format="%") for column in columns)),
}


@pytest.mark.parametrize("words", CHANGES)
def test_each_fault_is_named(fitted, words):
    assert words in fault_of_preparation(*CHANGES[words](*fitted))
