"""Training networks that are built, on batches that are ready; one by `fit`, several by `fit_population`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from netwright.core.seeds import derive_seed
from netwright.core.values import Choice, EpochRecord, Task
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.choice import choose_engine, why_not_fused
from netwright.training.fit import fit
from netwright.training.optimizers import Updater, make_updater
from netwright.training.populations import Member, Trained, fit_population
from netwright.training.records import Record
from netwright.training.session import FitResult, Session

PREFERRED = "estimators are fitted often, so that loading the compiled code pays"


@dataclass(frozen=True)
class Schooling:
    """How networks are trained beside what the recipe says."""

    task: Task
    threads: Any  # members at once
    verbose: bool
    updaters: tuple[Updater, ...]  # that an earlier pass left; empty: fresh ones
    keep: bool  # whether another pass will follow


def train(
    networks: Sequence[nn.Module], batches: Batches, config: TrainingConfig, school: Schooling
) -> tuple[tuple[FitResult, ...], Choice, tuple[Updater, ...]]:
    """Train networks in place; return what came of each, the engine with its reason, and the optimizers if kept.

    Raises:
        NetwrightError: the first that ended a network's training.
    """
    choice = settle_engine(networks[0], config, batches, school.task)
    config = replace(config, engine=choice.value, threads=config.threads if len(networks) == 1 else 1)
    updaters = _updaters(networks, config, school)
    members = [
        Member(
            network,
            replace(config, seed=derive_seed(config.seed, number)),
            None,
            Session(task=school.task, updater=updater),
        )
        for number, (network, updater) in enumerate(zip(networks, updaters, strict=True))
    ]
    results = tuple(_train(members, batches, school))
    for network in networks:
        _own(network)
    kept = tuple(updater for updater in updaters if updater is not None)
    for updater in kept:
        _own_memory(updater)
    return results, choice, kept


def settle_engine(module: nn.Module, config: TrainingConfig, batches: Batches, task: Task) -> Choice:
    """As `choose_engine`, but "auto" takes the fused engine wherever it can train, whatever loading it costs."""
    obstacle = why_not_fused(module, config, batches, task) if config.engine == "auto" else ""
    if config.engine == "auto" and not obstacle:
        return Choice("training.engine", "fused", PREFERRED)
    return choose_engine(module, config, batches, task)[1]


def _updaters(networks: Sequence[nn.Module], config: TrainingConfig, school: Schooling) -> list[Updater | None]:
    if not school.keep:
        return [None] * len(networks)
    return list(school.updaters or [make_updater(network, config) for network in networks])


def _train(members: Sequence[Member], batches: Batches, school: Schooling) -> Iterator[FitResult]:
    if len(members) == 1:
        observers = (_print_epoch,) if school.verbose else ()
        yield fit(members[0].module, batches, members[0].config, observers, members[0].session)
        return
    trained = fit_population(members, batches, school.threads, _print_member if school.verbose else None)
    if len(trained) < len(members):
        raise KeyboardInterrupt  # that is what ends a population early
    for member in trained:
        if member.error is not None:
            raise member.error
        assert member.result is not None
        yield member.result


def _print_epoch(record: Record) -> None:
    if isinstance(record, EpochRecord):
        held = "" if record.validation_loss is None else f", validation loss {record.validation_loss:.4g}"
        print(f"epoch {record.epoch}: loss {record.train_loss:.4g}{held}")


def _print_member(trained: Trained) -> None:
    if trained.result is not None:
        result = trained.result
        print(f"network {trained.number + 1}: {len(result.epochs)} epochs; {result.stopped_because}")


def _own(network: nn.Module) -> None:
    """Give each tensor memory of its own: the fused engine leaves views of one buffer, each of which pickles it all."""
    for part in network.modules():
        for name, buffer in part.named_buffers(recurse=False):
            setattr(part, name, buffer.clone())
    for parameter in network.parameters():
        parameter.data, parameter.grad = parameter.data.clone(), None


def _own_memory(updater: Updater) -> None:
    for optimizer in updater.parts:
        for state in optimizer.state.values():
            for name, value in state.items():
                state[name] = value.clone()
