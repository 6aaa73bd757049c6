"""Learning curves: the same network on growing shares of the training rows, measured on the same test rows.

Source: C. Cortes et al., Learning curves: asymptotic values and rate of convergence, 1993.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netwright.core.seeds import derive_seed
from netwright.core.values import LearningCurve, LearningPoint
from netwright.data import Prepared
from netwright.training import member_files
from netwright.training.batches import Batches, batch_sizes
from netwright.training.config import TrainingConfig
from netwright.training.crew import cut_short, make_member, train_crew
from netwright.training.evaluation.baselines import linear
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER
from netwright.training.journal import Journal
from netwright.training.kinds import kinds_of
from netwright.training.member_files import MEMBERS
from netwright.training.parts import part, tensors
from netwright.training.populations import Member, Trained
from netwright.training.setbacks import DIVERGED
from netwright.training.stage import Count, Stage, Watch, answers_of, score

SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
NETWORKS = 3  # for each share, from different seeds
LEAST_ROWS = 10


@dataclass(frozen=True)
class CurveNetwork:
    """What one network of the curve came to: the headline metric on the test rows."""

    rows: int
    value: float | None  # None where it diverged


def trace_learning_curve(stage: Stage, watch: Watch) -> LearningCurve:
    """Train networks on nested shares of the training rows (with folds: of all folds but the first), and compare.

    Every network takes as many optimizer steps as one on all rows would, and is stopped early by the same validation
    rows. No choice is made from the test rows here, so they judge as honestly as elsewhere.

    Raises:
        Interrupted: a signal came; finished networks are on disk.
    """
    rows, rest = _nested(stage)
    assert rows.target is not None
    sizes = sizes_for(rows, stage.preparation.spec.outputs)
    crew = [(size, _member(stage, watch, size, seed, (rows, rest))) for seed in range(NETWORKS) for size in sizes]
    found: dict[int, CurveNetwork] = {}
    for number in range(len(crew)):
        known = member_files.stored(_path(stage.folder, number), CurveNetwork)
        found |= {number: known} if known is not None else {}
    waiting = [number for number in range(len(crew)) if number not in found]
    Journal(stage.folder).write(f"learning curve: {len(waiting)} networks of {', '.join(map(str, sizes))} rows")

    def ended(trained: Trained) -> None:
        number = waiting[trained.number]
        size, member = crew[number]
        if trained.result is not None and cut_short(trained.result, member.config):
            return
        found[number] = CurveNetwork(size, _value(stage, watch, member, trained))
        member_files.store(_path(stage.folder, number), found[number])

    members = [crew[number][1] for number in waiting]
    train_crew(members, stage, watch, Count("learning curve", len(found), len(crew)), ended)
    return _curve(stage, watch, rows, list(found.values()))


def _nested(stage: Stage) -> tuple[Prepared, Batches]:
    """Return the training rows in an order in which every prefix has its share of each class, and the rows beside."""
    parts, batches = stage.parts, stage.parts.batches()[0]
    whole = part(parts.train, parts.sizes[0], sum(parts.sizes[1:])) if parts.sizes else parts.train
    assert whole.target is not None
    order = nested_order(whole.target, stage.preparation.spec.task == "regression", stage.recipe.training.seed)
    return whole.rows(order), batches


def nested_order(target: NDArray[np.generic], regression: bool, seed: int) -> NDArray[np.int64]:
    """Return an order of the rows: a row of each class first, then each class at an even pace.

    Row r (from 0) of the c rows of a class comes at (r + 1/2) / c.
    """
    shuffled = np.random.default_rng(derive_seed(seed, "learning curve")).permutation(len(target))
    if regression:
        return shuffled
    by_class = shuffled[np.argsort(target[shuffled], kind="stable")]
    _, starts, counts = np.unique(target[by_class], return_index=True, return_counts=True)
    rank = np.arange(len(target)) - np.repeat(starts, counts)
    pace = (rank + 0.5) / np.repeat(counts, counts)
    return np.asarray(by_class[np.lexsort((pace, rank > 0))])


def sizes_for(rows: Prepared, outputs: int) -> list[int]:
    """Return the numbers of rows to try, fewest first; those too few to learn anything from are left out."""
    assert rows.target is not None
    least, every = max(LEAST_ROWS, 2 * outputs), len(rows.target)
    return sorted({round(share * every) for share in SHARES if round(share * every) >= least} | {every})


def _member(stage: Stage, watch: Watch, size: int, seed: int, rows: tuple[Prepared, Batches]) -> Member:
    nested, batches = rows
    inputs, targets = tensors(part(nested, 0, size))
    batches = Batches(inputs, targets, batches.validation_inputs, batches.validation_targets)
    config = replace(stage.recipe.training, seed=derive_seed(stage.recipe.training.seed, "learning curve", seed))
    kind = kinds_of(stage.recipe, stage.preparation)[0]
    return make_member(kind, with_steps_of(config, size, len(nested.numeric)), batches, (stage, watch))


def with_steps_of(config: TrainingConfig, rows: int, every: int) -> TrainingConfig:
    """Return the config with as many epochs of `rows` as make the steps that it takes on `every` row."""
    steps = len(batch_sizes(every, config.batch_size))
    factor = steps / len(batch_sizes(rows, config.batch_size))
    patience = None if config.patience is None else math.ceil(config.patience * factor)
    return replace(config, epochs=math.ceil(config.epochs * factor), patience=patience)


def _path(folder: Path, number: int) -> Path:
    return folder / MEMBERS / f"curve-{number + 1:02}.json"


def _value(stage: Stage, watch: Watch, member: Member, trained: Trained) -> float | None:
    if trained.result is None or trained.result.stopped_because.startswith(DIVERGED):
        return None
    predicted = answers_of(member.module, stage.parts.test, stage.preparation)
    return score(watch.yardstick, watch.yardstick.truth, predicted)


def _curve(stage: Stage, watch: Watch, rows: Prepared, found: Sequence[CurveNetwork]) -> LearningCurve:
    sizes = sorted({network.rows for network in found if network.value is not None})
    points = [
        LearningPoint(
            size,
            tuple(network.value for network in found if network.rows == size and network.value is not None),
            _linear(stage, watch, part(rows, 0, size)),
        )
        for size in sizes
    ]
    headline = watch.yardstick.headline
    higher = headline in HIGHER_IS_BETTER
    return LearningCurve(headline, higher, len(watch.yardstick.truth), tuple(points), verdict_of(points, higher))


def _linear(stage: Stage, watch: Watch, rows: Prepared) -> float | None:
    """Measure a linear model on the same rows."""
    preparation, yardstick = stage.preparation, watch.yardstick
    predicted = linear(rows, stage.parts.test, preparation.spec)
    if yardstick.task == "regression":
        predicted = preparation.target.decode(predicted)
    return score(yardstick, yardstick.truth, predicted)


def verdict_of(points: Sequence[LearningPoint], higher_is_better: bool) -> str:
    """Say what the last step of the curve promises: whether it is larger than what seeds make of it.

    The step is believed where it exceeds twice its standard error, sqrt(s1^2 / n1 + s2^2 / n2) over networks.
    """
    if len(points) < 2:
        return "Too few sizes were trained to say whether more rows would help."
    before, last = points[-2:]
    step = (last.mean - before.mean) * (1 if higher_is_better else -1)
    error = math.sqrt(before.deviation**2 / len(before.values) + last.deviation**2 / len(last.values))
    said = f"from {before.rows:,} to {last.rows:,} rows"
    if step > 2 * error:
        return f"Still getting better {said}, by more than seeds differ: more rows of the same kind would help."
    if step < -2 * error:
        return f"It got worse {said}: more rows alone will not help; look at the recipe."
    return f"Flat {said}: the step is no larger than what seeds make of it, so more rows alone promise little."
