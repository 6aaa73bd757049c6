"""What happens to signals and gradients."""

from tests.diagnosis.cases.making import (
    HEALTHY,
    POOR,
    RELU,
    Row,
    but,
    falling,
    network,
    steps,
    stuck,
    trials,
)

SIGMOIDS = network(("linear", 64), ("activation", "sigmoid"), ("linear", 64), ("activation", "sigmoid"), ("linear", 10))
FADING = {"delta_norm": (1e-6, 1e-3, 0.05)}
GROWING = {"delta_norm": (50.0, 2.0, 0.05)}
DEAD = {"dead": (0.05, 0.95, None)}
FULL = {"saturated": (0.2, 0.97, None)}


def jump(share):
    return 0.5 if share < 0.6 else 400.0


ROWS = (
    Row("signal.vanishing-gradient", stuck(**FADING), but(HEALTHY, steps=steps(falling(), **FADING))),
    Row("signal.vanishing-gradient", stuck(**FADING), stuck(delta_norm=(2e-3, 1e-2, 0.05))),
    Row("signal.exploding-gradient", stuck(**GROWING), but(HEALTHY, steps=steps(falling(), **GROWING))),
    Row("signal.exploding-gradient", stuck(gradient_norm_of_all=jump), stuck(gradient_norm_of_all=3.0)),
    Row("signal.dead-units", stuck(**DEAD), but(HEALTHY, steps=steps(falling(), **DEAD))),
    Row("signal.dead-units", stuck(**DEAD), stuck(dead=(0.1, 0.4, None))),
    Row("signal.dead-units", stuck(**DEAD), but(stuck(**DEAD), optimizing={"batch_size": 2})),
    Row(
        "signal.saturated-units",
        but(stuck(**FULL), network=SIGMOIDS),
        but(stuck(saturated=(0.3, 0.5, None)), network=SIGMOIDS),
    ),
    Row(
        "signal.saturated-units",
        but(stuck(**FULL), network=SIGMOIDS),
        but(HEALTHY, network=SIGMOIDS, steps=steps(falling(), **FULL)),
    ),
    Row(
        "signal.collapsed-representation",
        stuck(row_spread=(0.5, 1e-4, 0.0)),
        but(HEALTHY, steps=steps(falling(), row_spread=(0.5, 1e-4, 0.3))),
    ),
    Row("signal.collapsed-representation", stuck(row_spread=(0.5, 1e-4, 0.0)), stuck(row_spread=(0.5, 0.2, 0.0))),
    Row(
        "signal.rank-loss",
        stuck(rank=lambda share: (0.4, 0.4 if share < 0.3 else 0.01, 0.1)),
        but(HEALTHY, steps=steps(falling(), rank=lambda share: (0.4, 0.4 if share < 0.3 else 0.01, 0.1))),
    ),
    Row("signal.constant-output", stuck(output_spread=1e-5), stuck(output_spread=0.3)),
    Row("signal.constant-output", stuck(output_spread=1e-5), but(HEALTHY, steps=steps(falling(), output_spread=1e-5))),
)
BEHIND = but(
    POOR,
    steps=steps(falling(), **DEAD),
    trials=trials(0.5, rate_0p1=0.9),
    network=network(("linear", 64), RELU, ("linear", 10)),
)
ROWS += (Row("signal.dead-units", BEHIND, but(BEHIND, trials=trials(0.88, rate_0p1=0.9))),)
