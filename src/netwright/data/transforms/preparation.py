"""All encoders of a table: fitted on training rows, applied to any rows of the same schema."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

import numpy as np
import polars as pl

from netwright.core.errors import SchemaError
from netwright.core.values import Column, ImageInput, InputSpec, Schema, SeriesInput, Task, TextInput
from netwright.data.table import Table
from netwright.data.transforms.boolean import Boolean, fit_boolean
from netwright.data.transforms.cyclic_datetime import CyclicDatetime, fit_cyclic_datetime
from netwright.data.transforms.embedding import Embedding, fit_embedding
from netwright.data.transforms.one_hot import OneHot, fit_one_hot, training_categories
from netwright.data.transforms.pixels import Pixels, fit_pixels
from netwright.data.transforms.quantile_normal import QuantileNormal, fit_quantile_normal
from netwright.data.transforms.scale import Scale, fit_scale
from netwright.data.transforms.series import Series, fit_series, without_gaps
from netwright.data.transforms.target import Target, fit_target
from netwright.data.transforms.words import PART_SLOTS, Words, fit_words

KEYED = ("image", "series")  # kinds of column that hold keys
Encoder = Scale | QuantileNormal | OneHot | Boolean | CyclicDatetime  # those that write numbers


@dataclass(frozen=True)
class PreparationConfig:
    """How columns become numbers."""

    numeric: Literal["both", "robust", "quantile", "standard"] = "both"  # both: robust beside quantile
    one_hot_levels: int = 9  # categories up to which a column is one-hot; above, it is embedded
    smooth_clip: bool = True  # of scaled numbers, to (-3, 3)
    missing_indicators: bool = True  # a column of 0 and 1 beside each column with missing cells in training
    clamp_target: bool = False  # predicted values stay within the range of the training rows' targets


@dataclass(frozen=True)
class Preparation:
    """What was learnt from the training rows. Goes to JSON and back (netwright.core.files)."""

    order: tuple[str, ...]  # features whose encoders write numbers, in the order in which they write
    scales: tuple[Scale, ...]
    quantiles: tuple[QuantileNormal, ...]
    one_hots: tuple[OneHot, ...]
    booleans: tuple[Boolean, ...]
    datetimes: tuple[CyclicDatetime, ...]
    embeddings: tuple[Embedding, ...]
    target: Target
    task: Task
    texts: tuple[Words, ...] = ()
    image: Pixels | None = None
    series: Series | None = None

    @property
    def encoders(self) -> Iterator[Encoder]:
        """Those that write numbers, in order."""
        every: tuple[Encoder, ...] = (*self.scales, *self.quantiles, *self.one_hots, *self.booleans, *self.datetimes)
        by_column: dict[str, list[Encoder]] = {name: [] for name in self.order}
        for encoder in every:
            by_column[encoder.column].append(encoder)
        yield from chain.from_iterable(by_column.values())

    @property
    def numeric_names(self) -> tuple[str, ...]:
        """A name for each column of the numeric input."""
        return tuple(name for encoder in self.encoders for name in encoder.names)

    @property
    def categorical_names(self) -> tuple[str, ...]:
        """The features behind the categorical input: embedded ones, a column each, then texts, a column a word."""
        return (*(embedding.column for embedding in self.embeddings), *(words.column for words in self.texts))

    @property
    def spec(self) -> InputSpec:
        """Widths of input and output; a binary task has one logit, and so has a regression one output."""
        outputs = len(self.target.classes) if self.task == "multiclass" else 1
        cardinalities = tuple(embedding.cardinality for embedding in self.embeddings)
        texts = tuple(TextInput(words.slots, words.length, PART_SLOTS, words.parts) for words in self.texts)
        continuous, image = tuple(self._continuous()), None if self.image is None else _image_input(self.image)
        series = None if self.series is None else SeriesInput(*self.series.shape, *self.series.scale)
        return InputSpec(len(self.numeric_names), cardinalities, outputs, self.task, continuous, texts, image, series)

    def _continuous(self) -> Iterator[int]:
        at = 0
        for encoder in self.encoders:
            yield from (at + position for position in encoder.continuous)
            at += len(encoder.names)


@dataclass(frozen=True)
class Prepared:
    """Arrays of the same rows."""

    numeric: np.ndarray  # float32 [rows, spec.numeric], C-contiguous
    categorical: np.ndarray  # int64 [rows, embedded columns, then the words of each text]
    target: np.ndarray | None  # int64 class positions, or float32 standardised [rows]
    pixels: np.ndarray | None = None  # uint8 [rows, channels, height, width]; None where the table has no images
    series: np.ndarray | None = None  # float32 [rows, channels, length], NaN after an end; None where it has no series

    def __len__(self) -> int:
        return len(self.numeric)

    def rows(self, chosen: "np.ndarray | slice") -> "Prepared":
        """Return some of the rows: a view where they are neighbours."""
        others = (None if part is None else part[chosen] for part in (self.target, self.pixels, self.series))
        return Prepared(self.numeric[chosen], self.categorical[chosen], *others)


def _image_input(pixels: Pixels) -> ImageInput:
    return ImageInput(*pixels.shape, pixels.mean, pixels.deviation, pixels.mirrors, pixels.upside_down)


_USUAL = PreparationConfig()


def fit_preparation(table: Table, schema: Schema, rows: np.ndarray, config: PreparationConfig = _USUAL) -> Preparation:
    """Learn every encoder from `rows` (positions into the frame) and from no others.

    Raises:
        SchemaError: there are no rows.
    """
    if not len(rows):
        raise SchemaError("expected training rows to learn the preparation from, got none")
    preparation = fit_features(table, schema, rows, schema.task, config)
    target = fit_target(table.frame[schema.target].gather(rows), schema.classes, config.clamp_target)
    preparation = replace(preparation, target=target)
    held = {column.kind: table.frame[column.name].gather(rows) for column in schema.features if column.kind in KEYED}
    if "series" in held:
        assert table.series is not None
        preparation = replace(preparation, series=fit_series(table.series, held["series"]))
    if "image" in held:
        assert table.pictures is not None
        labels = None if schema.task == "regression" else table.frame[schema.target].gather(rows)
        preparation = replace(preparation, image=fit_pixels(table.pictures, held["image"], labels))
    return preparation


def fit_features(
    table: Table, schema: Schema | None, rows: np.ndarray, task: Task, config: PreparationConfig = _USUAL
) -> Preparation:
    """As `fit_preparation`, but the features alone: the caller keeps the target. Without a schema all are numbers."""
    if schema is None:
        made: list[Encoder | Embedding | Words] = [
            encoder for cells in table.frame for encoder in _fit_number(cells.gather(rows), config)
        ]
    else:
        made = [
            encoder
            for column in schema.features
            for encoder in _fit(table.frame[column.name].gather(rows), column, config)
        ]
    return Preparation(
        order=tuple(dict.fromkeys(encoder.column for encoder in made if not isinstance(encoder, Embedding | Words))),
        scales=tuple(encoder for encoder in made if isinstance(encoder, Scale)),
        quantiles=tuple(encoder for encoder in made if isinstance(encoder, QuantileNormal)),
        one_hots=tuple(encoder for encoder in made if isinstance(encoder, OneHot)),
        booleans=tuple(encoder for encoder in made if isinstance(encoder, Boolean)),
        datetimes=tuple(encoder for encoder in made if isinstance(encoder, CyclicDatetime)),
        embeddings=tuple(encoder for encoder in made if isinstance(encoder, Embedding)),
        target=Target(""),
        task=task,
        texts=tuple(encoder for encoder in made if isinstance(encoder, Words)),
    )


def _fit(cells: pl.Series, column: Column, config: PreparationConfig) -> Sequence[Encoder | Embedding | Words]:
    if column.kind == "boolean" and len(column.categories) == 2:
        return [fit_boolean(cells, column.categories, config.missing_indicators)]
    if column.kind in KEYED:  # see fit_preparation
        return []
    if column.kind == "text":
        return [fit_words(cells)]
    if column.kind == "datetime":
        return [fit_cyclic_datetime(cells, config.smooth_clip, config.missing_indicators)]
    if column.kind == "numeric" or (column.kind in ("identifier", "constant") and cells.dtype.is_numeric()):
        return _fit_number(cells, config)
    if len(training_categories(cells)) <= config.one_hot_levels:
        return [fit_one_hot(cells)]
    return [fit_embedding(cells)]


def _fit_number(cells: pl.Series, config: PreparationConfig) -> list[Encoder]:
    """One encoder or two; one indicator of missing cells is enough for both."""
    encoders: list[Encoder] = []
    if config.numeric != "quantile":
        encoders.append(fit_scale(cells, config.numeric != "standard", config.smooth_clip, config.missing_indicators))
    if config.numeric in ("quantile", "both"):
        encoders.append(fit_quantile_normal(cells, config.missing_indicators and not encoders))
    return encoders


def prepare(
    table: Table, schema: Schema, preparation: Preparation, rows: np.ndarray | None = None, with_target: bool = True
) -> Prepared:
    """Turn rows into arrays, a column at a time, so that no second copy of the table is made.

    Args:
        table: of the schema's physical types, as `infer_schema` or `conform` hand it on.
        schema: the one the preparation was fitted with.
        preparation: what was learnt from the training rows.
        rows: positions into the frame, in the order wanted; all rows without it.
        with_target: leave False where the target is not known.
    """
    numeric, categorical = prepare_features(table, preparation, rows)
    target = preparation.target.encode(_cells(table, schema.target, rows)) if with_target else None
    pixels = series = None
    if preparation.image is not None:
        assert table.pictures is not None
        pixels = table.pictures.of(_cells(table, preparation.image.column, rows))
    if preparation.series is not None:
        assert table.series is not None
        series = without_gaps(table.series.of(_cells(table, preparation.series.column, rows)))
    return Prepared(numeric, categorical, target, pixels, series)


def prepare_features(
    table: Table, preparation: Preparation, rows: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """As `prepare`, the features alone: float32 [rows, numeric] and int64 [rows, embedded columns and words]."""
    height = table.frame.height if rows is None else len(rows)
    numeric = np.empty((height, preparation.spec.numeric), np.float32)
    at = 0
    for encoder in preparation.encoders:
        width = len(encoder.names)
        encoder.write(_cells(table, encoder.column, rows), numeric[:, at : at + width])
        at += width
    width = len(preparation.embeddings) + sum(words.columns for words in preparation.texts)
    categorical = np.empty((height, width), np.int64)
    for at, embedding in enumerate(preparation.embeddings):
        categorical[:, at] = embedding.index(_cells(table, embedding.column, rows))
    at = len(preparation.embeddings)
    for words in preparation.texts:
        words.write(_cells(table, words.column, rows), categorical[:, at : at + words.columns])
        at += words.columns
    return numeric, categorical


def _cells(table: Table, name: str, rows: np.ndarray | None) -> pl.Series:
    cells = table.frame[name]
    return cells if rows is None else cells.gather(rows)
