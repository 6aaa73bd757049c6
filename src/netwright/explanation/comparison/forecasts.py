"""Comparing shallow with deep on series that go on: what forecasts the next rows best, and at what price."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import save
from threadpoolctl import threadpool_limits
from torch import nn

from netwright.core.comparison import Audit, Comparison, Contestant, Cost, CurvePoint, Side
from netwright.core.errors import Interrupted, NetwrightError
from netwright.core.evidence import Measure
from netwright.explanation.comparison.claims import claims_on
from netwright.explanation.comparison.clock import FOR_TRAINING, Clock
from netwright.explanation.comparison.entries import Key
from netwright.explanation.comparison.latency import median_seconds
from netwright.explanation.comparison.measuring import difference
from netwright.explanation.comparison.memory import with_memory
from netwright.explanation.comparison.networks import Stopwatch
from netwright.explanation.comparison.recommending import behind, is_alike, recommend
from netwright.explanation.comparison.series_ground import (
    SeriesGround,
    gather_windows,
    lag_table,
    sampled_errors,
    without_normalization,
)
from netwright.explanation.comparison.standing import Standing, best_of
from netwright.explanation.comparison.surrogate import DEPTH
from netwright.training.environment import describe_environment
from netwright.training.evaluation.bootstrap import Sampled
from netwright.training.fit import fit
from netwright.training.forecasting.answering import answer
from netwright.training.forecasting.baselines import state_of
from netwright.training.forecasting.kept import bare
from netwright.training.forecasting.ridge import fit_ridge, thinned
from netwright.training.populations import one_thread_each
from netwright.training.session import Session
from netwright.training.stage import Request

SOLVED = "ridge, closed form"
NAIVE = "seasonal naive"
LEARNT: dict[str, tuple[Side, str, int | None]] = {  # recipes: their side, what they are, hidden layers
    "nlinear": ("shallow", "one linear map of the window", 0),
    "dlinear": ("shallow", "a linear map of the trend and one of the rest", 0),
    "gru": ("deep", "64 gated units over the window", None),
    "tcn": ("deep", "dilated causal convolutions", None),
    "patchtst": ("deep", "three blocks of attention over patches", 3),
}
FULL_SHARE = 0.5  # of the budget by which every model has learnt from all windows
BATCH, COPIED = 100, 300  # windows that are asked at once, and that the small tree learns from
RIDGE_ROWS = 400_000  # windows times channels


@dataclass(frozen=True)
class Fitted:
    """A forecast that has learnt."""

    network: nn.Module
    errors: NDArray[np.float64]  # of each test window
    seconds: float
    memory: int | None = None
    note: str = ""


@dataclass
class Race:
    """Forecasts about to learn, and those that have."""

    ground: SeriesGround
    clock: Clock
    done: dict[Key, Fitted] = field(default_factory=dict)
    skipped: list[Key] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Train what there is time for, the most telling first.

        Raises:
            Interrupted: a signal came.
        """
        keys = list(self._keys())
        for number, key in enumerate(keys):
            if self.clock.is_stopped:
                raise Interrupted((self.clock.stop and self.clock.stop.number) or 2, "nothing was written")
            self.clock.tell("forecasts", number, len(keys))
            full = [other for other in keys[number:] if self._is_full(other) and other.name in LEARNT]
            ends = self._deadline(len(full)) if key in full else self.clock.ends(FOR_TRAINING)
            if key not in full and key.name in LEARNT and self.clock.is_over(FOR_TRAINING):
                self.skipped.append(key)
                continue
            self._take(key, ends)

    def _is_full(self, key: Key) -> bool:
        return key.view == "engineered" and key.rows == self.ground.sizes[-1]

    def _deadline(self, waiting: int) -> float:
        now = time.monotonic()
        return now + max(1.0, self.clock.ends(FULL_SHARE) - now) / waiting

    def _keys(self) -> Iterator[Key]:
        sizes, spec = self.ground.sizes, self.ground.spec
        names = [*([NAIVE] if 1 < spec.period <= spec.lookback else []), SOLVED, *LEARNT]
        yield from (Key(name, "engineered", sizes[-1]) for name in names)
        yield from (Key(name, "raw", sizes[-1]) for name in LEARNT)
        for size in [sizes[0], *reversed(sizes[1:-1])] if len(sizes) > 1 else []:
            yield from (Key(name, "engineered", size) for name in names)

    def _take(self, key: Key, ends: float) -> None:
        try:
            fitted = self._learn(key, ends) if key.name in LEARNT else self._solve(key)
        except NetwrightError as error:
            if self._is_full(key):
                self.failed[key.name] = str(error)
            return
        if fitted is None:
            self.skipped.append(key)
        else:
            self.done[key] = fitted

    def _solve(self, key: Key) -> Fitted:
        """Repeat the last season, or fill the linear map in closed form."""
        ground, began = self.ground, time.thread_time()
        if key.name == NAIVE:
            network, memory = bare("naive", ground.spec), None
        else:
            most = max(1, RIDGE_ROWS // ground.material.series.shape[1])
            origins = (thinned(ground.latest(key.rows), most), thinned(ground.validation, most))
            sizes = (ground.spec.lookback, ground.spec.horizon)
            ridge, memory = with_memory(lambda: fit_ridge(ground.material.series, origins, sizes))
            network = bare("ridge", ground.spec)
            network.load_state_dict(state_of(ridge))
        seconds = time.thread_time() - began
        return Fitted(network.eval(), ground.errors(network, ground.test), seconds, memory)

    def _learn(self, key: Key, ends: float) -> Fitted | None:
        """Train a network by steps; None where a smaller training was cut so short that it says nothing."""
        config, training = self.ground.kind(key.name, key.rows)
        config = without_normalization(config) if key.view == "raw" else config
        network, watch = self.ground.network(config), Stopwatch()
        module, batches, loss = self.ground.task(network, key.rows)
        session = watch.session(Session(deadline=ends, loss=loss, stop=self.clock.stop))
        result, memory = with_memory(lambda: fit(module, batches, training, (), session))
        whole = len(result.epochs) >= 0.5 * training.epochs or "time" not in result.stopped_because
        if not whole and not self._is_full(key):
            return None
        note = "" if whole else f"{len(result.epochs)} of {training.epochs} epochs, for the budget"
        return Fitted(network.eval(), self.ground.errors(network, self.ground.test), watch.seconds, memory, note)


def compare_forecasts(request: Request, clock: Clock, name: str) -> Comparison:
    """Train and measure forecasts of the next rows of series.

    Args:
        request: the source, and settings as of a forecast.
        clock: the budget, and who is told.
        name: of the comparison.

    Raises:
        NetwrightError: the data cannot be read or learnt from.
        Interrupted: a signal came; nothing was written.
    """
    clock.tell("reading", 0, 1)
    race = Race(gather_windows(request, clock.most_rows), clock)
    with one_thread_each(), threadpool_limits(1):
        race.run()
        return _assess(race, name)


def _assess(race: Race, name: str) -> Comparison:
    ground, clock = race.ground, race.clock
    full = {key.name: key for key in race.done if key.view == "engineered" and key.rows == ground.sizes[-1]}
    scores = {key: sampled_errors(one.errors, ground.spec.horizon) for key, one in race.done.items()}
    clock.tell("time and small trees", 0, 1)
    audits = {one: _audit(ground, race.done[key]) for one, key in full.items()}
    costs = {one: _cost(ground, race.done[key]) for one, key in full.items()}
    standings = [_standing(race, scores, key, costs[one], audits[one]) for one, key in full.items()]
    best, schema = best_of(standings), ground.material.schema
    contestants = tuple(
        _contestant(
            race, scores, full[one.name], (behind(best, one), costs[one.name], audits[one.name], -one.validation)
        )
        for one in standings
    )
    return Comparison(
        name=name,
        source=ground.material.source,
        reads="forecast",
        task="forecast",
        target=", ".join(schema.channels),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        headline="mse",
        higher_is_better=False,
        rows={"train": len(ground.train), "validation": len(ground.validation), "test": len(ground.test)},
        engineered="each window less its last value, or by its own mean and size, put back afterwards",
        raw="windows as they are, of series standardised by their training rows",
        fidelity=f"share of the variance of its forecasts that a tree of depth {DEPTH} over the lags explains",
        contestants=contestants,
        claims=claims_on(standings),
        recommendation=recommend(standings, len(ground.test)),
        limits=_limits(race),
        notes=_notes(schema.lookback, schema.horizon),
        seconds=time.monotonic() - clock.began,
        processor_seconds=time.process_time() - clock.processor_began,
        environment=describe_environment(),
    )


def _notes(lookback: int, horizon: int) -> tuple[str, ...]:
    return (
        f"Rows are windows: {lookback:,} rows are read, the next {horizon:,} forecast. Fewer are the latest, next to "
        "what is tested.",
        "Intervals are of stretches of test windows as long as the horizon; each model was trained once.",
        "Times are processor seconds of one thread. Memory is the peak of training beyond what was held before.",
    )


def _limits(race: Race) -> tuple[str, ...]:
    raw = sorted({key.name for key in race.skipped if key.view == "raw"})
    smaller = sorted({key.name for key in race.skipped if key.view != "raw"})
    every = len(race.ground.material.origins.train)
    said = [f"{len(race.ground.train):,} of {every:,} windows to learn from"] if len(race.ground.train) < every else []
    said += [f"not tried on raw windows for want of time: {', '.join(raw)}"] if raw else []
    said += [f"not on every size for want of time: {', '.join(smaller)}"] if smaller else []
    said += [f"{key.name}: {one.note}" for key, one in race.done.items() if one.note]
    said += [f"{name} could not be trained: {why}" for name, why in race.failed.items()]
    return tuple(said)


def _cost(ground: SeriesGround, one: Fitted) -> Cost:
    rows = min(BATCH, len(ground.test))

    def ask(count: int) -> list[object]:
        return list(answer(one.network, ground.windows(ground.test[:count])))

    size = len(save(dict(one.network.state_dict())))
    return Cost(
        one.seconds, one.memory, size, median_seconds(partial(ask, 1)), median_seconds(partial(ask, rows)), rows
    )


def _audit(ground: SeriesGround, one: Fitted) -> Audit:
    """Count what a forecast goes through, and have a small tree over the lags repeat it."""
    from sklearn.tree import DecisionTreeRegressor

    learnt = lag_table(ground, thinned(ground.train, COPIED), one.network)
    asked = lag_table(ground, thinned(ground.test, COPIED), one.network)
    copy = DecisionTreeRegressor(max_depth=DEPTH, random_state=0).fit(*learnt)
    left = ((copy.predict(asked[0]) - asked[1]) ** 2).mean()
    share = 1.0 - left / max(float(asked[1].var()), 1e-12)
    weights = sum(weight.numel() for weight in one.network.parameters())
    reaching = weights or ground.spec.horizon  # a season is repeated: as many values as are forecast
    return Audit(weights, reaching, Measure(float(share), None, None))


def _validation(race: Race, key: Key) -> float:
    return float(race.ground.errors(race.done[key].network, race.ground.validation).mean())


def _standing(race: Race, scores: dict[Key, Sampled], key: Key, cost: Cost, audit: Audit) -> Standing:
    sizes = race.ground.sizes
    return Standing(
        key.name,
        _side(key.name),
        -_validation(race, key),
        scores[key],
        cost.train_seconds,
        cost.row_seconds,
        audit.reaching,
        scores.get(replace_size(key, sizes[0])) if len(sizes) > 1 else None,
        scores.get(Key(key.name, "raw", key.rows)),
        audit.fidelity,
        not race.done[key].note,
    )


def replace_size(key: Key, size: int) -> Key:
    """Return the key of the same model on other windows."""
    return Key(key.name, key.view, size)


def _side(name: str) -> Side:
    return LEARNT[name][0] if name in LEARNT else "shallow"


def _contestant(
    race: Race, scores: dict[Key, Sampled], key: Key, known: tuple[Measure, Cost, Audit, float]
) -> Contestant:
    gap, cost, audit, validation = known
    raw = scores.get(Key(key.name, "raw", key.rows))
    said = {NAIVE: f"a season of {race.ground.spec.period:,} rows again", SOLVED: "one linear map by least squares"}
    keys = [replace_size(key, size) for size in race.ground.sizes]
    return Contestant(
        name=key.name,
        side=_side(key.name),
        what=LEARNT[key.name][1] if key.name in LEARNT else said[key.name],
        depth=LEARNT[key.name][2] if key.name in LEARNT else 0,
        validation=validation,
        measure=_as_error(scores[key]),
        behind=gap,
        alike=is_alike(gap),
        cost=cost,
        audit=audit,
        curve=tuple(
            CurvePoint(one.rows, _as_error(scores[one]), race.done[one].seconds) for one in keys if one in race.done
        ),
        raw=None if raw is None else _as_error(raw),
        engineering=None if raw is None else difference(scores[key], raw).measure(),
        note=race.done[key].note,
    )


def _as_error(score: Sampled) -> Measure:
    """Return a score, of which more is better, as the error that it is."""
    found = score.measure()
    if found.value is None or found.low is None or found.high is None:
        return Measure(-score.value if math.isfinite(score.value) else None, None, None)
    return Measure(-found.value, -found.high, -found.low)
