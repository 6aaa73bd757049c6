"""How the weights are moved."""

import math

from netwright.diagnosis.case import Lost
from tests.diagnosis.cases.making import (
    HEALTHY,
    POOR,
    SGD,
    VALUES,
    Row,
    but,
    falling,
    flat,
    slow,
    steps,
    stuck,
    trials,
)

WILD = {"update_ratio": (1.5, 2.0, 1.0)}
TINY = {"update_ratio": (2e-6, 1e-6, 2e-6)}
CRAWLING = but(HEALTHY, steps=steps(slow(2.31, 2.25), **TINY))
EXPLODED = [0.6, 0.9, *(4.0 + 0.1 * number for number in range(198))]
SWINGING = [2.0 + (1.5 if number // 20 % 2 else 0.0) for number in range(300)]
SHORT = [2.3 - 0.006 * number for number in range(100)]


def decayed(share):
    return 0.1 * 0.5 ** (200 * share)


def warmed(share):
    return 0.1 * min(1.0, 10 * share) * (1.0 - share)


def by_epoch(share):
    return 0.1 * 0.9 ** (round(200 * share) // 20)


ROWS = (
    Row(
        "optimisation.rate-too-high",
        but(VALUES, steps=steps(EXPLODED, **WILD)),
        but(VALUES, steps=steps(falling(1.1, 0.1), **WILD)),
    ),
    Row(
        "optimisation.rate-too-high",
        but(POOR, steps=steps(flat(2.6)), trials=trials(0.1, rate_0p1=0.6, rate_10=0.1)),
        but(POOR, steps=steps(flat(2.29)), trials=trials(0.1, rate_0p1=0.11, rate_10=0.1)),
    ),
    Row(
        "optimisation.rate-too-high",
        but(VALUES, steps=steps([1.0, 9.0, math.nan]), lost=Lost(3, "", "loss"), trials=trials(None, rate_0p01=0.6)),
        but(VALUES, trials=trials(0.92, rate_0p01=0.4, rate_0p1=0.93)),
    ),
    Row(
        "optimisation.rate-too-high",
        but(VALUES, steps=steps([1.0, 5.0, 90.0, 1e9, math.nan], **WILD), lost=Lost(5, "", "loss")),
        but(HEALTHY, steps=steps(falling(2.3, 2.0), update_ratio=(0.01, 0.01, 0.01))),
    ),
    Row(
        "optimisation.rate-too-high",
        but(VALUES, steps=steps([1.0, 0.9, 4.0, math.nan], **WILD), lost=Lost(4, "layers.0", "gradient")),
        but(VALUES, steps=steps([1.0, 0.9, 0.8, math.nan], **WILD), lost=Lost(4, "layers.0", "gradient")),
    ),
    Row(
        "optimisation.rate-too-low",
        but(POOR, optimizing={"steps_per_epoch": 1}, trials=trials(0.3, rate_10=0.5, batch_0p1=0.55)),
        but(POOR, optimizing={"steps_per_epoch": 1}, trials=trials(0.3, rate_10=0.5, batch_0p1=0.8)),
    ),
    Row("optimisation.rate-too-low", CRAWLING, but(HEALTHY, steps=steps(slow(2.31, 2.25)))),
    Row(
        "optimisation.rate-too-low",
        but(CRAWLING, trials=trials(0.2, rate_10=0.5, rate_100=0.9, rate_0p1=0.1)),
        but(HEALTHY, trials=trials(0.9, rate_10=0.92, rate_100=0.5)),
    ),
    Row(
        "optimisation.oscillation",
        but(HEALTHY, steps=steps(SWINGING)),
        but(HEALTHY, steps=steps([2.3 + 0.1 * math.sin(number) for number in range(300)])),
    ),
    Row(
        "optimisation.divergence",
        but(VALUES, steps=steps(EXPLODED)),
        but(VALUES, steps=steps([0.1] * 100 + [0.25] * 100)),
    ),
    Row("optimisation.divergence", but(VALUES, steps=steps([1.0] * 20 + [math.inf] * 30)), VALUES),
    Row("optimisation.plateau", stuck(), HEALTHY),
    Row("optimisation.plateau", stuck(), but(stuck(), trials=trials(0.0, reference=0.0, rate_10=0.0))),
    Row(
        "optimisation.too-few-steps",
        but(HEALTHY, steps=steps(SHORT), optimizing={"steps": 100}),
        but(HEALTHY, steps=steps(falling(count=100)), optimizing={"steps": 100}),
    ),
    Row(
        "optimisation.too-few-steps",
        but(POOR, steps=steps(SHORT), optimizing={"steps": 100}, trials=trials(0.5, epochs_4=0.8)),
        but(HEALTHY, steps=steps(SHORT), optimizing={"steps": 100}, trials=trials(0.8, epochs_4=0.81)),
    ),
    Row(
        "optimisation.schedule-unit",
        but(stuck(rate=decayed), optimizing={"rates_changed": 199}),
        but(stuck(rate=warmed), optimizing={"rates_changed": 199}),
    ),
    Row(
        "optimisation.schedule-unit",
        but(stuck(rate=decayed), optimizing={"rates_changed": 199}),
        but(stuck(rate=by_epoch), optimizing={"rates_changed": 10}),
    ),
    Row(
        "optimisation.momentum-conflict",
        but(stuck(), optimizing={**SGD, "momentum": 0.99}),
        but(HEALTHY, optimizing={**SGD, "momentum": 0.99}),
    ),
    Row(
        "optimisation.momentum-conflict",
        but(stuck(), optimizing={"betas": (0.97, 0.5)}),
        but(stuck(), optimizing={"betas": (0.9, 0.95)}),
    ),
    Row(
        "optimisation.clipping-always",
        but(stuck(gradient_norm_of_all=3.0), optimizing={**SGD, "clip_norm": 1e-3}),
        but(stuck(gradient_norm_of_all=3.0), optimizing={"clip_norm": 1e-3}),
    ),
    Row(
        "optimisation.clipping-always",
        but(stuck(gradient_norm_of_all=3.0), optimizing={**SGD, "clip_norm": 1e-3}),
        but(stuck(gradient_norm_of_all=3.0), optimizing={**SGD, "clip_norm": 1.0}),
    ),
    Row(
        "optimisation.optimizer-mismatch",
        but(stuck(), network={"foreign": 6, "missing": ("a.weight", "b.weight", "c.weight"), "tensors": 6}),
        but(HEALTHY, network={"foreign": 6}),
    ),
    Row(
        "optimisation.no-zero-grad",
        but(HEALTHY, optimizing={"kept_gradients": 199}),
        but(HEALTHY, optimizing={"kept_gradients": 2}),
    ),
    Row(
        "optimisation.gradients-cleared",
        but(stuck(), optimizing={"cleared_before_step": 200}),
        but(HEALTHY, optimizing={"cleared_before_step": 0}),
    ),
    Row(
        "optimisation.accumulated-scale",
        but(stuck(), optimizing={**SGD, "backwards_per_step": 8.0, "divided": False}),
        but(stuck(), optimizing={**SGD, "backwards_per_step": 8.0, "divided": True}),
    ),
    Row(
        "optimisation.accumulated-scale",
        but(stuck(), optimizing={**SGD, "backwards_per_step": 8.0, "divided": False}),
        but(HEALTHY, optimizing={**SGD, "backwards_per_step": 8.0, "divided": False}),
    ),
    Row(
        "optimisation.batch-too-large",
        but(POOR, optimizing={"batch_size": 640, "steps_per_epoch": 1}, trials=trials(0.3, batch_0p1=0.8)),
        but(HEALTHY, optimizing={"batch_size": 640, "steps_per_epoch": 1}, trials=trials(0.9, batch_0p1=0.92)),
    ),
    Row(
        "optimisation.batch-too-large",
        but(HEALTHY, steps=steps(SHORT), optimizing={"batch_size": 640, "steps_per_epoch": 1, "steps": 100}),
        but(HEALTHY, optimizing={"batch_size": 640, "steps_per_epoch": 1}),
    ),
    Row(
        "optimisation.batch-too-small",
        but(POOR, optimizing={"batch_size": 1}, trials=trials(0.3, batch_10=0.8)),
        but(HEALTHY, optimizing={"batch_size": 1}, trials=trials(0.9, batch_10=0.9)),
    ),
    Row(
        "optimisation.optimizer-choice",
        but(POOR, optimizing=SGD, trials=trials(0.3, adam=0.9, rate_10=0.4)),
        but(POOR, optimizing=SGD, trials=trials(0.3, adam=0.9, rate_10=0.9)),
    ),
    Row(
        "optimisation.optimizer-choice",
        but(POOR, optimizing=SGD, trials=trials(0.1, adam=0.9, rate_10=0.5)),
        but(POOR, optimizing=SGD, trials=trials(0.1, adam=0.9, rate_10=0.75)),
    ),
    Row(
        "optimisation.rate-too-low",
        but(CRAWLING, optimizing=SGD, trials=trials(0.1, adam=0.9, reference=0.9, rate_10=0.1)),
        but(CRAWLING, optimizing=SGD, trials=trials(0.1, adam=0.12, relu=0.9, rate_10=0.1)),
    ),
    Row(
        "optimisation.optimizer-choice",
        but(stuck(), optimizing={"optimizer": "adadelta", "learning_rate": 1e-3, "betas": None}),
        but(HEALTHY, optimizing={"optimizer": "adadelta", "learning_rate": 1.0, "betas": None}),
    ),
    Row("optimisation.no-step", but(stuck(), optimizing={"no_step": True, "steps": 0}), HEALTHY),
    Row("optimisation.no-backward", but(stuck(), optimizing={"no_backward": True}), HEALTHY),
)
