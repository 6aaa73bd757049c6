"""A run on a table as a patient: recipes are trained on its own prepared rows and judged on its validation rows."""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from torch import Tensor, nn

from netwright.core.errors import Interrupted, NetwrightError, RunError
from netwright.core.interrupts import StopSignal
from netwright.core.values import EpochRecord
from netwright.diagnosis.case import Case
from netwright.diagnosis.from_run.facts import Record, case_from
from netwright.diagnosis.from_run.tables import Guessed, facts_of
from netwright.diagnosis.illness import Change
from netwright.diagnosis.treatment.recipes import apply_to_recipe, shortened
from netwright.networks import fit_to_rows
from netwright.networks.layers.numeric_embedding import PiecewiseEmbedding
from netwright.training.batches import Batches
from netwright.training.evaluation.evaluate import truth_of
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER, METRICS
from netwright.training.fit import fit
from netwright.training.inference import from_logits
from netwright.training.kinds import kinds_of
from netwright.training.populations import Member, fit_population
from netwright.training.recipe import Recipe
from netwright.training.session import Session
from netwright.training.stage import Stage, logits_of

FEWEST_EPOCHS = 8  # of a trial, where the recipe has as many
UNITS = {"r2": "explained variance (r2)"}
FEWEST_STEPS = 300  # of a trial, where the recipe has as many: fewer say little of a remedy


@dataclass(frozen=True)
class RunPatient:
    """What the treatment of a run needs to try a recipe."""

    stage: Stage
    guessed: Guessed
    metric: str  # of the scores: higher is better
    share: float  # of the epochs of a recipe that a trial of it takes
    reference: float | None = None  # score of simple models on rows of the same kind
    stop: StopSignal | None = None
    deadline: float = math.inf  # in time.monotonic() seconds
    edges: dict[tuple[int, str], list[Tensor]] = field(default_factory=dict, compare=False)  # found so far

    @property
    def name(self) -> str:
        return self.stage.folder.name

    @property
    def plan(self) -> Recipe:
        """The recipe as it was, of one network."""
        return replace(self.stage.recipe, contenders={})

    @property
    def unit(self) -> str:
        return UNITS.get(self.metric, self.metric)

    @property
    def floor(self) -> float:
        return -1.0 if self.metric in ("r2", "mcc") else 0.0

    @property
    def can_be_tuned(self) -> bool:
        return self.share >= 1.0

    @property
    def late(self) -> bool:
        return time.monotonic() > self.deadline

    def changed(self, recipe: Recipe, change: Change) -> Recipe | None:
        """Return a recipe with a change; None where it does not apply or its network cannot be built."""
        other = apply_to_recipe(recipe, change, self.stage.preparation.task)
        if other is None:
            return None
        try:
            kinds_of(other, self.stage.preparation)[0].build()
        except NetwrightError:
            return None
        return other

    def scores(self, recipe: Recipe, seeds: Sequence[int]) -> list[float | None]:
        """Train a recipe's network from each seed and measure it on the validation rows; None: it diverged.

        Raises:
            Interrupted: a signal came.
        """
        members = [self._member(recipe, seed) for seed in seeds]
        trained = {one.number: one for one in fit_population(members, self._batches)}
        if self.stop is not None and self.stop.number is not None:
            raise Interrupted(self.stop.number, "nothing was changed")
        if len(trained) < len(members):
            raise KeyboardInterrupt
        return [None if trained[number].error else score_of(self, member) for number, member in enumerate(members)]

    def case(self, recipe: Recipe) -> Case:
        """Train a recipe's network with records, as `fit` would but shorter, and return its case."""
        heard: list[Record] = []
        seed = recipe.training.seed
        config = replace(shortened(recipe.training, self.share), statistics=True, record_every=5, seed=seed)
        short = replace(recipe, training=config)
        with suppress(RunError):  # it diverged: its records say so
            fit(self._module(short, seed), self._batches, config, (heard.append,), session_of(self))
        rows = self.stage.info.split.get("train", len(self.stage.parts.train))
        return case_from(facts_of(short, self.stage.preparation, rows, self.guessed), heard)

    @property
    def _batches(self) -> Batches:
        return self.stage.parts.batches()[0]

    def _member(self, recipe: Recipe, seed: int) -> Member:
        config = replace(shortened(recipe.training, self.share), seed=seed, engine="auto")
        return Member(self._module(recipe, seed), config, self._batches, session_of(self))

    def _module(self, recipe: Recipe, seed: int) -> nn.Module:
        """Build a network from a seed; the bins of its columns, the same for every seed, are found once."""
        kind = kinds_of(recipe, self.stage.preparation)[0]
        module = kind.build(seed)
        layers = [layer for layer in module.modules() if isinstance(layer, PiecewiseEmbedding)]
        name = (recipe.network.bins, recipe.network.edges_from)
        if layers and name in self.edges and recipe.network.initialization != "data_driven":
            for layer, edges in zip(layers, self.edges[name], strict=True):
                layer.edges.copy_(edges)
            return module
        fit_to_rows(module, self._batches.train_inputs, self._batches.train_targets, seed)
        if kind.spec.image is None and kind.spec.series is None:  # whose layers learn more from the rows
            self.edges[name] = [layer.edges.clone() for layer in layers]
        return module


def session_of(patient: RunPatient) -> Session:
    return Session(stop=patient.stop, task=patient.stage.preparation.task)


def score_of(patient: RunPatient, member: Member) -> float | None:
    """Return a trained network's score on the validation rows; None where it is not finite."""
    rows, preparation = patient.stage.parts.validation, patient.stage.preparation
    said = from_logits(logits_of(member.module, rows), preparation)
    measure = METRICS[preparation.task][patient.metric]
    value = float(measure(truth_of(rows, preparation), said, np.ones((1, len(rows))))[0])
    return value if math.isfinite(value) else None


def metric_for(stage: Stage, headline: str) -> str:
    """Return what trials are judged by: the run's headline where it has a known best, else the share explained."""
    if stage.preparation.task == "regression":
        return "r2"
    return headline if headline in HIGHER_IS_BETTER else "accuracy"


def share_of_a_trial(recipe: Recipe, records: Sequence[EpochRecord], rows: int, seconds: float) -> float:
    """Return the share of the epochs that a trial of so many seconds has room for, and no less than says something."""
    steps = max(1, math.ceil(rows / recipe.training.batch_size))
    each = records[-1].seconds / len(records) if records else 0.0
    fitting = int(seconds / each) if each > 0.0 else recipe.training.epochs
    fewest = max(FEWEST_EPOCHS, math.ceil(FEWEST_STEPS / steps))
    return min(1.0, max(fewest, fitting) / recipe.training.epochs)
