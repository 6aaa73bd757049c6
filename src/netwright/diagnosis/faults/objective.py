"""Faults of heads, losses and targets."""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from netwright.diagnosis.altering.heads import with_head
from netwright.diagnosis.altering.networks import operated
from netwright.diagnosis.altering.sizes import with_outputs
from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.programs.objectives import LOSSES
from netwright.diagnosis.programs.program import Program, Sample

RATES = (0.5, 0.7, 1.0, 1.5, 2.0)  # factors of a sound rate


def headed(program: Program, head: str) -> Program:
    return operated(program, lambda network, inputs: with_head(network, inputs, head))


def softmax_before_cross_entropy(program: Program, factor: float) -> Program:
    return headed(program.with_settings(lr=program.settings["lr"] * factor), "softmax")


def sigmoid_before_cross_entropy(program: Program, factor: float) -> Program:
    return headed(program.with_settings(lr=program.settings["lr"] * factor), "sigmoid")


def sigmoid_twice(program: Program, factor: float) -> Program:
    return headed(program.with_settings(lr=program.settings["lr"] * factor), "sigmoid").but(threshold=0.5)


def single_unit_softmax(program: Program, loss_and_rate: tuple[str, float]) -> Program:
    loss, factor = loss_and_rate
    changed = headed(program.with_settings(lr=program.settings["lr"] * factor), "softmax")
    return changed.but(loss=clipped_bce if loss == "bce" else LOSSES[loss], loss_name=loss, threshold=0.5)


def clipped_bce(output: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy as Keras computes it, of probabilities no nearer to 0 and 1 than 1e-7."""
    return functional.binary_cross_entropy(output.clamp(1e-7, 1.0 - 1e-7), target)


def relu_head(program: Program, factor: float) -> Program:
    return headed(program.with_settings(lr=program.settings["lr"] * factor), "relu")


def bounded_head(program: Program, head_and_scale: tuple[str, float]) -> Program:
    """Targets in their own unit, far outside of what a sigmoid or tanh can answer."""
    head, scale = head_and_scale
    return headed(spread(program, scale, 2.0 * scale), head)


def spread(program: Program, scale: float, offset: float) -> Program:
    """Return the program with other units of its targets."""

    def moved(sample: Sample) -> Sample:
        return Sample(sample.inputs, sample.targets * scale + offset)

    return program.but(rows=moved(program.rows), validation=program.validation and moved(program.validation))


def class_numbers_as_values(program: Program, loss_and_rate: tuple[str, float]) -> Program:
    """One output that is to answer the number of a class, by the squared error."""
    loss, factor = loss_and_rate
    one = operated(program, lambda network, inputs: with_outputs(network, inputs, 1))
    return one.with_settings(lr=program.settings["lr"] * factor).but(loss=LOSSES[loss], loss_name=loss)


def nll_of_logits(program: Program, head_and_rate: tuple[str, float]) -> Program:
    head, factor = head_and_rate
    changed = headed(program, head) if head != "identity" else program
    return changed.with_settings(lr=program.settings["lr"] * factor).but(loss=LOSSES["nll"], loss_name="nll")


SUMMED: dict[str, Any] = {
    "cross_entropy": lambda output, target: functional.cross_entropy(output, target, reduction="sum"),
    "bce_with_logits": lambda output, target: functional.binary_cross_entropy_with_logits(
        output, target, reduction="sum"
    ),
    "mse": lambda output, target: functional.mse_loss(output, target, reduction="sum"),
}


def summed_loss(program: Program, rate: float) -> Program:
    """The sum over a batch's rows where the rate was chosen for their mean."""
    summed = program.but(loss=SUMMED[program.loss_name], optimizer=torch.optim.SGD)
    return summed.but(settings={"lr": rate, "momentum": 0.9})


PLAIN: dict[str, Callable[..., Tensor]] = {
    "mse": functional.mse_loss,
    "mae": functional.l1_loss,
    "huber": functional.huber_loss,
}


def broadcast(program: Program, loss_and_rate: tuple[str, float]) -> Program:
    """Targets (rows,) against outputs (rows, 1), which are spread over each other."""
    name, factor = loss_and_rate
    plain = PLAIN[name]

    def warned(output: Tensor, target: Tensor) -> Tensor:
        with warnings.catch_warnings():  # torch warns of it, and people read on
            warnings.simplefilter("ignore", UserWarning)
            return plain(output, target)

    def flat(sample: Sample) -> Sample:
        return Sample(sample.inputs, sample.targets.reshape(-1))

    changed = program.but(rows=flat(program.rows), validation=program.validation and flat(program.validation))
    rate = program.settings["lr"] * factor
    return changed.with_settings(lr=rate).but(loss=warned, loss_name=name)


def coded_otherwise(program: Program, codes: tuple[float, float]) -> Program:
    """Two classes coded as other numbers than 0 and 1."""
    low, high = codes
    return spread(program, high - low, low)


def labels_shifted(program: Program, shift: int) -> Program:
    """Classes numbered from higher than 0, with as many outputs more as keep torch from complaining."""
    count = int(program.rows.targets.max()) + 1

    def moved(sample: Sample) -> Sample:
        return Sample(sample.inputs, sample.targets + shift)

    wider = operated(program, lambda network, inputs: with_outputs(network, inputs, count + shift))
    return wider.but(rows=moved(program.rows), validation=program.validation and moved(program.validation))


def wrong_sign(program: Program, factor: float) -> Program:
    """The loss is made large, as by a minus too many."""
    own = program.loss
    rate = program.settings["lr"] * factor
    return program.with_settings(lr=rate).but(loss=lambda output, target: -own(output, target))


def mean_squared_error_of_softmax(program: Program, rate: float) -> Program:
    """One-hot rows, a softmax and the squared error, with plain gradient descent at its default rate."""
    changed = headed(program, "softmax").but(loss=LOSSES["mse"], loss_name="mse")
    return changed.but(optimizer=torch.optim.SGD, settings={"lr": rate})


FAULTS = (
    Fault(
        "softmax before cross-entropy",
        ("objective.softmax-before-cross-entropy",),
        RATES,
        softmax_before_cross_entropy,
        ("classes",),
    ),
    Fault(
        "sigmoid before cross-entropy",
        ("objective.squashed-logits", "architecture.wrong-output-activation", "objective.softmax-before-cross-entropy"),
        RATES,
        sigmoid_before_cross_entropy,
        ("classes",),
    ),
    Fault("sigmoid twice", ("objective.sigmoid-twice",), RATES, sigmoid_twice, ("binary",)),
    Fault(
        "softmax over one unit",
        ("architecture.single-unit-softmax",),
        (("bce", 1.0), ("bce", 0.3), ("mse", 1.0), ("mse", 3.0), ("bce", 3.0)),
        single_unit_softmax,
        ("binary",),
    ),
    Fault(
        "ReLU as the head",
        ("architecture.wrong-output-activation", "objective.squashed-logits"),
        RATES,
        relu_head,
        ("classes", "binary", "values"),
        ("digits", "breast cancer", "diabetes", "next value", "wine"),
        ("signal.dead-units", "signal.constant-output"),
    ),
    Fault(
        "bounded head for wide targets",
        ("architecture.wrong-output-activation", "objective.targets-out-of-range", "data.unscaled-targets"),
        (("sigmoid", 10.0), ("tanh", 10.0), ("sigmoid", 70.0), ("tanh", 5.0), ("sigmoid", 1000.0)),
        bounded_head,
        ("values",),
    ),
    Fault(
        "class numbers as values",
        ("objective.loss-for-task", "architecture.output-dimension", "objective.label-coding"),
        (("mse", 1.0), ("mae", 1.0), ("mse", 0.3), ("mae", 3.0), ("huber", 1.0)),
        class_numbers_as_values,
        ("classes",),
        mild=True,
    ),
    Fault(
        "negative log-likelihood of no log-probabilities",
        ("objective.loss-without-head",),
        (("identity", 1.0), ("softmax", 1.0), ("identity", 0.3), ("softmax", 3.0), ("softmax", 0.3)),
        nll_of_logits,
        ("classes",),
        mild=True,
    ),
    Fault(
        "summed loss",
        ("objective.reduction-sum", "optimisation.rate-too-high", "optimisation.divergence"),
        (0.05, 0.1, 0.2, 0.3, 0.5),
        summed_loss,
        mild=True,
    ),
    Fault(
        "shapes spread over each other",
        ("objective.shape-broadcast",),
        (("mse", 1.0), ("mae", 1.0), ("huber", 1.0), ("mse", 3.0), ("mse", 0.3)),
        broadcast,
        ("values",),
    ),
    Fault(
        "two classes not coded 0 and 1",
        ("objective.label-coding", "objective.targets-out-of-range"),
        ((-1.0, 1.0), (1.0, 2.0), (0.0, 2.0), (0.0, 255.0), (-1.0, 0.0)),
        coded_otherwise,
        ("binary",),
    ),
    Fault(
        "loss of the wrong sign", ("objective.wrong-sign",), RATES, wrong_sign, symptoms=("optimisation.divergence",)
    ),
    Fault(
        "squared error of a softmax",
        ("objective.loss-for-task", "optimisation.rate-too-low", "optimisation.optimizer-choice"),
        (0.001, 0.003, 0.01, 0.02, 0.03),
        mean_squared_error_of_softmax,
        ("classes",),
        symptoms=("signal.constant-output", "optimisation.plateau", "optimisation.too-few-steps"),
        mild=True,
    ),
)
