"""The pictures that most findings share, as plain values."""

from collections.abc import Mapping

from netwright.core.findings import Curve, Sketch
from netwright.diagnosis.case import Case
from netwright.diagnosis.layers import Beside, Quantity, of_layer

Limits = tuple[tuple[str, float], ...]


def loss_picture(case: Case, limits: Limits = ()) -> Sketch:
    """Draw the loss over the steps, with what one answer for every row would reach."""
    constant = case.objective.constant_loss
    lines = (*limits, *((("one answer for every row", constant),) if constant is not None else ()))
    steps = tuple(float(step.step) for step in case.steps)
    curve = Curve("training loss", steps, tuple(step.loss if abs(step.loss) < 1e30 else None for step in case.steps))
    return Sketch("Loss", "step", "loss", (curve,), lines)


def validation_picture(case: Case) -> Sketch:
    """Draw training and validation loss over the epochs."""
    epochs = tuple(float(epoch.epoch) for epoch in case.epochs)
    training = Curve("training", epochs, tuple(epoch.train_loss for epoch in case.epochs))
    validation = Curve("validation", epochs, tuple(epoch.validation_loss for epoch in case.epochs))
    return Sketch("Loss on training and validation rows", "epoch", "loss", (training, validation))


def bars(title: str, y_label: str, heights: Mapping[str, float], limits: Limits = (), log: bool = False) -> Sketch:
    """Draw one bar a name."""
    at = tuple(float(number) for number in range(len(heights)))
    return Sketch(title, "", y_label, (Curve(y_label, at, tuple(heights.values())),), limits, log, tuple(heights))


def layer_picture(case: Case, quantity: Quantity | Beside, name: str, y_label: str, limits: Limits = ()) -> Sketch:
    """Draw one layer's quantity over the watched steps."""
    return Sketch(y_label.capitalize(), "step", y_label, (Curve(name, *of_layer(case, quantity, name)),), limits)


def rate_picture(case: Case) -> Sketch:
    """Draw the learning rate over the steps."""
    steps = tuple(float(step.step) for step in case.steps)
    rates = tuple(step.learning_rate for step in case.steps)
    return Sketch("Learning rate", "step", "rate", (Curve("rate", steps, rates),), log_y=True)


def trial_picture(case: Case, *names: str) -> Sketch | None:
    """Draw the scores of the case's own probe and of those named, where they were made."""
    wanted = ("as it is", *names)
    scores = {trial.name: max(0.0, trial.score or 0.0) for trial in case.trials if trial.name in wanted}
    return bars("Short trainings with one thing changed", "score", scores) if len(scores) > 1 else None
