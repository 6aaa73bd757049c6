"""The network that `fit` would train, with the rows of its first step, as a subject of the checks."""

from netwright.diagnosis.from_run.objective import LOSSES
from netwright.diagnosis.preflight.subject import Subject
from netwright.networks import fit_to_rows
from netwright.training.batches import epoch_order
from netwright.training.kinds import kinds_of
from netwright.training.losses import loss_for, loss_terms, prepare_targets
from netwright.training.optimizers import make_updater
from netwright.training.settling import Settled

FEWEST_ROWS = 64  # that are looked at, where there are as many


def subject_of_recipe(settled: Settled) -> Subject:
    """Build the recipe's own network and take the rows of its first step.

    Raises:
        RecipeError: the network cannot be built, or the loss does not suit the task.
    """
    kind = kinds_of(settled.recipe, settled.preparation)[0]
    module, batches = kind.build().train(), kind.narrow(settled.parts).batches()[0]
    config, task = kind.training, kind.spec.task
    fit_to_rows(module, batches.train_inputs, batches.train_targets, config.seed)
    rows = epoch_order(batches.rows, config.seed, 1)[: max(FEWEST_ROWS, config.batch_size)]
    targets = prepare_targets(batches.train_targets[rows], task, next(module.parameters()).dtype)
    measure = loss_for(config, task, batches.train_targets)
    name, _ = loss_terms(config, task, batches.train_targets)
    return Subject(
        module,
        tuple(part[rows] for part in batches.train_inputs),
        targets if task == "multiclass" else targets.reshape(len(rows), -1),
        measure,
        LOSSES[name],
        make_updater(module, config).parts,
        min(config.batch_size, batches.rows),
        shuffled=True,
    )
