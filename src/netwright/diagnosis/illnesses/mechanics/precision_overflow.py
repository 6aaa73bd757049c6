"""Half precision without scaling: small gradients become 0, and large ones infinite."""

import statistics

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.layers import at_end
from netwright.diagnosis.outcome import troubled
from netwright.diagnosis.pictures import bars

MOST = 0.5  # share of weights whose gradient is exactly 0


def examine(case: Case) -> Sign | None:
    how, zeros = case.optimizing, at_end(case, "zero_gradients")
    if how.precision != "float16" or how.scaled_losses:
        return None
    share = statistics.median(zeros.values()) if zeros else 0.0
    if case.lost is None and not (share > MOST and troubled(case)):
        return None
    outcome = f"{share:.0%} of the gradients are exactly 0" if case.lost is None else f"lost at step {case.lost.step}"
    evidence = f"float16 without a scaled loss; {outcome}"
    return Sign(0.9, evidence, {"zero gradients": share}, bars("Gradients of exactly 0", "share", zeros))


PRECISION_OVERFLOW = Illness(
    code="mechanics.precision-overflow",
    name="Half precision without scaling",
    severity="error",
    what="float16 ends at 65504 and at 6e-8: activations overflow to infinity, and small gradients to 0.",
    why="Weights whose gradient is rounded to 0 do not learn, and one infinity ends the training.",
    seen="float16 without a GradScaler, and numbers that stopped being finite, or over half of the gradients exactly "
    "0 where little was learnt (Micikevicius et al., Mixed precision training, 2018)",
    example="model.half() and a plain loop",
    remedies=(Change("precision", "float32", "compute in float32 or bfloat16, or scale the loss with GradScaler"),),
    examine=examine,
    explains=(
        *("mechanics.not-finite-source", "optimisation.plateau", "signal.vanishing-gradient", "signal.dead-units"),
        *("optimisation.divergence", "generalisation.underfitting", "optimisation.rate-too-low"),
    ),
)
