"""Ensembles: members from different seeds, and for each fold that is held out, trained together and averaged."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from netwright.core.errors import RunError
from netwright.core.seeds import derive_seed
from netwright.core.values import Contender, Contest, EnsembleSummary, MemberRecord
from netwright.data import Prepared
from netwright.networks.ensemble import Ensemble
from netwright.training import member_files
from netwright.training.config import TrainingConfig
from netwright.training.contest import Entrant, decide
from netwright.training.crew import ENOUGH, cut_short, make_member, train_crew
from netwright.training.cross_validation import cross_validate
from netwright.training.environment import describe_environment
from netwright.training.evaluation.evaluate import truth_of
from netwright.training.evaluation.metrics import HIGHER_IS_BETTER
from netwright.training.journal import Journal
from netwright.training.kinds import Kind, kinds_of
from netwright.training.member_files import MEMBERS
from netwright.training.populations import Member, Trained
from netwright.training.session import FitResult
from netwright.training.setbacks import DIVERGED
from netwright.training.stage import Count, Outcome, Stage, Watch, answers_of, logits_of, score

NOT_CHOSEN = "the held-out rows favoured"


@dataclass(frozen=True)
class Kept:
    """A member's record with its trained network, which reads what the run prepares."""

    record: MemberRecord
    module: nn.Module


@dataclass(frozen=True)
class Place:
    """A network of the ensemble before it is trained."""

    number: int  # from 0
    kind: Kind
    fold: int  # that is held out to judge it, from 1; 0 where it is the split's validation rows
    member: Member
    module: nn.Module  # the member's, for rows as the run prepares them


def train_ensemble(stage: Stage, watch: Watch) -> Outcome:
    """Train every member that is not on disk yet, and average them.

    Raises:
        RunError: every member diverged.
        Interrupted: a signal came; finished members are on disk.
    """
    every = _places(stage, watch)
    records: dict[int, MemberRecord] = _read_finished(stage, every)
    waiting = [place for place in every if place.number not in records]
    journal = Journal(stage.folder)
    journal.write(f"{len(every)} networks: {len(records)} are there, training of {len(waiting)} begins")

    def ended(trained: Trained) -> None:
        place = waiting[trained.number]
        record = _record(stage, watch, place, trained)
        records[place.number] = record
        if not record.left_out or record.left_out.startswith(DIVERGED):  # what a deadline cut is trained anew
            module = None if record.left_out else place.member.module
            member_files.store(_path(stage.folder, place.number), record, module)
        journal.write(f"network {record.number} ends: {record.left_out or record.stopped_because}")

    crew = [place.member for place in waiting]
    train_crew(crew, stage, watch, Count("networks", len(records), len(every)), ended)
    kept = _choose([Kept(records[number], every[number].module) for number in sorted(records)])
    outcome = _average(stage, watch, kept, [records[number] for number in sorted(records)])
    return replace(outcome, notes=(*_no_longer_exact(stage, len(every) - len(waiting)), *outcome.notes))


def _places(stage: Stage, watch: Watch) -> list[Place]:
    """Recipe by recipe; one network after another takes the next fold, so that the first already cover every row."""
    places = list[Place]()
    for kind in kinds_of(stage.recipe, stage.preparation):
        folds = kind.narrow(stage.parts).batches()
        for turn in range(stage.recipe.ensemble.networks):
            member = make_member(kind, _config(kind, turn), folds[turn % len(folds)], (stage, watch))
            fold = turn % len(folds) + 1 if len(folds) > 1 else 0
            places.append(Place(len(places), kind, fold, member, kind.whole(member.module)))
    return places


def _config(kind: Kind, turn: int) -> TrainingConfig:
    return replace(kind.training, seed=derive_seed(kind.training.seed, "member", turn))


def _path(folder: Path, number: int) -> Path:
    return folder / MEMBERS / f"{number + 1:03}.json"


def _read_finished(stage: Stage, every: Sequence[Place]) -> dict[int, MemberRecord]:
    found = {
        place.number: member_files.stored(_path(stage.folder, place.number), MemberRecord, place.member.module)
        for place in every
    }
    return {number: record for number, record in found.items() if record is not None}


def _no_longer_exact(stage: Stage, before: int) -> list[str]:
    """Say so where networks of one run come from two versions of PyTorch."""
    old, now = stage.info.environment.get("torch"), describe_environment()["torch"]
    if not before or old == now:
        return []
    return [f"torch was {old} and is now {now}: the resumed run is no longer bit for bit the uninterrupted one"]


def _record(stage: Stage, watch: Watch, place: Place, trained: Trained) -> MemberRecord:
    """Say how a training went, and measure its network alone on the test rows."""
    config, result = place.member.config, trained.result
    record = MemberRecord(place.number + 1, config.seed, place.fold, 0, 0, "", 0.0, recipe=place.kind.name)
    if result is None:
        return replace(record, left_out=str(trained.error))
    predicted = answers_of(place.module, stage.parts.test, stage.preparation)
    return replace(
        record,
        epochs=len(result.epochs),
        best_epoch=result.best_epoch,
        stopped_because=result.stopped_because,
        seconds=result.seconds,
        validation_losses=_by_epoch(result),
        test=score(watch.yardstick, watch.yardstick.truth, predicted),
        left_out=_fault(result, config),
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
    notes = [f"network {record.number} was left out: {record.left_out}" for record in records if record.left_out]
    contest = _compare(stage, watch, kept) if stage.recipe.contenders else None
    if contest is not None:
        kept = [one for one in kept if one.record.recipe in contest.chosen]
        records = [_unless_chosen(record, contest) for record in records]
    module = Ensemble([one.module for one in kept], watch.yardstick.task).eval()
    summary = _summarise(stage, watch, module, records)
    held = None
    if stage.parts.sizes:
        crossed, held = cross_validate(stage, watch.yardstick, _by_fold(kept))
        summary = replace(summary, cross_validation=crossed)
    ended = _ended(summary) + ("" if contest is None else f"; {contest.verdict}")
    return Outcome(module, ended, tuple(notes), summary, held, contest)


def _unless_chosen(record: MemberRecord, contest: Contest) -> MemberRecord:
    if record.left_out or record.recipe in contest.chosen:
        return record
    return replace(record, left_out=f"{NOT_CHOSEN} {' and '.join(contest.chosen)}")


def _compare(stage: Stage, watch: Watch, kept: list[Kept]) -> Contest:
    """Compare the recipes on the rows that were held out from networks of each of them."""
    by_recipe: dict[str, list[Kept]] = {}
    for one in kept:
        by_recipe.setdefault(one.record.recipe, []).append(one)
    folds = sorted(set.intersection(*({one.record.fold for one in some} for some in by_recipe.values())))
    if not folds:  # the time was too short: nothing can be compared
        by_recipe = {kept[0].record.recipe: by_recipe[kept[0].record.recipe]}
        folds = sorted({one.record.fold for one in by_recipe[kept[0].record.recipe]})
    entrants = [_entrant(stage, watch, name, some, folds) for name, some in by_recipe.items()]
    names = (stage.recipe.preset.recipe, *stage.recipe.contenders)
    failed = [_missing(name) for name in names if name not in by_recipe]
    truth = np.concatenate([truth_of(_held_rows(stage, fold), stage.preparation) for fold in folds])
    return decide(entrants, failed, truth, (stage, watch.yardstick))


def _missing(name: str) -> Contender:
    return Contender(name, None, None, 0, 0.0, "no network of it can be compared", failed=True)


def _entrant(stage: Stage, watch: Watch, name: str, networks: list[Kept], folds: list[int]) -> Entrant:
    task = watch.yardstick.task
    logits = [
        logits_of(Ensemble([one.module for one in networks if one.record.fold == fold], task), _held_rows(stage, fold))
        for fold in folds
    ]
    module = Ensemble([one.module for one in networks], task).eval()
    seconds = sum(one.record.seconds for one in networks)
    said = f"{len(networks)} network{'s' if len(networks) > 1 else ''}"
    return Entrant(name, module, torch.cat(logits), seconds, said)


def _held_rows(stage: Stage, fold: int) -> Prepared:
    """Return the rows of a fold, counted from 1, or where it is 0 the split's validation rows."""
    return stage.parts.of_fold(fold - 1) if fold else stage.parts.validation


def _ended(summary: EnsembleSummary) -> str:
    known = (DIVERGED, NOT_CHOSEN)
    cut = any(record.left_out and not record.left_out.startswith(known) for record in summary.members)
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
        asked=stage.recipe.ensemble.networks * (1 + len(stage.recipe.contenders)),
        kept=len(module.members),
        headline=yardstick.headline,
        higher_is_better=higher,
        value=value,
        mean=mean,
        deviation=statistics.stdev(alone) if len(alone) > 1 else None,
        gain=better if higher or better is None else -better,
        members=tuple(records),
    )
