"""The rows that every model of a comparison learns from and is measured on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from netwright.core.errors import SchemaError
from netwright.core.values import Task
from netwright.data import Preparation
from netwright.explanation.comparison.views import Rows, View, engineered_view, raw_view
from netwright.training.evaluation.evaluate import headline_of, in_own_unit
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER
from netwright.training.kinds import Kind, kinds_of
from netwright.training.learning_curve import nested_order, sizes_for
from netwright.training.recipe import merge
from netwright.training.settling import Settled, settle_job
from netwright.training.stage import Request

MOST_HELD = 10_000  # of validation and of test rows, each
NO_FOLDS: Mapping[str, Any] = {"preset": {"contenders": []}, "ensemble": {"folds": 1}}


@dataclass(frozen=True)
class Ground:
    """What every model has in common."""

    settled: Settled
    rows: Rows
    engineered: View
    raw: View
    target: NDArray[Any]  # of the training rows in nested order: class positions, or standardised values
    held_target: NDArray[Any]  # of the validation rows
    truths: tuple[NDArray[Any], NDArray[Any]]  # of validation and test rows: class positions, or values in their unit
    headline: str
    sizes: tuple[int, ...]  # rows to learn from, fewest first
    limits: tuple[str, ...]
    asked: Mapping[str, Any]  # settings of every training

    @property
    def preparation(self) -> Preparation:
        return self.settled.preparation

    @property
    def task(self) -> Task:
        return self.preparation.spec.task

    @property
    def higher_is_better(self) -> bool:
        return self.headline in HIGHER_IS_BETTER

    @property
    def own(self) -> Kind:
        """The network that `fit` would train for these rows."""
        return kinds_of(self.settled.recipe, self.preparation)[0]

    @property
    def own_view(self) -> View:
        """The rows as that network reads them."""
        kind, rows = self.own, self.rows
        return View(*(kind.narrow_rows(part) for part in rows.parts))

    @property
    def reads(self) -> str:
        spec = self.preparation.spec
        return "image" if spec.image else "series" if spec.series else "text" if spec.texts else "table"


def gather_ground(request: Request, most_train: int) -> Ground:
    """Read the rows and lay them out in both ways.

    Args:
        request: what is compared on; the settings are those of `fit`.
        most_train: rows to learn from that there is time for.

    Raises:
        NetwrightError: the data cannot be read or learnt from.
    """
    settled = settle_job(Request(merge(NO_FOLDS, request.settings), request.source))
    material, parts = settled.material, settled.parts
    if not len(parts.validation):
        raise SchemaError("expected validation rows, which name the best model, got none; set split.validation above 0")
    spec = settled.preparation.spec
    assert parts.train.target is not None
    order = nested_order(parts.train.target, spec.task == "regression", settled.recipe.training.seed)[:most_train]
    held, asked = (_thinned(len(part)) for part in (parts.validation, parts.test))
    split, picks = material.split, (order, held, asked)
    places = (split.train[order], split.validation[held], material.test_rows[asked])
    frames = [_frame(table.frame, place) for table, place in zip(_tables(settled), places, strict=True)]
    prepared = [part.rows(pick) for part, pick in zip((parts.train, parts.validation, parts.test), picks, strict=True)]
    rows = Rows(
        prepared[0], prepared[1], prepared[2], (frames[0], frames[1], frames[2]), tuple(material.schema.features), spec
    )
    target, held_target, test_target = (_known(part.target) for part in prepared)
    truths = [in_own_unit(values, settled.preparation) for values in (held_target, test_target)]
    every = in_own_unit(target, settled.preparation)
    return Ground(
        settled,
        rows,
        engineered_view(rows),
        raw_view(rows),
        target,
        held_target,
        (truths[0], truths[1]),
        headline_of(spec.task, every, settled.recipe.evaluation)[0],
        tuple(sizes_for(rows.train, spec.outputs)),
        _limits(settled, rows),
        request.settings.get("training", {}),
    )


def _known(target: NDArray[Any] | None) -> NDArray[Any]:
    assert target is not None
    return target


def _tables(settled: Settled) -> tuple[Any, Any, Any]:
    return settled.material.table, settled.material.table, settled.material.test


def _frame(frame: pl.DataFrame, places: NDArray[np.int64]) -> pl.DataFrame:
    return frame.select(pl.all().gather(places))


def _thinned(rows: int) -> NDArray[np.int64]:
    """Return places of at most MOST_HELD rows, evenly spread."""
    if rows <= MOST_HELD:
        return np.arange(rows)
    return np.linspace(0, rows - 1, MOST_HELD).round().astype(np.int64)


def _limits(settled: Settled, rows: Rows) -> tuple[str, ...]:
    parts = settled.parts
    pairs = (("learn from", parts.train, rows.train), ("validate on", parts.validation, rows.validation),
             ("test on", parts.test, rows.test))  # fmt: skip
    return tuple(
        f"{len(used):,} of {len(whole):,} rows to {what}" for what, whole, used in pairs if len(used) < len(whole)
    )
