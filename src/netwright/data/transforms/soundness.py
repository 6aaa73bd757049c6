"""What a preparation that was read from a file must keep, so that it can be applied: checked before any row is."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from netwright.core.values import Column, Kind, Schema, Task
from netwright.data.schema.datetimes import FORMATS
from netwright.data.transforms.boolean import Boolean
from netwright.data.transforms.cyclic_datetime import CIRCLES, CyclicDatetime
from netwright.data.transforms.embedding import Embedding
from netwright.data.transforms.one_hot import OneHot
from netwright.data.transforms.preparation import Encoder, Preparation
from netwright.data.transforms.quantile_normal import QuantileNormal
from netwright.data.transforms.scale import Scale
from netwright.data.transforms.words import MOST_LENGTH, MOST_PARTS, Words

_KINDS: dict[type, tuple[Kind, ...]] = {
    Scale: ("numeric", "identifier", "constant"),
    QuantileNormal: ("numeric", "identifier", "constant"),
    CyclicDatetime: ("datetime",),
    Boolean: ("boolean",),
    Words: ("text",),
}  # the others take any
_CLASSES: dict[Task, tuple[int, float]] = {"regression": (0, 0), "binary": (2, 2), "multiclass": (3, float("inf"))}


def fault_of_preparation(schema: Schema, preparation: Preparation) -> str:
    """Return the first thing that no run of ours would have written, or nothing."""
    return (
        next(_schema_faults(schema), "")
        or next(_target_faults(schema, preparation), "")
        or fault_of_features({column.name: column for column in schema.features}, preparation)
    )


def fault_of_features(features: dict[str, Column] | None, preparation: Preparation) -> str:
    """As `fault_of_preparation`, of the features alone; None: all are numbers, of any name."""
    return next(_feature_faults(features, preparation), "")


def _schema_faults(schema: Schema) -> Iterator[str]:
    names = Counter(column.name for column in schema.columns)
    yield from (f"the column {_short(name)} stands twice" for name, count in names.items() if count > 1)
    targets = [column.name for column in schema.columns if column.role == "target"]
    if targets != [schema.target]:
        yield f"expected one target column called {_short(schema.target)}, got {len(targets)}"
    for column in schema.columns:
        if column.datetime_format is not None and column.datetime_format not in FORMATS:
            yield f"the column {_short(column.name)} has the unknown format of dates {_short(column.datetime_format)}"
        if fault := _fault_of_shape(column):
            yield f"the column {_short(column.name)} has {fault}"


def _fault_of_shape(column: Column) -> str:
    """Return what is wrong with the bins that new rows are compared by, or nothing."""
    if not all(0.0 <= share <= 1.0 for share in column.shares) or not 0 <= column.missing <= column.rows:
        return "shares or counts that cannot be"
    if column.shares and not column.categories and len(column.shares) != len(column.edges) + 1:
        return "other bins than edges"
    if len(column.shares) > len(column.categories) > 0:
        return "more shares than categories"
    rising = all(low < high for low, high in pairwise(column.edges))
    return "" if rising else "edges that do not rise"


def _target_faults(schema: Schema, preparation: Preparation) -> Iterator[str]:
    target = preparation.target
    if preparation.task != schema.task or target.column != schema.target or target.classes != schema.classes:
        yield "the schema and the preparation are of different targets"
    least, most = _CLASSES[schema.task]
    if not least <= len(schema.classes) <= most or len(set(schema.classes)) < len(schema.classes):
        yield f"expected other classes for a {schema.task} task than the {len(schema.classes):,} that came"
    if target.clamped and (target.minimum is None or target.maximum is None):
        yield "the target is held to a range that is not given"


def _feature_faults(features: dict[str, Column] | None, preparation: Preparation) -> Iterator[str]:
    order = set(preparation.order)
    if len(order) < len(preparation.order):
        yield "a feature stands twice in the order"
    for encoder in (*_numeric(preparation), *preparation.embeddings, *preparation.texts):
        name = _short(encoder.column)
        if not isinstance(encoder, Embedding | Words) and encoder.column not in order:
            yield f"the encoder of {name} is not in the order"
        if features is not None and encoder.column not in features:
            yield f"the encoder of {name} is of no feature"
        elif features is not None and features[encoder.column].kind not in _KINDS.get(
            type(encoder), (features[encoder.column].kind,)
        ):
            yield f"the encoder of {name} does not suit its kind"
        if fault := _own_fault(encoder):
            yield f"the encoder of {name} {fault}"


def _numeric(preparation: Preparation) -> tuple[Encoder, ...]:
    own = preparation
    return (*own.scales, *own.quantiles, *own.one_hots, *own.booleans, *own.datetimes)


def _own_fault(encoder: Encoder | Embedding | Words) -> str:
    if isinstance(encoder, Words):
        if len(set(encoder.vocabulary)) < len(encoder.vocabulary):
            return "has a word twice"
        sound = 1 < encoder.length <= MOST_LENGTH and 0 < encoder.parts <= MOST_PARTS
        return "" if sound else "reads more or fewer words than can be"
    if isinstance(encoder, OneHot | Embedding) and len(set(encoder.categories)) < len(encoder.categories):
        return "has a category twice"
    if isinstance(encoder, CyclicDatetime) and not set(encoder.parts) <= set(CIRCLES):
        return "turns on an unknown circle"
    knots = encoder.quantiles if isinstance(encoder, QuantileNormal) else (0.0, 0.0)
    return "" if len(knots) > 1 and list(knots) == sorted(knots) else "has no rising quantiles"


def _short(name: str) -> str:
    return repr(name[:80])
