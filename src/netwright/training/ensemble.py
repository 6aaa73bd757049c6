"""Ensembles: members from different seeds, and for each fold that is held out, trained together and averaged."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torch import nn

from netwright.core.errors import RunError
from netwright.core.seeds import derive_seed
from netwright.core.values import EnsembleSummary, MemberRecord
from netwright.networks.ensemble import Ensemble
from netwright.training import member_files
from netwright.training.config import TrainingConfig
from netwright.training.crew import ENOUGH, cut_short, make_member, train_crew
from netwright.training.cross_validation import cross_validate
from netwright.training.environment import describe_environment
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER
from netwright.training.journal import Journal
from netwright.training.member_files import MEMBERS
from netwright.training.populations import Member, Trained
from netwright.training.session import FitResult
from netwright.training.setbacks import DIVERGED
from netwright.training.stage import Count, Outcome, Stage, Watch, answers_of, score


@dataclass(frozen=True)
class Kept:
    """A member's record with its trained network."""

    record: MemberRecord
    module: nn.Module


def train_ensemble(stage: Stage, watch: Watch) -> Outcome:
    """Train every member that is not on disk yet, and average them.

    Raises:
        RunError: every member diverged.
        Interrupted: a signal came; finished members are on disk.
    """
    every = _members(stage, watch)
    records: dict[int, MemberRecord] = _read_finished(stage, every)
    waiting = [number for number in range(len(every)) if number not in records]
    journal = Journal(stage.folder)
    journal.write(f"{len(every)} networks: {len(records)} are there, training of {len(waiting)} begins")

    def ended(trained: Trained) -> None:
        number = waiting[trained.number]
        record = _record(stage, watch, number, (every[number], trained))
        records[number] = record
        if not record.left_out or record.left_out.startswith(DIVERGED):  # what a deadline cut is trained anew
            module = None if record.left_out else every[number].module
            member_files.store(_path(stage.folder, number), record, module)
        journal.write(f"network {record.number} ends: {record.left_out or record.stopped_because}")

    crew = [every[number] for number in waiting]
    train_crew(crew, stage, watch, Count("networks", len(records), len(every)), ended)
    kept = _choose([Kept(records[number], every[number].module) for number in sorted(records)])
    outcome = _average(stage, watch, kept, [records[number] for number in sorted(records)])
    return replace(outcome, notes=(*_no_longer_exact(stage, len(every) - len(waiting)), *outcome.notes))


def _members(stage: Stage, watch: Watch) -> list[Member]:
    """One network after another takes the next fold, so that the first of them already cover every row."""
    folds = stage.parts.batches()
    return [
        make_member(stage, _config(stage, number), folds[number % len(folds)], watch)
        for number in range(stage.recipe.ensemble.networks)
    ]


def _config(stage: Stage, number: int) -> TrainingConfig:
    training = stage.recipe.training
    return replace(training, seed=derive_seed(training.seed, "member", number))


def _path(folder: Path, number: int) -> Path:
    return folder / MEMBERS / f"{number + 1:03}.json"


def _read_finished(stage: Stage, every: Sequence[Member]) -> dict[int, MemberRecord]:
    found = {
        number: member_files.stored(_path(stage.folder, number), MemberRecord, member.module)
        for number, member in enumerate(every)
    }
    return {number: record for number, record in found.items() if record is not None}


def _no_longer_exact(stage: Stage, before: int) -> list[str]:
    """Say so where networks of one run come from two versions of PyTorch."""
    old, now = stage.info.environment.get("torch"), describe_environment()["torch"]
    if not before or old == now:
        return []
    return [f"torch was {old} and is now {now}: the resumed run is no longer bit for bit the uninterrupted one"]


def _record(stage: Stage, watch: Watch, number: int, ended: tuple[Member, Trained]) -> MemberRecord:
    """Say how a training went, and measure its network alone on the test rows."""
    member, trained = ended
    folds = stage.recipe.ensemble.folds
    fold = number % folds + 1 if folds > 1 else 0
    if trained.result is None:
        return MemberRecord(number + 1, member.config.seed, fold, 0, 0, "", 0.0, left_out=str(trained.error))
    result = trained.result
    predicted = answers_of(member.module, stage.parts.test, stage.preparation)
    return MemberRecord(
        number=number + 1,
        seed=member.config.seed,
        fold=fold,
        epochs=len(result.epochs),
        best_epoch=result.best_epoch,
        stopped_because=result.stopped_because,
        seconds=result.seconds,
        validation_losses=_by_epoch(result),
        test=score(watch.yardstick, watch.yardstick.truth, predicted),
        left_out=_fault(result, member.config),
    )


def _by_epoch(result: FitResult) -> tuple[float | None, ...]:
    """Return the validation loss of each epoch; None for one that was not measured because its steps were skipped."""
    losses = {record.epoch: record.validation_loss for record in result.epochs}
    return tuple(losses.get(epoch) for epoch in range(1, max(losses) + 1))


def _fault(result: FitResult, config: TrainingConfig) -> str:
    """Return why a network is not worth averaging, or nothing."""
    if result.stopped_because.startswith(DIVERGED):
        return result.stopped_because
    return "the time budget ended its training early" if cut_short(result, config) else ""


def _choose(every: list[Kept]) -> list[Kept]:
    """Leave out what diverged or was cut short; where the time budget cut all, what trained longest is kept.

    Raises:
        RunError: every network diverged.
    """
    sound = [kept for kept in every if not kept.record.left_out]
    cut = [kept for kept in every if not kept.record.left_out.startswith(DIVERGED)]
    if not cut:
        raise RunError(f"every one of the {len(every)} networks failed; the first: {every[0].record.left_out}")
    least = ENOUGH * max(kept.record.epochs for kept in cut)
    long = [kept for kept in cut if kept.record.epochs >= least]
    return sound or [replace(kept, record=replace(kept.record, left_out="")) for kept in long]


def _average(stage: Stage, watch: Watch, kept: list[Kept], records: list[MemberRecord]) -> Outcome:
    numbers = {one.record.number for one in kept}
    records = [replace(record, left_out="") if record.number in numbers else record for record in records]
    module = Ensemble([one.module for one in kept], watch.yardstick.task).eval()
    summary = _summarise(stage, watch, module, records)
    held = None
    if stage.parts.sizes:
        crossed, held = cross_validate(stage, watch.yardstick, _by_fold(kept))
        summary = replace(summary, cross_validation=crossed)
    notes = [f"network {record.number} was left out: {record.left_out}" for record in records if record.left_out]
    return Outcome(module, _ended(summary), tuple(notes), summary, held)


def _ended(summary: EnsembleSummary) -> str:
    cut = any(record.left_out and not record.left_out.startswith(DIVERGED) for record in summary.members)
    late = cut or len(summary.members) < summary.asked
    fewer = f" (of {summary.asked}: the time budget had no room for more)" if late else ""
    averaged = "s are averaged, each with" if summary.kept > 1 else " is kept, with"
    return f"{summary.kept} network{averaged} the weights of its best epoch{fewer}"


def _by_fold(kept: list[Kept]) -> dict[int, list[nn.Module]]:
    """Return the networks of each fold, counted from 0, for which it was held out."""
    folds: dict[int, list[nn.Module]] = {}
    for one in kept:
        folds.setdefault(one.record.fold - 1, []).append(one.module)
    return folds


def _summarise(stage: Stage, watch: Watch, module: Ensemble, records: list[MemberRecord]) -> EnsembleSummary:
    yardstick = watch.yardstick
    higher = yardstick.headline in HIGHER_IS_BETTER
    value = score(yardstick, yardstick.truth, answers_of(module, stage.parts.test, stage.preparation))
    alone = [record.test for record in records if not record.left_out and record.test is not None]
    mean = statistics.fmean(alone) if alone else None
    better = None if value is None or mean is None else value - mean
    return EnsembleSummary(
        asked=stage.recipe.ensemble.networks,
        kept=len(module.members),
        headline=yardstick.headline,
        higher_is_better=higher,
        value=value,
        mean=mean,
        deviation=statistics.stdev(alone) if len(alone) > 1 else None,
        gain=better if higher or better is None else -better,
        members=tuple(records),
    )
