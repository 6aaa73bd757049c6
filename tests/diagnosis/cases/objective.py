"""How the answers are compared with the targets."""

from tests.diagnosis.cases.making import (
    BINARY,
    HEALTHY,
    POOR,
    POOR_VALUES,
    SGD,
    VALUES,
    Row,
    but,
    falling,
    network,
    slow,
    steps,
    stuck,
    trials,
)

ONE_HOT = {"one_hot": True, "target_shape": (32, 10), "target_high": 1.0}
RANKS = {"target_whole": True, "target_low": 0.0, "target_high": 4.0, "target_mean": 2.0, "target_deviation": 1.41}
SHARES = network(("linear", 64), ("activation", "relu"), ("linear", 10), ("softmax", "softmax"))
BENT_SHARES = network(
    *[part for _ in range(2) for part in (("linear", 10), ("activation", "relu"))], ("softmax", "softmax")
)
BENT = {"loss": "probabilities_cross_entropy", "takes": "probabilities", "head": "relu"}
NEGATED = [-0.3 * 1.05**number for number in range(120)]

ROWS = (
    Row(
        "objective.softmax-before-cross-entropy",
        but(HEALTHY, objective={"head": "softmax"}),
        but(HEALTHY, objective={"head": "log_softmax"}),
    ),
    Row(
        "objective.softmax-before-cross-entropy",
        but(HEALTHY, objective={"head": "softmax"}),
        but(HEALTHY, objective={"head": "softmax", "loss": "probabilities_cross_entropy", "takes": "probabilities"}),
    ),
    Row(
        "objective.sigmoid-twice",
        but(BINARY, objective={"head": "sigmoid"}),
        but(BINARY, objective={"head": "sigmoid", "loss": "bce", "takes": "probabilities"}),
    ),
    Row("objective.squashed-logits", but(POOR, objective={"head": "relu"}), but(HEALTHY, objective={"head": "relu"})),
    Row(
        "objective.squashed-logits",
        but(POOR, objective={"head": "tanh"}, trials=trials(0.6, pairing=0.9)),
        but(HEALTHY, objective={"head": "tanh"}, trials=trials(0.9, pairing=0.9)),
    ),
    Row("objective.squashed-logits", but(POOR, network=BENT_SHARES), but(POOR, network=SHARES)),
    Row("objective.squashed-logits", but(POOR, network=BENT_SHARES), but(HEALTHY, network=BENT_SHARES)),
    Row(
        "objective.loss-without-head",
        but(stuck(), objective={**BENT, "output_low": 0.0, "output_high": 0.6}),
        but(HEALTHY, objective={**BENT, "output_low": 0.0, "output_high": 0.6}),
    ),
    Row(
        "objective.loss-without-head",
        but(BINARY, objective={"loss": "bce", "takes": "probabilities"}),
        but(BINARY, objective={"loss": "bce", "takes": "probabilities", "output_low": 0.01, "output_high": 0.99}),
    ),
    Row(
        "objective.loss-without-head",
        but(
            HEALTHY,
            objective={
                "loss": "nll",
                "takes": "log_probabilities",
                "head": "softmax",
                "output_low": 0.0,
                "output_high": 1.0,
            },
        ),
        but(HEALTHY, objective={"loss": "nll", "takes": "log_probabilities", "head": "log_softmax"}),
    ),
    Row(
        "objective.loss-for-task",
        but(POOR, objective={**ONE_HOT, "loss": "mse", "head": "softmax"}, trials=trials(0.3, pairing=0.9)),
        but(HEALTHY, objective={**ONE_HOT, "loss": "mse", "head": "softmax"}),
    ),
    Row(
        "objective.loss-for-task",
        but(VALUES, steps=steps(slow(1.1, 1.0)), objective={"loss": "cross_entropy", "takes": "logits"}),
        but(VALUES, objective={"loss": "bce", "target_low": 0.0, "target_high": 1.0}),
    ),
    Row(
        "objective.loss-for-task",
        but(stuck(BINARY), objective={"loss": "mae", "head": "sigmoid"}),
        but(BINARY, objective={"loss": "mse", "head": "sigmoid"}),
    ),
    Row(
        "objective.loss-for-task",
        but(stuck(BINARY), objective={"loss": "probabilities_cross_entropy", "head": "sigmoid"}),
        HEALTHY,
    ),
    Row("objective.softmax-over-rows", but(HEALTHY, objective={"over_rows": True, "head": "softmax"}), HEALTHY),
    Row(
        "objective.shape-broadcast",
        but(VALUES, objective={"broadcast": True, "target_shape": (32,)}),
        but(VALUES, objective={"output_shape": (32,), "target_shape": (32,)}),
    ),
    Row(
        "objective.targets-out-of-range",
        but(BINARY, objective={"target_low": 1.0, "target_high": 2.0}),
        but(BINARY, objective={"target_low": 0.05, "target_high": 0.95}),
    ),
    Row(
        "objective.targets-out-of-range",
        but(BINARY, objective={"target_low": -1.0}),
        but(HEALTHY, objective={"target_low": 0.0, "target_high": 9.0}),
    ),
    Row(
        "objective.reduction-sum",
        but(stuck(), objective={"reduction": "sum"}, optimizing=SGD),
        but(stuck(), objective={"reduction": "sum"}),
    ),
    Row(
        "objective.reduction-sum",
        but(POOR, objective={"reduction": "sum"}, optimizing=SGD, trials=trials(0.5, rate_0p01=0.9)),
        but(HEALTHY, objective={"reduction": "sum"}, optimizing=SGD),
    ),
    Row(
        "objective.label-coding",
        but(HEALTHY, objective={**ONE_HOT, "target_shape": (32, 8)}),
        but(HEALTHY, objective=ONE_HOT),
    ),
    Row(
        "objective.label-coding",
        but(POOR_VALUES, steps=steps(slow(1.1, 0.4)), objective=RANKS, trials=trials(0.2, pairing=0.9)),
        but(VALUES, steps=steps(slow(1.1, 0.4)), objective={**RANKS, "target_mean": 1.1}),
    ),
    Row(
        "objective.label-coding",
        but(VALUES, steps=steps(slow(1.1, 0.4)), objective=RANKS),
        but(VALUES, steps=steps(falling(1.1, 0.01)), objective=RANKS),
    ),
    Row(
        "objective.label-coding",
        but(HEALTHY, objective={"loss": "unsigned_hinge", "target_low": 0.0, "target_high": 1.0}),
        but(HEALTHY, objective={"loss": "hinge", "target_low": -1.0, "target_high": 1.0}),
    ),
    Row(
        "objective.wrong-sign",
        but(VALUES, steps=steps(NEGATED)),
        but(VALUES, objective={"loss": ""}, steps=steps([-0.5] * 100)),
    ),
    Row("objective.wrong-sign", but(HEALTHY, objective={"loss": ""}, steps=steps(NEGATED, accuracy=0.01)), HEALTHY),
)
