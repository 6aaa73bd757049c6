"""What the network is built of."""

from dataclasses import replace

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
    stuck,
    trials,
)

LABELS = but(
    POOR,
    objective={
        "task": "labels",
        "head": "sigmoid",
        "loss": "bce",
        "takes": "probabilities",
        "output_shape": (32, 8),
        "target_shape": (32, 8),
        "target_low": 0.0,
        "target_high": 1.0,
        "target_mean": 0.5,
        "shares": (),
    },
)  # of 8 labels four hold, on average
LINEAR = network(("linear", 64), ("linear", 64), ("linear", 10))
PARTLY = network(("linear", 64), RELU, ("linear", 80), ("linear", 10))
FACTORED = network(("linear", 64), RELU, ("linear", 4), ("linear", 64), RELU, ("linear", 10))
NORMALISED = network(("linear", 64), ("normalization", "batch_norm"), RELU, ("linear", 10), parameters=2_000)
DEEP = network(*[part for _ in range(12) for part in (("linear", 32), ("activation", "tanh"))], ("linear", 10))
SKIPPED = network(*[part for _ in range(12) for part in (("linear", 32), RELU, ("add", "add"))], ("linear", 10))
LAYERS = tuple(f"layers.{2 * number}" for number in range(7))
FADING = {"names": LAYERS, "spread": (1.0, 0.3, 0.1, 0.03, 0.01, 0.001, None), "dead": (0.0,) * 6 + (None,)}
EVEN = {"names": LAYERS, "spread": (1.0, 1.0, 0.9, 0.8, 0.8, 0.7, None), "dead": (0.0,) * 6 + (None,)}
SEVEN = network(*[part for _ in range(6) for part in (("linear", 32), RELU)], ("linear", 10))
SIGMOIDS = network(*[part for _ in range(5) for part in (("linear", 30), ("activation", "sigmoid"))], ("linear", 10))
SOFTMAX_INSIDE = network(("linear", 64), ("softmax", "softmax"), ("linear", 10))
ATTENTION = network(("linear", 64), ("softmax", "softmax"), ("other", "matmul"), RELU, ("linear", 10))
CELL = [("linear", 64), ("activation", "sigmoid"), ("softmax", "softmax"), ("other", "mul")]
DROPPED = network(("linear", 64), RELU, ("linear", 10), ("dropout", "dropout"))
INSIDE = network(("linear", 64), RELU, ("dropout", "dropout"), ("linear", 10))
BEFORE_NORM = network(
    ("linear", 64), RELU, ("dropout", "dropout"), ("linear", 64), ("normalization", "batch_norm"), RELU, ("linear", 10)
)
GAP = epochs([1.0, 0.6, 0.4, 0.3], [1.6, 1.5, 1.5, 1.4])
NO_GAP = epochs([1.0, 0.6, 0.4, 0.3], [1.0, 0.6, 0.45, 0.35])


def written_out(*step, times=3):
    """Return a network that takes the same layer's step again and again, each product of the two results before it."""
    plain = network(*list(step) * times, ("linear", 10))
    before = {op.number: (op.number - 2, op.number - 1) for op in plain.ops if op.name == "mul"}
    ops = [replace(op, inputs=before.get(op.number, op.inputs)) for op in plain.ops]
    return replace(plain, ops=tuple(replace(op, layer="cell") if op.layer else op for op in ops))


def unbiased(plain):
    return replace(plain, ops=tuple(replace(op, bias=False) for op in plain.ops))


ALL_LINEAR = network(("linear", 4), ("linear", 20))

ROWS = (
    Row("architecture.missing-nonlinearity", but(POOR, network=LINEAR), POOR),
    Row("architecture.missing-nonlinearity", but(POOR, network=LINEAR), but(HEALTHY, network=network(("linear", 10)))),
    Row(
        "architecture.missing-nonlinearity",
        but(POOR, network=PARTLY, trials=trials(0.5, relu=0.8)),
        but(HEALTHY, network=PARTLY, trials=trials(0.8, relu=0.8)),
    ),
    Row(
        "architecture.missing-nonlinearity",
        but(POOR_VALUES, network=ALL_LINEAR, objective={"output_shape": (32, 20), "target_mean": 8.3}),
        but(POOR_VALUES, network=ALL_LINEAR, objective={"output_shape": (32, 20)}),
    ),
    Row("architecture.missing-nonlinearity", but(stuck(), network=PARTLY), but(stuck(), network=FACTORED)),
    Row(
        "architecture.missing-nonlinearity",
        but(HEALTHY, network=LINEAR, trials=trials(0.95, relu=0.95)),
        but(HEALTHY, network=LINEAR, objective={"output_shape": (32, 20), "task": "values"}),
        hurts=False,
    ),
    Row(
        "architecture.wrong-output-activation",
        but(VALUES, objective={"head": "sigmoid", "target_low": 3.0, "target_high": 103.0}),
        but(VALUES, objective={"head": "sigmoid", "target_low": 0.0, "target_high": 1.0}),
    ),
    Row(
        "architecture.wrong-output-activation",
        but(VALUES, objective={"head": "relu"}),
        but(VALUES, objective={"head": "relu", "target_low": 0.0, "target_high": 50.0}),
    ),
    Row(
        "architecture.wrong-output-activation",
        but(BINARY, objective={"head": "sigmoid", "loss": "mse", "target_low": -1.0}),
        but(BINARY, objective={"head": "tanh", "loss": "mse", "target_low": -1.0}),
    ),
    Row(
        "architecture.wrong-output-activation",
        but(LABELS, objective={"head": "softmax"}),
        but(LABELS, objective={"head": "sigmoid"}),
    ),
    Row(
        "architecture.wrong-output-activation",
        but(LABELS, objective={"head": "softmax"}),
        but(LABELS, objective={"head": "softmax", "target_mean": 0.125}),
    ),
    Row("architecture.single-unit-softmax", but(BINARY, objective={"head": "softmax", "loss": "bce"}), BINARY),
    Row(
        "architecture.single-unit-softmax",
        but(BINARY, objective={"head": "softmax", "output_shape": (32,)}),
        but(HEALTHY, objective={"head": "softmax", "loss": "probabilities_cross_entropy"}),
    ),
    Row(
        "architecture.output-dimension",
        but(HEALTHY, objective={"output_shape": (32, 1), "loss": "mse", "target_shape": (32, 1)}),
        but(HEALTHY, objective={"output_shape": (32, 12)}),
    ),
    Row(
        "architecture.output-dimension",
        but(HEALTHY, objective={"output_shape": (32, 1), "loss": "bce", "target_shape": (32, 1)}),
        but(HEALTHY, objective={"output_shape": (32, 10, 8, 8), "target_shape": (32, 8, 8)}),
    ),
    Row(
        "architecture.bottleneck",
        but(
            POOR,
            network=network(("linear", 64), RELU, ("linear", 1), RELU, ("linear", 10)),
            trials=trials(0.2, wider=0.9),
        ),
        but(
            POOR,
            network=network(("linear", 64), RELU, ("linear", 32), RELU, ("linear", 10)),
            trials=trials(0.2, wider=0.9),
        ),
    ),
    Row(
        "architecture.bottleneck",
        but(stuck(), network=network(("linear", 64), RELU, ("linear", 1), RELU, ("linear", 10))),
        but(HEALTHY, network=network(("linear", 64), RELU, ("linear", 1), RELU, ("linear", 10))),
    ),
    Row(
        "architecture.capacity-too-small",
        but(POOR, network=network(("linear", 2), RELU, ("linear", 10)), trials=trials(0.4, wider=0.8)),
        but(POOR, network=network(("linear", 2), RELU, ("linear", 10)), trials=trials(0.8, wider=0.82)),
    ),
    Row(
        "architecture.capacity-too-small",
        but(POOR, network=network(("linear", 2), RELU, ("linear", 10)), trials=trials(0.4, wider=0.8)),
        but(POOR, network=network(("linear", 2), RELU, ("linear", 10)), trials=trials(0.4, wider=0.8, epochs_4=0.85)),
    ),
    Row(
        "architecture.capacity-too-small",
        but(POOR, network=network(("linear", 10)), trials=trials(0.4, reference=0.9, rate_10=0.5)),
        but(POOR, network=network(("linear", 10)), trials=trials(0.4, reference=0.9, rate_10=0.85)),
    ),
    Row(
        "architecture.unread-steps",
        but(stuck(), rows={"unread": 0.75, "kind": "series"}),
        but(stuck(), rows={"unread": 0.25, "kind": "series"}),
    ),
    Row(
        "architecture.unread-steps",
        but(stuck(), rows={"unread": 0.75, "kind": "series"}),
        but(HEALTHY, rows={"unread": 0.75, "kind": "series"}),
    ),
    Row("architecture.too-deep-without-skips", but(stuck(), network=DEEP), but(stuck(), network=SKIPPED)),
    Row("architecture.too-deep-without-skips", but(stuck(), network=DEEP), but(HEALTHY, network=DEEP)),
    Row("architecture.normalization-missing", but(stuck(**FADING), network=SEVEN), but(stuck(**EVEN), network=SEVEN)),
    Row(
        "architecture.batch-of-one",
        but(HEALTHY, network=NORMALISED, optimizing={"batch_size": 1}),
        but(HEALTHY, network=NORMALISED, optimizing={"batch_size": 8}),
    ),
    Row(
        "architecture.bias-before-batch-norm",
        but(HEALTHY, network=NORMALISED),
        but(HEALTHY, network=unbiased(NORMALISED)),
        False,
    ),
    Row(
        "architecture.dropout-before-batch-norm",
        but(POOR, network=BEFORE_NORM, epochs=GAP, trials=trials(0.6, no_dropout=0.8)),
        but(POOR, network=BEFORE_NORM, epochs=NO_GAP, trials=trials(0.6, no_dropout=0.8)),
    ),
    Row(
        "architecture.dropout-on-output",
        but(HEALTHY, network=DROPPED, optimizing={"dropout": 0.5}),
        but(HEALTHY, network=INSIDE, optimizing={"dropout": 0.5}),
    ),
    Row("architecture.hidden-softmax", but(stuck(), network=SOFTMAX_INSIDE), but(stuck(), network=ATTENTION)),
    Row(
        "architecture.hidden-softmax",
        but(POOR, network=SOFTMAX_INSIDE, trials=trials(0.3, relu=0.9, rate_10=0.5)),
        but(POOR, network=SOFTMAX_INSIDE, trials=trials(0.3, relu=0.3, rate_10=0.9)),
    ),
    Row("architecture.hidden-softmax", but(stuck(), network=SOFTMAX_INSIDE), but(HEALTHY, network=SOFTMAX_INSIDE)),
    Row("architecture.hidden-softmax", but(stuck(), network=written_out(*CELL)), but(stuck(), network=network(*CELL))),
    Row("architecture.saturating-activations", but(stuck(), network=SIGMOIDS), but(HEALTHY, network=SIGMOIDS)),
    Row(
        "architecture.saturating-activations",
        but(stuck(), network=SIGMOIDS),
        but(stuck(), network=written_out(("linear", 30), ("activation", "sigmoid"), times=5)),
    ),
    Row(
        "architecture.saturating-activations",
        but(POOR, network=SIGMOIDS, trials=trials(0.3, relu=0.9, rate_10=0.4)),
        but(POOR, network=SIGMOIDS, trials=trials(0.3, relu=0.5, rate_10=0.9)),
    ),
)
