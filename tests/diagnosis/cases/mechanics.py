"""What the program does beside the mathematics."""

from netwright.diagnosis.case import Lost
from tests.diagnosis.cases.making import HEALTHY, RELU, Row, but, network, stuck

REGULARISED = network(("linear", 64), ("normalization", "batch_norm"), RELU, ("dropout", "dropout"), ("linear", 10))
FROZEN = ("layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias")
TRAINED = {"deviation": (0.27, 0.16, 0.0722)}  # as weights that learnt something
HALF = {"precision": "float16"}

ROWS = (
    Row(
        "mechanics.evaluation-mode",
        but(HEALTHY, network=REGULARISED, optimizing={"evaluating": ("layers.1", "layers.3")}),
        but(HEALTHY, network=REGULARISED),
    ),
    Row(
        "mechanics.evaluation-mode",
        but(stuck(), network=REGULARISED, optimizing={"evaluating": ("layers.1",)}),
        but(
            HEALTHY,
            network={"ops": REGULARISED.ops, "frozen": ("body.conv.weight",)},
            optimizing={"evaluating": ("body.norm1", "body.norm2")},
        ),
    ),
    Row("mechanics.training-mode-in-evaluation", but(HEALTHY, optimizing={"training_in_evaluation": 5}), HEALTHY),
    Row(
        "mechanics.frozen-layers",
        but(stuck(), network={"frozen": FROZEN}),
        but(stuck(), network={"frozen": FROZEN}, start=TRAINED),
    ),
    Row("mechanics.frozen-layers", but(stuck(), network={"frozen": FROZEN}), but(HEALTHY, network={"frozen": FROZEN})),
    Row(
        "mechanics.missing-from-optimizer",
        but(HEALTHY, network={"missing": FROZEN[:2]}),
        but(HEALTHY, network={"missing": FROZEN[:2]}, start=TRAINED),
    ),
    Row("mechanics.missing-from-optimizer", but(stuck(), network={"missing": ("scale",)}), stuck()),
    Row(
        "mechanics.missing-from-optimizer",
        but(stuck(), network={"unregistered": 4}),
        but(HEALTHY, network={"unregistered": 4}),
    ),
    Row(
        "mechanics.without-gradient",
        but(HEALTHY, network={"without_gradient": FROZEN[:2]}),
        but(HEALTHY, network={"without_gradient": ("auxiliary.weight",)}),
    ),
    Row("mechanics.not-finite-source", but(HEALTHY, lost=Lost(9, "layers.2", "activation")), HEALTHY),
    Row(
        "mechanics.precision-overflow",
        but(stuck(zero_gradients=(0.9, 0.9, 0.8)), optimizing=HALF),
        but(stuck(zero_gradients=(0.9, 0.9, 0.8)), optimizing={**HALF, "scaled_losses": True}),
    ),
    Row(
        "mechanics.precision-overflow",
        but(HEALTHY, optimizing=HALF, lost=Lost(9, "", "loss")),
        but(HEALTHY, optimizing=HALF),
    ),
    Row("mechanics.nondeterminism", but(HEALTHY, repeats=0.2), but(HEALTHY, repeats=0.0), hurts=False),
)
