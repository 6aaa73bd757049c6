"""What the weights are before the first step."""

from tests.diagnosis.cases.making import HEALTHY, POOR, Row, but, stuck, trials

ALIKE = {"same_units": (1.0, 1.0, 0.0), "deviation": (0.0, 0.0, 0.0), "mean": (0.5, 0.5, 0.5)}
LARGE = {"deviation": (1.0, 1.0, 1.0), "fan_in": (784, 64, 64)}
SMALL = {"deviation": (0.01, 0.01, 0.01)}

ROWS = (
    Row(
        "initialisation.symmetric-units",
        but(stuck(), start=ALIKE),
        but(stuck(), start={"deviation": (0.13, 0.07, 0.0)}),
    ),
    Row(
        "initialisation.symmetric-units",
        but(stuck(), start=ALIKE),
        but(HEALTHY, start={"same_units": (0.0, 1.0, 0.0)}),
    ),
    Row("initialisation.too-large", but(stuck(), start=LARGE), but(HEALTHY, start=LARGE)),
    Row(
        "initialisation.too-large",
        but(POOR, start=LARGE, trials=trials(0.6, kaiming=0.9)),
        but(HEALTHY, start=LARGE, trials=trials(0.9, kaiming=0.9)),
    ),
    Row("initialisation.too-small", but(stuck(), start=SMALL), but(HEALTHY, start=SMALL)),
    Row("initialisation.too-small", but(stuck(), start=SMALL), stuck()),
    Row(
        "initialisation.bias-far-off",
        but(stuck(), start={"bias": (10.0, 0.1, 0.1)}),
        but(stuck(), start={"bias": (0.1, 0.1, 5.0)}),
    ),
    Row(
        "initialisation.bias-far-off",
        but(stuck(), start={"bias": (10.0, 0.1, 0.1)}),
        but(HEALTHY, start={"bias": (10.0, 0.1, 0.1)}),
    ),
)
