"""From a path, a frame or arrays to numbers that a network reads.

Takes a source and what the user said of it. Hands on a table, a schema with reasons, findings,
a split, prepared arrays.
Does not know torch, networks or training.
"""

from netwright.data.allocation import Shares, allocate
from netwright.data.conform import Conformed, conform
from netwright.data.folds import deal_folds
from netwright.data.quality import check_quality
from netwright.data.row_identity import merge_rows, shared_rows
from netwright.data.schema.infer import infer_features, infer_schema
from netwright.data.schema.request import SchemaRequest
from netwright.data.sources.reading import read_table
from netwright.data.sources.tables.frames import frame_of
from netwright.data.sources.tables.normal import simple_columns
from netwright.data.splits import Split, SplitConfig, split_rows
from netwright.data.table import FILE, ReadOptions, Table
from netwright.data.transforms.preparation import (
    Preparation,
    PreparationConfig,
    Prepared,
    fit_features,
    fit_preparation,
    prepare,
    prepare_features,
)
from netwright.data.transforms.soundness import fault_of_features, fault_of_preparation
from netwright.data.transforms.view import Numeric, view_of

__all__ = [
    "FILE",
    "Conformed",
    "Numeric",
    "Preparation",
    "PreparationConfig",
    "Prepared",
    "ReadOptions",
    "SchemaRequest",
    "Shares",
    "Split",
    "SplitConfig",
    "Table",
    "allocate",
    "check_quality",
    "conform",
    "deal_folds",
    "fault_of_features",
    "fault_of_preparation",
    "fit_features",
    "fit_preparation",
    "frame_of",
    "infer_features",
    "infer_schema",
    "merge_rows",
    "prepare",
    "prepare_features",
    "read_table",
    "shared_rows",
    "simple_columns",
    "split_rows",
    "view_of",
]
