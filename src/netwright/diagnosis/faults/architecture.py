"""Faults of networks: what is missing in them, too narrow, too deep or in the wrong place."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from netwright.diagnosis.altering.activations import with_activation
from netwright.diagnosis.altering.graphs import ACTIVATIONS, draw, insert_after
from netwright.diagnosis.altering.layers import with_normalization
from netwright.diagnosis.altering.networks import Surgery, operated
from netwright.diagnosis.altering.sizes import with_width
from netwright.diagnosis.faults.fault import Fault
from netwright.diagnosis.programs.program import Program

PLAIN = ("digits", "breast cancer", "wine", "diabetes")
LAYERED = (*PLAIN, "images", "regularized")


def linear_stack(program: Program, epochs: int) -> Program:
    """No activation between the layers."""
    return changed(program, lambda network, inputs: with_activation(network, inputs, "identity")).but(epochs=epochs)


def deep(program: Program, name_and_depth: tuple[str, int]) -> Program:
    """Many layers more, without skips and normalisation."""
    name, depth = name_and_depth
    extra = inserted(lambda width: nn.Sequential(*between(width, depth, name)), last=True)
    base = with_kind(program, name)
    return changed(base, extra)


def with_kind(program: Program, name: str) -> Program:
    return changed(program, lambda network, inputs: with_activation(network, inputs, name) or network)


def between(width: int, depth: int, activation: str) -> list[nn.Module]:
    return [layer for _ in range(depth) for layer in (nn.Linear(width, width), ACTIVATIONS[activation]())]


def bottleneck(program: Program, units_and_kind: tuple[int, str]) -> Program:
    """A hidden layer of a unit or two between wide ones."""
    units, activation = units_and_kind
    return changed(
        program,
        inserted(
            lambda width: nn.Sequential(nn.Linear(width, units), ACTIVATIONS[activation](), nn.Linear(units, width)),
            last=True,
        ),
    )


def narrow(program: Program, factor: float) -> Program:
    return changed(program, lambda network, inputs: with_width(network, inputs, factor))


def softmax_inside(program: Program, rate: float) -> Program:
    """A softmax where a hidden activation should be."""
    slower = program.with_settings(lr=program.settings["lr"] * rate)
    return changed(slower, inserted(lambda _width: nn.Softmax(-1), last=True))


def dropout_on_outputs(program: Program, share: float) -> Program:
    return changed(program, at_output(lambda: nn.Dropout(share)))


def dropout_before_normalization(program: Program, share: float) -> Program:
    def surgery(network: nn.Module, inputs: tuple[Tensor, ...]) -> nn.Module | None:
        drawn = draw(network, inputs)
        if drawn is None:
            return None
        for number, node in enumerate(drawn.hidden_activations):
            shape = drawn.shape(node)
            norm = nn.BatchNorm1d(shape[1]) if len(shape) == 2 else nn.BatchNorm2d(shape[1])
            insert_after(drawn.network, node, f"both_{number}", nn.Sequential(nn.Dropout(share), norm))
        return drawn.finished()

    return changed(program, surgery)


def batch_of_one(program: Program, epochs: int) -> Program:
    """Batch normalisation over a single row. Torch refuses it of vectors, and takes it of images."""
    normed = changed(program, lambda network, inputs: with_normalization(network, inputs, "batch"))
    return normed.but(batch_size=1, epochs=epochs, rows=program.rows.at(torch.arange(min(400, program.rows.rows))))


def changed(program: Program, surgery: Surgery) -> Program:
    return operated(program, surgery)


def inserted(layer: Callable[[int], nn.Module], last: bool) -> Surgery:
    """Return what puts a layer of a width behind the last hidden activation, or the first."""

    def surgery(network: nn.Module, inputs: tuple[Tensor, ...]) -> nn.Module | None:
        drawn = draw(network, inputs)
        flat = [node for node in drawn.hidden_activations if len(drawn.shape(node)) == 2] if drawn else []
        if drawn is None or not flat:
            return None
        node = flat[-1 if last else 0]
        insert_after(drawn.network, node, "inserted", layer(drawn.shape(node)[1]))
        return drawn.finished()

    return surgery


def at_output(layer: Callable[[], nn.Module]) -> Surgery:
    def surgery(network: nn.Module, inputs: tuple[Tensor, ...]) -> nn.Module | None:
        drawn = draw(network, inputs)
        if drawn is None:
            return None
        insert_after(drawn.network, drawn.output, "last", layer())
        return drawn.finished()

    return surgery


FAULTS = (
    Fault(
        "no activation between layers",
        ("architecture.missing-nonlinearity",),
        (5, 8, 10, 15, 20),
        linear_stack,
        bases=LAYERED,
        mild=True,
    ),
    Fault(
        "deep sigmoid layers",
        (
            "signal.vanishing-gradient",
            "architecture.saturating-activations",
            "architecture.too-deep-without-skips",
            "architecture.normalization-missing",
        ),
        (("sigmoid", 8), ("sigmoid", 10), ("sigmoid", 12), ("sigmoid", 16), ("sigmoid", 20)),
        deep,
        bases=PLAIN,
        symptoms=("signal.constant-output", "signal.collapsed-representation", "optimisation.plateau"),
        mild=True,
    ),
    Fault(
        "very deep without skips",
        (
            "architecture.too-deep-without-skips",
            "signal.vanishing-gradient",
            "architecture.normalization-missing",
            "signal.collapsed-representation",
        ),
        (("relu", 20), ("relu", 25), ("relu", 30), ("relu", 40), ("relu", 50)),
        deep,
        bases=PLAIN,
        symptoms=("signal.constant-output", "optimisation.plateau", "signal.rank-loss"),
        mild=True,
    ),
    Fault(
        "bottleneck",
        ("architecture.bottleneck", "architecture.capacity-too-small"),
        ((1, "relu"), (1, "tanh"), (1, "identity"), (1, "sigmoid"), (1, "leaky_relu")),
        bottleneck,
        ("classes",),
        PLAIN,
        symptoms=("signal.dead-units", "signal.constant-output", "signal.rank-loss"),
        mild=True,
    ),
    Fault(
        "far too narrow",
        ("architecture.capacity-too-small", "architecture.bottleneck"),
        (0.01, 0.02, 0.03, 0.04, 0.05),
        narrow,
        ("classes",),
        ("digits", "images", "regularized"),
        ("signal.dead-units", "generalisation.underfitting"),
        mild=True,
    ),
    Fault(
        "softmax inside the network",
        ("architecture.hidden-softmax",),
        (0.3, 0.5, 1.0, 2.0, 3.0),
        softmax_inside,
        bases=PLAIN,
        mild=True,
    ),
    Fault(
        "dropout on the outputs",
        ("architecture.dropout-on-output",),
        (0.2, 0.3, 0.4, 0.5, 0.6),
        dropout_on_outputs,
        mild=True,
    ),
    Fault(
        "dropout before batch normalisation",
        ("architecture.dropout-before-batch-norm",),
        (0.3, 0.4, 0.5, 0.6, 0.7),
        dropout_before_normalization,
        bases=(*PLAIN, "images"),
        mild=True,
    ),
    Fault(
        "batch normalisation of one row",
        ("architecture.batch-of-one",),
        (1, 2, 1, 2, 1),
        batch_of_one,
        ("classes",),
        ("images",),
    ),
)
