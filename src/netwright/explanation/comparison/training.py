"""Training every model of a comparison on every size, within the budget: what matters most comes first."""

import importlib.util
import signal
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch

from netwright.core.errors import Interrupted
from netwright.explanation.comparison import networks, shallow
from netwright.explanation.comparison.clock import FOR_BOOSTED, FOR_OTHERS, FOR_SHALLOW, FOR_TRAINING, Clock
from netwright.explanation.comparison.entries import Kept, Key, Model, Results
from netwright.explanation.comparison.ground import Ground
from netwright.explanation.comparison.memory import with_memory
from netwright.explanation.comparison.views import View, first
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.crew import cut_short
from netwright.training.fit import fit
from netwright.training.populations import Member, fit_population
from netwright.training.populations import Trained as OfPopulation
from netwright.training.session import Session

OWN = "network of fit"


def models_of(ground: Ground) -> tuple[Model, ...]:
    """Return every model of the comparison, the shallow ones first."""
    simple = [Model(name, "shallow", "engineered", None, kind.reads_dense) for name, kind in shallow.SHALLOW.items()]
    deep = [
        Model(networks.name_of(depth), "deep" if depth > 1 else "shallow", "engineered", depth)
        for depth in networks.DEPTHS
    ]
    hidden = len(ground.own.network.hidden_sizes)
    return (*simple, *deep, Model(OWN, "deep", "own", hidden))


def keys_of(models: Sequence[Model], sizes: Sequence[int]) -> Iterator[Key]:
    """Yield every training, the most telling first: all rows, then raw columns, then ever fewer rows."""
    every = sizes[-1]
    yield from (Key(model.name, model.view, every) for model in models)
    yield from (Key(model.name, "raw", every) for model in models if model.view == "engineered")
    for size in [sizes[0], *reversed(sizes[1:-1])] if len(sizes) > 1 else []:
        yield from (Key(model.name, model.view, size) for model in models)


@dataclass(frozen=True)
class Trainer:
    """Trains the models of a comparison."""

    ground: Ground
    clock: Clock
    models: tuple[Model, ...]

    def view_of(self, key: Key) -> View:
        """Return the rows as a model reads them for this training."""
        if key.view == "own":
            return self.ground.own_view
        view = self.ground.raw if key.view == "raw" else self.ground.engineered
        return view.dense() if self._model(key).reads_dense else view

    def _model(self, key: Key) -> Model:
        return next(model for model in self.models if model.name == key.name)

    def train_shallow(self, results: Results) -> None:
        """Train the shallow models, one after another on one thread; the first ones always."""
        keys = [key for key in keys_of(self.models, self.ground.sizes) if key.name in shallow.SHALLOW]
        for number, key in enumerate(keys):
            self.clock.tell("shallow models", number, len(keys))
            needed = key.view == "engineered" and key.rows == self.ground.sizes[-1]
            if not needed and self.clock.is_over(FOR_SHALLOW):
                results.skipped.append(key)
                continue
            view = self.view_of(key)
            room = (FOR_BOOSTED if needed else FOR_OTHERS) * self.clock.budget
            learner = shallow.Learner(key.name, self.ground.preparation, room)
            trained, what = learner.fit(first(view.train, key.rows), self.ground.target[: key.rows])
            results.kept[key] = Kept(trained, trained.answer(view.test), what)

    def train_networks(self, results: Results) -> None:
        """Train the networks side by side, a thread each, by one population.

        Raises:
            Interrupted: a signal came.
        """
        keys = [key for key in keys_of(self.models, self.ground.sizes) if key.name not in shallow.SHALLOW]
        tasks = [self.task_of(key) for key in keys]
        self._load_engine(tasks[0])
        session = Session(stop=self.clock.stop, deadline=self.clock.ends(FOR_TRAINING), task=self.ground.task)
        watches = [networks.Stopwatch() for _ in tasks]
        members = [
            Member(task.module(), task.config, task.batches, watch.session(session))
            for task, watch in zip(tasks, watches, strict=True)
        ]
        ended: list[OfPopulation] = []

        def tell(trained: OfPopulation) -> None:
            ended.append(trained)
            self.clock.tell("networks", len(ended), len(members))

        left: list[int] = []
        with self.clock.stop.deferred() if self.clock.stop else nullcontext():
            self.clock.tell("networks", 0, len(members))
            found = fit_population(members, tasks[0].batches, None, tell, lambda: self._leave_out(left))
        self._refuse_interruption(len(found) + len(left), len(members))
        done = {one.number: one for one in found}
        for number, key in enumerate(keys):
            self._keep(key, (members[number], watches[number].seconds), done.get(number), results)

    def _leave_out(self, left: list[int]) -> bool:
        leave = self.clock.is_stopped or self.clock.is_over(FOR_TRAINING)
        left.extend([1] * leave)
        return leave

    def _refuse_interruption(self, accounted: int, members: int) -> None:
        if self.clock.is_stopped or accounted < members:  # Ctrl-C, with a listener or without
            number = self.clock.stop.number if self.clock.stop else None
            raise Interrupted(number or signal.SIGINT, "nothing was written")

    def _keep(
        self, key: Key, member_and_seconds: tuple[Member, float], found: OfPopulation | None, results: Results
    ) -> None:
        member, seconds = member_and_seconds
        if found is None:
            results.skipped.append(key)
            return
        if found.result is None:
            if key.rows == self.ground.sizes[-1] and key.view != "raw":
                results.failed[key.name] = str(found.error)
            return
        needed = key.view != "raw" and key.rows == self.ground.sizes[-1]
        short = cut_short(found.result, member.config)
        if short and not needed:
            results.skipped.append(key)
            return
        note = f"{len(found.result.epochs)} of {member.config.epochs} epochs, for the budget" if short else ""
        trained = networks.trained_network(member.module, seconds, self.ground.preparation, note)
        results.kept[key] = Kept(trained, trained.answer(self.view_of(key).test), self._said(key))

    def _said(self, key: Key) -> str:
        depth = self._model(key).depth
        if key.view == "own":
            return f"recipe {self.ground.own.name}, which reads what it prepares itself"
        return networks.said_config(depth or 0)

    def task_of(self, key: Key) -> networks.Trainee:
        """Return the network to train for a key, with its rows."""
        ground, view, model = self.ground, self.view_of(key), self._model(key)
        seed, asked = ground.settled.recipe.training.seed, ground.asked
        inputs = networks.inputs_to(first(view.train, key.rows))
        targets, held = (torch.from_numpy(_writable(part)) for part in (ground.target[: key.rows], ground.held_target))
        batches = Batches(inputs, targets, networks.inputs_to(view.validation), held)
        spec = ground.preparation.spec
        if key.view == "own":
            return networks.Trainee(lambda: ground.own.build(seed), self._own_training(key.rows), batches)
        build = networks.building(model.depth or 0, view.columns, spec, seed)
        return networks.Trainee(build, networks.training_of("single", spec.task, key.rows, asked), batches)

    def _own_training(self, rows: int) -> TrainingConfig:
        """Return the training that `fit` chooses for so many rows."""
        kind = self.ground.own
        if rows == len(self.ground.settled.parts.train):
            return networks.at_ease(kind.training, kind.training.seed)
        return networks.training_of(kind.name, self.ground.task, rows, self.ground.asked)

    def _load_engine(self, task: networks.Trainee) -> None:
        """Load the compiled engine before anything is timed: it is loaded once, whoever needs it."""
        engine = "fused" if importlib.util.find_spec("numba") else "eager"
        config = replace(task.config, epochs=1, engine=engine)
        fit(task.module(), task.batches, config, (), Session(task=self.ground.task))

    def memory_of(self, key: Key) -> int | None:
        """Return what one epoch of a network's training takes, alone."""
        task = self.task_of(key)
        config = replace(task.config, epochs=1, schedule="constant", stop_at_cycle=False)
        session = Session(task=self.ground.task, networks=len(networks.DEPTHS))
        return with_memory(lambda: fit(task.module(), task.batches, config, (), session))[1]


def _writable(part: Any) -> Any:
    return part if part.flags.writeable else part.copy()
