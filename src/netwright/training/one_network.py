"""Training the network of a run's own recipe, with checkpoints and records, as a run of one network does."""

from dataclasses import replace

from torch import nn

from netwright.core.errors import Interrupted
from netwright.networks import fit_to_rows
from netwright.training.fit import fit
from netwright.training.inference import build_module
from netwright.training.journal import Journal
from netwright.training.records import RecordSink
from netwright.training.session import FitResult, Session
from netwright.training.stage import Listener, Outcome, Stage, Watch, session_of


def train_one(stage: Stage, watch: Watch, networks: int = 1) -> tuple[Outcome, FitResult]:
    """Train the recipe's own network; return it with its best weights, and how that went.

    Args:
        stage: of the run.
        watch: who is told, and when it must end.
        networks: that this process trains at the same time, this one among them.

    Raises:
        RunError: it failed in its first epoch.
        Interrupted: a signal came; there is a checkpoint to go on from.
    """
    module = build_module(stage.recipe, stage.preparation)
    with RecordSink(stage.folder / "records.jsonl") as records:
        session = replace(
            session_of(stage, watch),
            folder=stage.folder / "checkpoints",
            resume=stage.resume,
            networks=networks,
            records=records,
        )
        result = _fit_or_say_how_to_resume(module, stage, watch.listener, session)
    ended = f"{result.stopped_because}; the weights of epoch {result.best_epoch} are kept"
    return Outcome(module, ended, result.notes), result


def _fit_or_say_how_to_resume(module: nn.Module, stage: Stage, listener: Listener, session: Session) -> FitResult:
    journal = Journal(stage.folder)
    journal.write("training goes on" if stage.resume else "training begins")
    try:
        batches = stage.parts.batches()[0]
        fit_to_rows(module, batches.train_inputs, batches.train_targets, stage.recipe.training.seed)
        result = fit(module, batches, stage.recipe.training, (journal, *listener.observers), session)
        journal.write(*result.notes, f"training ends: {result.stopped_because}; best epoch {result.best_epoch}")
        return result
    except Interrupted as stopped:
        journal.write(str(stopped))
        raise Interrupted(stopped.signal_number, f"go on with: netwright fit --resume {stage.folder}") from stopped
