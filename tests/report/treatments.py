"""A made-up treatment."""

from netwright.diagnosis.treatment.values import Treatment, TrialRow

ROWS = (
    TrialRow("as it is", "as it is", scores=(0.1, 0.11, 0.09), mean=0.1),
    TrialRow("remedy", "take <b>Adam</b>", (("optimizer", "adam"),), "optimisation.rate-too-high", (0.8, 0.8, 0.8), 0.8,
             0.7, 0.01, 0.001, 0.65, True, "kept: +0.700 on 3 paired seeds"),
    TrialRow("remedy", "halve the batch", (("batch_size", 0.5),), "x.y", (0.1, None, 0.1), 0.07, -0.03, 0.03, 0.8, -0.1,
             False, "reverted: -0.030"),
    TrialRow("random change", "width: 2.0", (("width", 2.0),), "", (0.1, 0.2, 0.15), 0.15),
)  # fmt: skip
TREATMENT = Treatment(
    "hot", ("optimisation.rate-too-high",), "accuracy", (0, 1, 2), ROWS, (("optimizer", "adam"),),
    ("take <b>Adam</b>",),
    0.1, 0.8, 0.15, 0.8, (), True, 12.0, "Treated: take <b>Adam</b>. Accuracy from 0.100 to 0.800.",
)  # fmt: skip
