"""Comparing shallow with deep on a table, images, texts or series of a source."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from threadpoolctl import threadpool_limits

from netwright.core.comparison import Audit, Comparison, Contestant, Cost, CurvePoint
from netwright.core.errors import SchemaError
from netwright.core.evidence import Measure
from netwright.explanation.comparison.claims import claims_on
from netwright.explanation.comparison.clock import Clock
from netwright.explanation.comparison.entries import Kept, Key, Model, Results
from netwright.explanation.comparison.ground import Ground, gather_ground
from netwright.explanation.comparison.latency import median_seconds
from netwright.explanation.comparison.limits import limits_of, notes_on
from netwright.explanation.comparison.measuring import difference, sample_all, value_of
from netwright.explanation.comparison.recommending import behind, is_alike, recommend
from netwright.explanation.comparison.shallow import SHALLOW
from netwright.explanation.comparison.standing import Standing, best_of
from netwright.explanation.comparison.surrogate import MOST_ROWS, fidelity, unit_of
from netwright.explanation.comparison.training import Trainer, models_of
from netwright.explanation.comparison.views import first, said_of
from netwright.training.environment import describe_environment
from netwright.training.evaluation.bootstrap import Sampled
from netwright.training.populations import one_thread_each
from netwright.training.stage import Request

BATCH = 1000  # rows that are asked at once

Scores = Mapping[Key, Sampled]  # higher is better


def compare_rows(request: Request, clock: Clock, name: str) -> Comparison:
    """Train and measure every model on the rows of a source.

    Args:
        request: the source, and settings as of `fit`.
        clock: the budget, and who is told.
        name: of the comparison.

    Raises:
        NetwrightError: the data cannot be read or learnt from.
        Interrupted: a signal came; nothing was written.
    """
    clock.tell("reading", 0, 1)
    ground = gather_ground(request, clock.most_rows)
    trainer, results = Trainer(ground, clock, models_of(ground)), Results()
    with one_thread_each(), threadpool_limits(1):
        trainer.train_shallow(results)
        trainer.train_networks(results)
        return Assessing(trainer, results, _scores(ground, results)).comparison(name)


def _scores(ground: Ground, results: Results) -> Scores:
    """Return how good every training's answers are, on shared resamples; higher is better."""
    found = sample_all(ground.task, ground.headline, ground.truths[1], results.answers())
    sign = 1.0 if ground.higher_is_better else -1.0
    return {key: Sampled(sign * one.value, sign * one.draws, one.shrink) for key, one in found.items()}


@dataclass(frozen=True)
class Assessing:
    """From what was trained to what it is worth."""

    trainer: Trainer
    results: Results
    scores: Scores

    @property
    def ground(self) -> Ground:
        return self.trainer.ground

    def _measure(self, key: Key) -> Measure:
        return _read_again(self.scores[key], self.ground.higher_is_better)

    def comparison(self, name: str) -> Comparison:
        """Return the whole comparison."""
        ground, clock = self.ground, self.trainer.clock
        shown = [model for model in self.trainer.models if self._key(model) in self.results.kept]
        if not shown:
            raise SchemaError(f"no model could be trained: {'; '.join(self.results.failed.values())[:500]}")
        audits = self._audits(shown)
        costs = self._costs(shown)
        standings = [self._standing(model, costs[model.name], audits[model.name]) for model in shown]
        best = best_of(standings)
        contestants = tuple(
            self._contestant(model, (one, behind(best, one)), costs[model.name], audits[model.name])
            for model, one in zip(shown, standings, strict=True)
        )
        made, plain = said_of(ground.preparation.spec)
        schema = ground.settled.material.schema
        return Comparison(
            name=name,
            source=ground.settled.material.table.source,
            reads=ground.reads,
            task=ground.task,
            target=schema.target,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            headline=ground.headline,
            higher_is_better=ground.higher_is_better,
            rows={
                part: len(rows) for part, rows in zip(("train", "validation", "test"), ground.rows.parts, strict=True)
            },
            engineered=made,
            raw=plain,
            fidelity=unit_of(ground.task),
            contestants=contestants,
            claims=claims_on(standings),
            recommendation=recommend(standings, len(ground.rows.test)),
            limits=limits_of(ground, self.results),
            notes=notes_on(ground, self.results),
            seconds=time.monotonic() - clock.began,
            processor_seconds=time.process_time() - clock.processor_began,
            environment=describe_environment(),
        )

    def _key(self, model: Model, rows: int | None = None) -> Key:
        return Key(model.name, model.view, self.ground.sizes[-1] if rows is None else rows)

    def _audits(self, models: list[Model]) -> dict[str, Audit]:
        found = {}
        for number, model in enumerate(models):
            self.trainer.clock.tell("small trees that repeat them", number, len(models))
            trained, ground = self.results.kept[self._key(model)].trained, self.ground
            view = self.trainer.view_of(self._key(model))
            learnt = trained.answer(first(view.train, MOST_ROWS))
            said = (learnt, self.results.kept[self._key(model)].test)
            agreed = fidelity(ground.task, (first(ground.raw.train, MOST_ROWS), ground.raw.test), said)
            found[model.name] = Audit(trained.stored, trained.reaching, agreed)
        return found

    def _costs(self, models: list[Model]) -> dict[str, Cost]:
        found = {}
        for number, model in enumerate(models):
            self.trainer.clock.tell("time and memory", number, len(models))
            key, kept = self._key(model), self.results.kept[self._key(model)]
            memory = kept.trained.memory_bytes if model.name in SHALLOW else self.trainer.memory_of(key)
            found[model.name] = self._cost(key, kept, memory)
        return found

    def _cost(self, key: Key, kept: Kept, memory: int | None) -> Cost:
        asked, answer = self.trainer.view_of(key).test, kept.trained.answer
        rows = min(BATCH, len(self.ground.rows.test))
        one, several = first(asked, 1), first(asked, rows)
        return Cost(
            train_seconds=kept.trained.seconds,
            memory_bytes=memory,
            disk_bytes=kept.trained.disk_bytes,
            row_seconds=median_seconds(partial(answer, one)),
            batch_seconds=median_seconds(partial(answer, several)),
            batch_rows=rows,
        )

    def _standing(self, model: Model, cost: Cost, audit: Audit) -> Standing:
        smallest = self.ground.sizes[0]
        return Standing(
            model.name,
            model.side,
            self._goodness(model),
            self.scores[self._key(model)],
            cost.train_seconds,
            cost.row_seconds,
            audit.reaching,
            self.scores.get(self._key(model, smallest)) if len(self.ground.sizes) > 1 else None,
            self.scores.get(Key(model.name, "raw", self.ground.sizes[-1])),
            audit.fidelity,
            not self.results.kept[self._key(model)].trained.note,
        )

    def _goodness(self, model: Model) -> float:
        """Return the metric on validation rows, higher being better; the worst of all where it is not defined."""
        view = self.trainer.view_of(self._key(model))
        said = self.results.kept[self._key(model)].trained.answer(view.validation)
        value = value_of(self.ground.task, self.ground.headline, self.ground.truths[0], said)
        if value is None:
            return -math.inf
        return value if self.ground.higher_is_better else -value

    def _contestant(self, model: Model, found: tuple[Standing, Measure], cost: Cost, audit: Audit) -> Contestant:
        standing, gap = found
        key = self._key(model)
        unprepared, kept = Key(model.name, "raw", key.rows), self.results.kept[key]
        raw = self.scores.get(unprepared)
        return Contestant(
            name=model.name,
            side=model.side,
            what=kept.what,
            depth=model.depth,
            validation=_number(standing.validation, self.ground.higher_is_better),
            measure=self._measure(key),
            behind=gap,
            alike=is_alike(gap),
            cost=cost,
            audit=audit,
            curve=self._curve(model),
            raw=None if raw is None else self._measure(unprepared),
            engineering=None if raw is None else difference(self.scores[key], raw).measure(),
            note=kept.trained.note,
        )

    def _curve(self, model: Model) -> tuple[CurvePoint, ...]:
        keys = [self._key(model, size) for size in self.ground.sizes]
        return tuple(
            CurvePoint(key.rows, self._measure(key), self.results.kept[key].trained.seconds)
            for key in keys
            if key in self.results.kept
        )


def _number(goodness: float, higher_is_better: bool) -> float | None:
    """Return a metric from how good it is; None where it is not defined."""
    return None if goodness == -math.inf else goodness if higher_is_better else -goodness


def _read_again(score: Sampled, higher_is_better: bool) -> Measure:
    """Return a score as the metric reads: an error is no longer negative."""
    found = score.measure()
    if higher_is_better or found.value is None:
        return found
    low, high = (None if end is None else -end for end in (found.high, found.low))
    return Measure(-found.value, low, high)
