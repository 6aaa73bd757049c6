"""What the rows are that training reads."""

from dataclasses import replace

from netwright.diagnosis.case import Lost
from tests.diagnosis.cases.making import (
    BINARY,
    HEALTHY,
    POOR,
    POOR_VALUES,
    RELU,
    VALUES,
    Row,
    but,
    epochs,
    network,
    slow,
    steps,
    stuck,
    trials,
)

LARGE = {"means": (120.0,) * 20, "deviations": (60.0,) * 20, "largest": 255.0}
NORMED = network(("normalization", "batch_norm"), ("linear", 64), RELU, ("linear", 10))
NORMED_FIRST = replace(NORMED, ops=(replace(NORMED.ops[0], from_data=True, inputs=()), *NORMED.ops[1:]))
MEMORISED = epochs([2.2, 1.5, 0.9, 0.4], [2.35, 2.6, 2.9, 3.3])
SOMEWHAT = replace(HEALTHY, steps=steps(slow(2.3, 1.9), accuracy=0.2))
LEARNT = epochs([2.2, 1.5, 0.9, 0.4], [2.2, 1.7, 1.2, 0.9])
RARE = {"shares": (0.95, 0.05), "constant_loss": 0.2}
SELDOM = {"shares": (0.97, 0.01, 0.02), "constant_loss": 5.0}
MIXED = tuple(replace(entry, validation_metric=0.2) for entry in LEARNT)
ALIKE = tuple(replace(entry, validation_metric=0.97) for entry in LEARNT)
SHIFTED = epochs([1.0, 0.5, 0.3], [1.5, 1.2, 1.1])
CLOSE = epochs([1.0, 0.5, 0.3], [1.0, 0.5, 0.35])

ROWS = (
    Row("data.unscaled-inputs", but(stuck(), rows=LARGE), but(HEALTHY, rows=LARGE)),
    Row(
        "data.unscaled-inputs",
        but(POOR, rows=LARGE, trials=trials(0.5, scaled_inputs=0.9)),
        but(HEALTHY, rows=LARGE, trials=trials(0.9, scaled_inputs=0.9)),
    ),
    Row(
        "data.unscaled-inputs",
        but(stuck(), rows={"deviations": (0.01,) * 10 + (5.0,) * 10}),
        but(stuck(), rows={"deviations": (0.4,) * 10 + (2.0,) * 10}),
    ),
    Row("data.unscaled-inputs", but(stuck(), rows=LARGE), but(stuck(), rows={**LARGE, "kind": "tokens"})),
    Row("data.unscaled-inputs", but(stuck(), rows=LARGE), but(stuck(), rows=LARGE, network=NORMED_FIRST)),
    Row(
        "data.unscaled-targets",
        but(stuck(VALUES), objective={"target_deviation": 400.0, "target_mean": 900.0}),
        but(VALUES, objective={"target_deviation": 400.0, "target_mean": 900.0}),
    ),
    Row(
        "data.unscaled-targets",
        but(
            POOR_VALUES,
            objective={"target_deviation": 36.0, "target_mean": 36.0},
            trials=trials(0.1, scaled_targets=0.9),
        ),
        but(stuck(VALUES), objective={"target_deviation": 2.0, "target_mean": 1.0}),
    ),
    Row("data.not-finite", but(HEALTHY, rows={"not_finite": 1}), HEALTHY),
    Row(
        "data.not-finite", but(HEALTHY, lost=Lost(1, "", "input")), but(HEALTHY, lost=Lost(9, "layers.2", "activation"))
    ),
    Row("data.constant-features", but(HEALTHY, rows={"constant": 20}), but(HEALTHY, rows={"constant": 3})),
    Row(
        "data.constant-features",
        but(HEALTHY, rows={"constant": 20, "seen": 1}, optimizing={"rows": 640}),
        but(HEALTHY, rows={"constant": 20, "seen": 1}, optimizing={"rows": 1}),
    ),
    Row(
        "data.constant-targets",
        but(VALUES, objective={"target_deviation": 0.0, "target_low": 1.0, "target_high": 1.0}),
        VALUES,
    ),
    Row(
        "data.constant-targets",
        but(HEALTHY, objective={"shares": (0.0, 1.0)}),
        but(HEALTHY, objective={"shares": (0.02, 0.98)}),
    ),
    Row("data.leak", but(HEALTHY, rows={"leak": "cancelled_on", "leak_strength": 0.999}), HEALTHY),
    Row(
        "data.leak",
        but(HEALTHY, rows={"leak": "cancelled_on", "leak_strength": 0.999}),
        but(HEALTHY, rows={"leak": "x", "leak_strength": 0.999, "features": 1}),
    ),
    Row(
        "data.shared-rows",
        but(HEALTHY, rows={"shared_rows": 0.4}),
        but(HEALTHY, rows={"shared_rows": 0.4, "duplicates": 0.3}),
    ),
    Row(
        "data.conflicting-labels",
        but(stuck(), rows={"conflicting": 0.6}),
        but(HEALTHY, rows={"conflicting": 0.6, "noise": 0.3}),
    ),
    Row("data.imbalance", but(stuck(but(BINARY, objective=RARE))), but(BINARY, objective=RARE)),
    Row(
        "data.imbalance",
        but(HEALTHY, objective=SELDOM, epochs=MIXED),
        but(HEALTHY, objective=SELDOM, epochs=ALIKE),
    ),
    Row("data.conflicting-labels", but(HEALTHY, rows={"noise": 0.5}), but(HEALTHY, rows={"noise": 0.2})),
    Row("data.shuffled-targets", but(HEALTHY, epochs=MEMORISED), but(HEALTHY, epochs=LEARNT)),
    Row(
        "data.shuffled-targets",
        but(stuck(), trials=trials(0.1, reference=0.1, rate_10=0.1)),
        but(stuck(), trials=trials(0.1, reference=0.8, rate_10=0.1)),
    ),
    Row(
        "data.shuffled-targets",
        but(stuck(), rows={"conflicting": 1.0}),
        but(stuck(), rows={"conflicting": 0.6, "duplicates": 0.7}),
    ),
    Row(
        "data.shuffled-targets",
        but(SOMEWHAT, epochs=MEMORISED, trials=trials(0.14, reference=0.15, rate_10=0.13)),
        but(SOMEWHAT, epochs=MEMORISED, trials=trials(0.14, reference=0.6, rate_10=0.2)),
    ),
    Row("data.not-shuffled", but(HEALTHY, rows={"order": 9.8}), but(HEALTHY, rows={"order": 1.1})),
    Row(
        "data.same-batch",
        but(HEALTHY, rows={"same_batch": True}),
        but(HEALTHY, optimizing={"batch_size": 640, "steps_per_epoch": 1}),
    ),
    Row(
        "data.drift",
        but(HEALTHY, rows={"drift": 0.95}, epochs=SHIFTED),
        but(HEALTHY, rows={"drift": 0.95}, epochs=CLOSE),
    ),
    Row(
        "data.drift",
        but(HEALTHY, rows={"drift": 0.95}, epochs=SHIFTED),
        but(HEALTHY, rows={"drift": 0.55}, epochs=SHIFTED),
    ),
    Row("data.row-dependence", but(HEALTHY, rows={"row_dependence": 0.4}), but(HEALTHY, rows={"row_dependence": 1e-6})),
    Row(
        "data.future-dependence",
        but(HEALTHY, rows={"future_dependence": 0.4, "kind": "tokens"}),
        but(HEALTHY, rows={"future_dependence": 0.0, "kind": "tokens"}),
    ),
)
