"""Made-up explanations of every kind that is drawn."""

from netwright.core.explanations import (
    Check,
    Counterfactual,
    Dependence,
    Explained,
    Explanation,
    ImageHeat,
    Importance,
    ImportanceTable,
    Part,
    RemovalCurve,
    SeriesHeat,
    Swap,
    TextHeat,
)
from netwright.report.charts.heat_layer import heat_layer

PIXEL = heat_layer(((1.0,),))  # one orange pixel
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
DELETION = RemovalCurve(SHARES, (2.5, 0.2, -0.6, -1.0, -1.2), (2.5, 1.6, 0.7, -0.3, -1.2), -0.02, 0.66)
INSERTION = RemovalCurve(SHARES, (-1.2, 1.8, 2.6, 2.6, 2.5), (-1.2, -0.3, 0.7, 1.6, 2.5), 1.66, 0.66)
COMPLETE = Check("completeness", True, 0.002, 0.01, "the amounts miss output − reference by 0.2%")
COLUMNS = Explanation(
    row=12,
    answer=">50K",
    method="integrated gradients",
    why="the network is smooth in every column",
    unit="log-odds of >50K",
    output=2.5,
    reference=-1.2,
    parts=(
        Part("capital-gain", 2.6, "15024", "0", 2.5, 2.7),
        Part("education", 1.1, "Masters", "HS-grad"),
        Part("hours-per-week", -0.31, "20", "40"),
        Part("<b>age</b>", 0.31, "38", "37"),
        *(Part(f"column {number}", 0.001 * number, "0") for number in range(14)),
        Part("sex", 0.0, "Male"),
    ),
    checks=(
        COMPLETE,
        Check("deletion", True, -0.02, 0.66, "evidence goes faster than at random"),
        Check("stability", None, None, None, "one seed says nothing of others"),
    ),
    against="the mean of 64 training rows",
    truth=">50K",
    probability=0.924,
    deletion=DELETION,
    insertion=INSERTION,
)
REGRESSION = Explanation(
    row=3,
    answer="152.3",
    method="shapley",
    why="the network has a kink",
    unit="medv",
    output=152.3,
    reference=200.0,
    parts=(Part("bmi", -40.0, "0.01", "0"), Part("s5", -2.0, "−0.02", "0")),
    checks=(Check("completeness", False, 0.12, 0.01, "the amounts miss output − reference by 12%"),),
    truth="140",
    notes=("2 of 10 columns are missing in this row",),
)
IMAGE = Explanation(
    row=7,
    answer="3",
    method="integrated gradients",
    why="it is a network of images",
    unit="log-odds of 3",
    output=4.0,
    reference=-2.0,
    parts=(Part("block 1, 1", 4.5), Part("block 2, 3", 2.0), Part("block 2, 2", -0.5)),
    checks=(COMPLETE,),
    image=ImageHeat(PIXEL, ((0.5, -0.1, 0.0), (2.0, 1.0, -0.2), (0.1, 0.0, 3.0))),
    probability=0.99,
)
SERIES = Explanation(
    row=5,
    answer="walk",
    method="occlusion",
    why="fixed kernels have no gradient",
    unit="log-odds of walk",
    output=1.0,
    reference=0.0,
    parts=(Part("steps 1 to 3", 0.7), Part("steps 4 to 6", 0.3)),
    checks=(),
    series=SeriesHeat(
        ("x", "y"), ((0.0, 1.0, None, 2.0, 1.0, 0.0), (3.0, 3.0, 3.0, 3.0, 3.0, 3.0)),
        ((0.1, 0.2, 0.3, 0.0, 0.0, 0.1), (0.1, 0.0, -0.1, 0.2, 0.1, 0.0)),
    ),
)  # fmt: skip
TEXT = Explanation(
    row=2,
    answer="positive",
    method="integrated gradients",
    why="it reads words",
    unit="log-odds of positive",
    output=1.5,
    reference=0.1,
    parts=(Part("gorgeous", 1.6), Part("but", -0.3), Part("long", -0.1)),
    checks=(COMPLETE,),
    texts=(
        TextHeat("said", ("A ", "gorgeous", " film ", "but", " ", "long", "."), (0.0, 1.6, 0.0, -0.3, 0.0, -0.1, 0.0)),
    ),
)
IMPORTANCE = ImportanceTable(
    "permutation importance",
    "loss of accuracy",
    500,
    (Importance("capital-gain", 0.05, 0.04, 0.06), Importance("age", 0.002, -0.001, 0.005)),
)
AGE = Dependence(
    "age", "probability of >50K", ("20", "40", "60"), (20.0, 40.0, 60.0), (0.1, 0.3, 0.25), (0.08, 0.28, 0.2),
    (0.12, 0.32, 0.3), ((0.1, 0.2, 0.3), (0.5, 0.6, 0.4)),
)  # fmt: skip
COLOUR = Dependence(
    "colour", "probability of >50K", ("red", "green"), (0.0, 1.0), (0.1, 0.3), (0.08, 0.28), (0.12, 0.32), ((0.1, 0.2),)
)
DAY = Dependence(
    "day", "y", ("2020-01-01", "2020-07-01", "2021-01-01"), (1577836800.0, 1593561600.0, 1609459200.0),
    (1.0, 2.0, 3.0), (0.5, 1.5, 2.5), (1.5, 2.5, 3.5), (),
)  # fmt: skip
FLIP = Counterfactual(
    12, ">50K", "<=50K", True, (Swap("capital-gain", "15024", "0"), Swap("education", "Masters", "")), 0.61, 1.5,
    "with 2 columns changed the answer becomes <=50K",
)  # fmt: skip
STUCK = Counterfactual(3, "a", "b", False, (), None, 0.0, "no change within the training ranges was found")
BLOCKS = ImportanceTable(
    "permutation of blocks", "growth of log loss", 258,
    (Importance("block 2, 2", 0.2, 0.1, 0.3), Importance("block 1, 1", -0.001, -0.01, 0.01)),
    ImageHeat(PIXEL, ((0.0, 0.1), (0.1, 0.2))),
)  # fmt: skip
STRETCHES = ImportanceTable(
    "permutation of past steps", "growth of mse", 40,
    (
        Importance("steps 6 to 9", 0.2, None, None, steps=(6, 9)),
        Importance("steps 1 to 5", 0.1, None, None, steps=(1, 5)),
    ),
    note="each window keeps its own level",
)  # fmt: skip
WORDS = ImportanceTable(
    "erasure of words", "log-odds of positive", 1821,
    (Importance("gorgeous", 2.0, 1.5, 2.5, rows=12), Importance("<i>dull</i>", -1.0, -1.5, -0.5, rows=1300)),
    note="2 words stand in 10 of the texts or more",
)  # fmt: skip
EXPLAINED = Explained(
    (COLUMNS, REGRESSION, IMAGE, SERIES, TEXT), IMPORTANCE, (AGE, COLOUR, DAY), (FLIP, STUCK), ("made up",),
    (BLOCKS, STRETCHES, WORDS),
)  # fmt: skip
