"""How the weights were changed, and what the loop did around it: from what was recorded to `Optimizing`."""

import itertools
from collections import Counter

from netwright.diagnosis.case import Optimizing
from netwright.diagnosis.watching.evaluations import sensitive
from netwright.diagnosis.watching.ordering import Order
from netwright.diagnosis.watching.recorded import Recorded
from netwright.diagnosis.watching.settings import Described
from netwright.diagnosis.watching.state import State

WITHOUT = 3  # forward passes from which on a missing backward pass or step is believed


def optimizing_of(state: State, described: Described, order: Order) -> Optimizing:
    """Return the loop's habits."""
    recorded = state.recorded
    held = state.held.values()
    steps = max((one.steps for one in held), default=0)
    rates = [note.rate for note in recorded.notes]
    return Optimizing(
        optimizer=described.name,
        learning_rate=described.rate,
        momentum=described.momentum,
        betas=described.betas,
        weight_decay=described.weight_decay,
        coupled_decay=described.coupled,
        batch_size=order.batch_size,
        rows=order.rows,
        epochs=order.epochs,
        steps=steps,
        clip_norm=recorded.clip_norm,
        dropout=max([recorded.dropout, *(_share(module) for _, module in sensitive(state.model))]),
        kept_gradients=max((one.kept for one in held), default=0),
        cleared_before_step=max((one.cleared for one in held), default=0),
        backwards_per_step=recorded.backwards / steps if steps else 1.0,
        no_backward=not recorded.backwards and not recorded.gradients_seen and recorded.forwards >= WITHOUT,
        no_step=not steps and recorded.backwards >= WITHOUT,
        evaluating=_evaluating(state, recorded),
        training_in_evaluation=sum(evaluation.wrong_mode for evaluation in state.evaluations.found),
        rates_changed=sum(one != other for one, other in itertools.pairwise(rates)),
        steps_per_epoch=order.steps_per_epoch,
        step_where=recorded.step_where,
        precision=recorded.precision,
        scaled_losses=recorded.scaled_losses,
    )


def _share(module: object) -> float:
    share = getattr(module, "p", 0.0)
    return float(share) if isinstance(share, int | float) else 0.0


def _evaluating(state: State, recorded: Recorded) -> tuple[str, ...]:
    """Return the modules that were in evaluation mode in at least half of the watched steps, if nearly all are.

    A part of the network that is kept in evaluation mode on purpose, its parameters frozen, does not count.
    """
    watched = recorded.evaluating
    counts = Counter(name for names in watched for name in names)
    mostly = {name for name, count in counts.items() if 2 * count >= len(watched)}
    modules = dict(state.model.named_modules())
    trained = [name for name, _ in sensitive(state.model) if not _is_frozen(modules, name)]
    found = tuple(name for name in trained if name in mostly)
    return found if found and len(found) >= 0.9 * len(trained) else ()


def _is_frozen(modules: dict[str, object], name: str) -> bool:
    """Whether nothing is trained in a module, or, where it has no parameters, in what it stands in."""
    while True:
        module = modules[name]
        parameters = list(module.parameters())  # type: ignore[attr-defined]
        if parameters:
            return not any(parameter.requires_grad for parameter in parameters)
        if not name:
            return False
        name = name.rpartition(".")[0]
