"""Where numbers stopped being finite: the first layer and the first step."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import loss_picture


def examine(case: Case) -> Sign | None:
    lost = case.lost
    if lost is None:
        return None
    place = f" of {lost.layer}" if lost.layer else ""
    evidence = f"at step {lost.step} the {lost.what}{place} was the first to be NaN or infinite"
    return Sign(1.0, evidence, {"step": float(lost.step)}, loss_picture(case), lost.where or lost.layer)


NOT_FINITE_SOURCE = Illness(
    code="mechanics.not-finite-source",
    name="Numbers stopped being finite",
    severity="error",
    what="From some step on, the loss and the weights are NaN or infinite.",
    why="Nothing comes back from NaN: all that was learnt is gone.",
    seen="the first value that is not finite, in the order of inputs, activations, loss, gradients and weights of "
    "each step (DeepLocalize, Wardat, Le and Rajan 2021)",
    example="log(0) in a loss of one's own, or a rate far too high",
    remedies=(
        Change("clamp", 1e-3, "keep what goes into logarithms and roots above 0: x.clamp(min=0.001)"),
        Change("learning_rate", 0.1, "divide the learning rate by 10"),
        Change("clip_norm", 1.0, "clip the gradient's norm at 1"),
        Change("scale_inputs", True, "bring each feature to mean 0 and deviation 1"),
        Change("precision", "float32", "compute in float32"),
    ),
    examine=examine,
    explains=(
        *(
            "optimisation.divergence",
            "optimisation.plateau",
            "generalisation.underfitting",
            "signal.constant-output",
            "signal.dead-units",
        ),
        *("signal.rank-loss", "signal.collapsed-representation"),
    ),
)
