"""From a path, a frame or arrays to numbers that a network reads.

Takes a source and what the user said of it. Hands on a table, a schema with reasons, findings,
a split, prepared arrays.
Does not know torch, networks or training.
"""

from netwright.data.conform import Conformed, conform
from netwright.data.folds import deal_folds
from netwright.data.quality import check_quality
from netwright.data.row_identity import shared_rows
from netwright.data.schema.infer import infer_schema
from netwright.data.schema.request import SchemaRequest
from netwright.data.sources.tables.reading import read_table
from netwright.data.splits import Split, SplitConfig, split_rows
from netwright.data.table import ReadOptions, Table
from netwright.data.transforms.preparation import Preparation, PreparationConfig, Prepared, fit_preparation, prepare

__all__ = [
    "Conformed",
    "Preparation",
    "PreparationConfig",
    "Prepared",
    "ReadOptions",
    "SchemaRequest",
    "Split",
    "SplitConfig",
    "Table",
    "check_quality",
    "conform",
    "deal_folds",
    "fit_preparation",
    "infer_schema",
    "prepare",
    "read_table",
    "shared_rows",
    "split_rows",
]
