"""Clipping at every step: the limit lies so low that it, and not the gradient, sets the length of each step."""

import statistics

from netwright.core.findings import Curve, Sketch
from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import best_of, learnt, troubled

TIMES = 20.0  # the limit
SHARE = 0.95  # of the steps
PLAIN = ("sgd", "momentum")


def examine(case: Case) -> Sign | None:
    limit, norms = case.optimizing.clip_norm, _norms(case)
    if not limit or len(norms) < 4 or case.optimizing.optimizer not in PLAIN:
        return None
    share = sum(norm > TIMES * limit for norm in norms) / len(norms)
    faster = best_of(case, "learning_rate", above=True)
    hampered = troubled(case) or (learnt(case) or 0.0) < 0.3 or (faster is not None and faster[1] > 0.05)
    if share < SHARE or not hampered:
        return None
    median = statistics.median(norms)
    evidence = (
        f"{share:.0%} of the steps have a gradient above {TIMES:g} times the limit of {limit:g}; median {median:.3g}"
    )
    return Sign(share, evidence, {"limit": limit, "median norm": median}, _sketch(case, limit))


def _norms(case: Case) -> list[float]:
    return [step.gradient_norm for step in case.steps if step.gradient_norm is not None]


def _sketch(case: Case, limit: float) -> Sketch:
    steps = tuple(float(step.step) for step in case.steps)
    curve = Curve("gradient", steps, tuple(step.gradient_norm for step in case.steps))
    return Sketch("Gradient's norm before clipping", "step", "L2 norm", (curve,), (("clipped at", limit),), log_y=True)


CLIPPING_ALWAYS = Illness(
    code="optimisation.clipping-always",
    name="Every step clipped",
    severity="warning",
    what="Clipping is meant for rare large gradients; here it cuts every step to a small part of itself.",
    why="With plain SGD a gradient cut to a hundredth is a learning rate cut to a hundredth.",
    seen="in 95% of the steps the gradient's norm is above 20 times the limit, with SGD, where little was learnt "
    "(Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, 2013, take the limit from "
    "the average norm); Adam divides the scale out again, so there it does no harm",
    example="clip_grad_norm_(parameters, 0.001)",
    remedies=(
        Change("clip_norm", None, "do not clip"),
        Change("clip_norm", 1.0, "clip at 1"),
        Change("learning_rate", 10.0, "multiply the learning rate by 10"),
    ),
    examine=examine,
    explains=(
        *("optimisation.rate-too-low", "optimisation.plateau", "optimisation.too-few-steps"),
        "generalisation.underfitting",
    ),
)
