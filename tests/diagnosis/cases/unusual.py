"""Sound trainings that look odd: on each of them the doctor has nothing to say."""

import math
from dataclasses import replace

from netwright.diagnosis.case import Case
from tests.diagnosis.cases.making import (
    BINARY,
    HEALTHY,
    RELU,
    SGD,
    VALUES,
    but,
    epochs,
    falling,
    flat,
    network,
    steps,
    trials,
)

FROZEN = tuple(f"body.{number}.weight" for number in range(40))
NOISY = [1.2 + 0.4 * math.sin(11.0 * number) + 0.8 * math.exp(-number / 30) for number in range(200)]
LEARNT_TRIALS = trials(
    0.90, reference=0.92, pairing=0.90, rate_10=0.91, rate_0p1=0.6, rate_100=0.3, rate_0p01=0.2, adam=0.91, relu=0.9,
    kaiming=0.9, scaled_inputs=0.91, wider=0.92, no_dropout=0.91, one_batch=1.0, batch_0p1=0.92, epochs_4=0.93,
)  # fmt: skip
UNUSUAL: dict[str, Case] = {
    "plain": HEALTHY,
    "values": VALUES,
    "two classes": BINARY,
    "nothing known": Case(),
    "probed": but(HEALTHY, trials=LEARNT_TRIALS),
    "a frozen backbone": but(
        HEALTHY,
        network={"frozen": FROZEN, "tensors": 46},
        optimizing={"evaluating": ("body.norm",), "learning_rate": 1e-4},
        start={"names": ("body.0", "body.1", "head"), "deviation": (0.3, 0.21, 0.07)},
    ),
    "only the head in the optimizer": but(
        HEALTHY,
        network={"missing": FROZEN, "tensors": 46},
        start={"names": ("body.0", "body.1", "head"), "deviation": (0.3, 0.2, 0.07)},
    ),
    "warm-up and cosine": but(
        HEALTHY,
        optimizing={"rates_changed": 199},
        steps=steps(falling(), rate=lambda share: 1e-3 * min(1.0, 10 * share) * 0.5 * (1 + math.cos(math.pi * share))),
    ),
    "heavy dropout": but(HEALTHY, optimizing={"dropout": 0.8}, steps=steps(falling(2.3, 1.2), dead=(0.1, 0.2, None))),
    "batches of two": but(HEALTHY, optimizing={"batch_size": 2}, steps=steps(NOISY, dead=(0.7, 0.8, None))),
    "a batch of all rows": but(HEALTHY, optimizing={"batch_size": 640, "steps_per_epoch": 1}),
    "two hidden units": but(
        VALUES, network=network(("linear", 2), ("activation", "tanh"), ("linear", 1), features=2, parameters=9)
    ),
    "a linear model": but(HEALTHY, network=network(("linear", 10))),
    "a linear autoencoder": but(
        VALUES,
        network=network(("linear", 4), ("linear", 20)),
        objective={"output_shape": (32, 20), "target_shape": (32, 20)},
    ),
    "label smoothing": but(HEALTHY, steps=steps(falling(2.3, 0.9))),
    "noisy labels": but(HEALTHY, rows={"noise": 0.3}, steps=steps(falling(2.3, 1.6))),
    "one percent of yes": but(
        BINARY,
        objective={"shares": (0.99, 0.01), "constant_loss": 0.056, "first_loss": 0.7},
        steps=steps(falling(0.7, 0.04)),
    ),
    "a little to learn": but(
        VALUES,
        steps=steps([0.88 + 0.3 * math.exp(-number / 15) + 0.05 * math.sin(9.0 * number) for number in range(200)]),
    ),
    "a squared error of probabilities": but(BINARY, objective={"loss": "mse", "head": "sigmoid", "takes": "values"}),
    "logits through log_softmax": but(HEALTHY, objective={"head": "log_softmax"}),
    "Keras's cross-entropy": but(
        HEALTHY,
        objective={
            "head": "softmax",
            "loss": "probabilities_cross_entropy",
            "takes": "probabilities",
            "output_low": 0.0,
            "output_high": 1.0,
        },
    ),
    "positive targets behind softplus": but(
        VALUES, objective={"head": "softplus", "target_low": 0.1, "target_high": 40.0, "target_mean": 5.0}
    ),
    "pixels from 0 to 1": but(
        HEALTHY, rows={"kind": "images", "means": (0.13,), "deviations": (0.31,), "features": 784, "constant": 60}
    ),
    "pixels from 0 to 255 that are learnt": but(
        HEALTHY, rows={"kind": "images", "means": (33.0,), "deviations": (78.0,)}
    ),
    "prices that are learnt": but(VALUES, objective={"target_mean": 2e5, "target_deviation": 8e4}),
    "sparse ReLUs": but(HEALTHY, steps=steps(falling(), dead=(0.6, 0.7, None), saturated=(0.9, 0.9, None))),
    "a deep residual network": but(
        HEALTHY,
        network=network(*[part for _ in range(30) for part in (("linear", 32), RELU, ("add", "add"))], ("linear", 10)),
    ),
    "zeros at the end": but(HEALTHY, start={"deviation": (0.13, 0.07, 0.0), "mean": (0.0, 0.0, 0.0)}),
    "an orthogonal start": but(HEALTHY, start={"deviation": (0.22, 0.125, 0.125)}),
    "clipped Adam": but(HEALTHY, optimizing={"clip_norm": 0.01}),
    "a summed loss under Adam": but(HEALTHY, objective={"reduction": "sum"}),
    "accumulation": but(HEALTHY, optimizing={"backwards_per_step": 4.0}),
    "momentum 0.99 that works": but(HEALTHY, optimizing={**SGD, "momentum": 0.99}),
    "validation a little above": but(
        HEALTHY, epochs=epochs([2.0 * 0.8**n for n in range(20)], [2.1 * 0.85 ** min(n, 9) for n in range(20)])
    ),
    "stopped early": but(
        HEALTHY,
        epochs=epochs(
            [2.0 * 0.8**n for n in range(20)], [2.1 * 0.85 ** min(n, 9) + 0.05 * max(0, n - 9) for n in range(20)]
        ),
        optimizing={"patience": 10, "stopped_because": "early: no better for 10 epochs"},
    ),
    "an unused head": but(HEALTHY, network={"without_gradient": ("auxiliary.weight", "auxiliary.bias")}),
    "rows of few values": but(BINARY, rows={"seen": 4, "features": 2, "duplicates": 0.0, "shared_rows": 1.0}),
    "a likelihood below 0": but(
        VALUES,
        objective={"loss": "", "constant_loss": None},
        steps=steps([0.5 - 1.5 * (1 - math.exp(-n / 40)) for n in range(200)]),
    ),
    "a loss without name": but(
        HEALTHY, objective={"loss": "", "head": "", "task": "", "takes": "", "constant_loss": None}
    ),
    "continued from good weights": but(HEALTHY, steps=steps(flat(0.15)), objective={"first_loss": 0.16}),
    "batch norm kept as it was, one image at a time": but(
        HEALTHY,
        network=replace(
            network(("linear", 64), ("normalization", "batch_norm"), RELU, ("linear", 10)), frozen=("layers.1.weight",)
        ),
        optimizing={"batch_size": 1},
    ),
    "few steps on rows that say little": but(
        VALUES,
        steps=steps(falling(1.05, 0.75, count=40)),
        optimizing={"steps": 40},
        trials=trials(0.3, reference=0.31, rate_10=0.3),
    ),
    "a handful of steps": but(HEALTHY, steps=steps(falling(count=6)), optimizing={"steps": 6}),
    "not looked into": replace(
        but(HEALTHY, network={"ops": (), "unseen": "compiled by torch.compile"}), start=Case().start
    ),
}
