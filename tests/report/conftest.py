"""Made-up runs of every shape that the report has to draw."""

import math
import random
from dataclasses import replace

import pytest

from netwright.core.evidence import (
    Calibration,
    Coverage,
    Covered,
    Diagnostics,
    Evaluation,
    Measure,
    ReliabilityBin,
    Slice,
    Slices,
    WorstError,
)
from netwright.core.findings import Finding
from netwright.core.values import (
    Choice,
    Column,
    Contender,
    Contest,
    CrossValidation,
    EnsembleSummary,
    EpochRecord,
    FoldScore,
    LearningCurve,
    LearningPoint,
    MemberRecord,
    NoiseScale,
    RateTest,
    Rejected,
    RowCount,
    RunSummary,
    Schema,
)

ATTACK = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def column(position: int, name: str, kind="numeric", role="feature", **known) -> Column:
    reason = {"numeric": "all values are numbers", "categorical": "3 distinct texts in 569 rows"}.get(
        kind, "by its values"
    )
    asked = {"feature": "", "target": "asked for", "ignored": "one value per row"}.get(role, "")
    defaults = {"rows": 569, "missing": 0, "distinct": 411} | known
    return Column(name, position, kind, reason, role, asked, **defaults)


def epochs(count: int, start=0.7, end=0.05, unit=1.0) -> tuple[EpochRecord, ...]:
    chance = random.Random(0)
    records, best = [], -math.inf
    for epoch in range(1, count + 1):
        fallen = math.exp(-4 * epoch / count)
        metric = 0.97 - 0.3 * fallen + chance.gauss(0, 0.006) - 0.02 * (epoch / count) ** 4
        records.append(
            EpochRecord(
                epoch=epoch,
                step=epoch * 12,
                train_loss=end + (start - end) * fallen + abs(chance.gauss(0, 0.01 * start)),
                learning_rate=0.01,
                validation_loss=end * 1.6 + (start - end) * fallen + 0.05 * start * (epoch / count) ** 3,
                metric=metric if unit == 1 else (1.6 - metric) * unit,
                seconds=0.08 * epoch,
                best=metric > best,
            )
        )
        best = max(best, metric)
    return tuple(records)


@pytest.fixture
def classification() -> RunSummary:
    names = ("mean radius", "mean texture", "mean perimeter", "mean area", "worst radius", "worst texture")
    features = [column(i, name, minimum=6.981, maximum=28.11) for i, name in enumerate(names)]
    features[1] = replace(features[1], missing=12, missing_spellings={"": 9, "n/a": 3})
    side = column(6, "ward", "categorical", distinct=3, categories=("north", "east", "south"))
    key = column(7, "patient id", "identifier", "ignored", distinct=569, examples=("P-0001", "P-0002"))
    target = column(8, "diagnosis", "boolean", "target", distinct=2, categories=("benign", "malignant"))
    schema = Schema(
        (*features, side, key, target),
        "diagnosis",
        "binary",
        "the target has two values",
        ("benign", "malignant"),
        ("", "n/a"),
    )
    cells = {name: f"{value:.4g}" for name, value in zip(names, (13.4, 20.52, 88.64, 556.7, 16.41, 29.66), strict=True)}
    return RunSummary(
        name="breast-cancer-1",
        version="0.1.0",
        created="2026-11-22T15:20:04+00:00",
        source="@breast-cancer",
        schema=schema,
        rows=RowCount(571, 569, 2),
        split={"train": 387, "validation": 68, "test": 114},
        split_reason="a fifth of the rows is held out for the test, stratified by class",
        rejected=(
            Rejected(17, "diagnosis", "", "the target is missing"),
            Rejected(204, "mean area", "12,5,3", "expected a number"),
        ),
        choices=(
            Choice("network.hidden_sizes", (64, 32), "387 training rows bear a small network"),
            Choice("network.activation", "silu", "smooth, and no unit can die"),
            Choice("training.batch_size", 32, "about twelve steps an epoch"),
            Choice("training.learning_rate", 0.01, "the default of AdamW here, lowered along a cosine"),
            Choice("training.device", "cpu", "PyTorch sees cpu; the fastest kind is taken"),
        ),
        findings=(
            Finding(
                "data.identifier",
                "note",
                "A column names rows",
                "569 distinct values in 569 rows",
                "left out",
                "patient id",
            ),
            Finding(
                "data.leak",
                "warning",
                "One column almost gives the answer away",
                "‘worst radius’ alone reaches AUC 0.975",
                "make sure that it is known at the time of prediction",
                "worst radius",
            ),
        ),
        epochs=epochs(40),
        evaluation=Evaluation(
            rows=114,
            metrics={
                "accuracy": Measure(0.95833, 0.925, 0.983),
                "auc": Measure(0.9931, 0.981, 1.0),
                "log_loss": Measure(0.112, 0.061, 0.187),
                "f1": Measure(0.942, 0.893, 0.977),
                "brier": Measure(0.0301, 0.0152, 0.0493),
            },
            baselines={
                "majority": {
                    "accuracy": Measure(0.632, 0.544, 0.719),
                    "auc": Measure(0.5, 0.5, 0.5),
                    "log_loss": Measure(0.659, 0.61, 0.71),
                    "f1": Measure(0.0, 0.0, 0.0),
                    "brier": Measure(0.2331, 0.21, 0.2544),
                },
                "linear model": {
                    "accuracy": Measure(0.965, 0.93, 0.991),
                    "auc": Measure(0.9954, 0.986, 1.0),
                    "log_loss": Measure(0.099, 0.052, 0.168),
                    "f1": Measure(0.951, 0.9, 0.988),
                    "brier": Measure(0.026, 0.0121, 0.0442),
                },
            },
            headline="accuracy",
            higher_is_better=True,
            gains={"majority": Measure(0.326, 0.24, 0.41), "linear model": Measure(-0.0067, -0.026, 0.013)},
            skipped={"boosted trees": "evaluation.trees is off"},
        ),
        baseline_seconds={"linear model": 0.21},
        calibration=Calibration(
            68, 1.13, "probabilities were too sure", 0.37, "the best f1 of 68 validation rows", 0.9
        ),
        diagnostics=Diagnostics(
            confusion=((70, 2), (3, 39)),
            reliability_before=tuple(
                ReliabilityBin(p, o, n) for p, o, n in [(0.01, 0.0, 63), (0.2, 0.3, 8), (0.6, 0.5, 9), (0.99, 0.97, 34)]
            ),
            calibration_error_before=Measure(0.031, 0.011, 0.055),
            calibration_error_honest=0.021,
            coverage=Coverage(
                0.9,
                0.61,
                Covered("", 114, Measure(0.912, 0.845, 0.957), 1.04),
                (0.82, 0.97),
                (
                    Covered("benign", 72, Measure(0.972, 0.9, 0.997), 1.0),
                    Covered("malignant", 42, Measure(0.81, 0.66, 0.89), 1.1),
                ),
                (109, 5),
            ),
            slices=Slices(
                "accuracy",
                0.95833,
                tuple(
                    Slice("ward", ward, rows, Measure(value, low, high), Measure(0.9, 0.8, 0.95))
                    for ward, rows, value, low, high in [("north", 41, 0.88, 0.8, 0.95), ("east", 38, 0.97, 0.92, 1.0)]
                ),
                2,
                1,
                30,
            ),
            reliability=tuple(
                ReliabilityBin(p, o, n)
                for p, o, n in [
                    (0.02, 0.0, 61),
                    (0.13, 0.11, 9),
                    (0.36, 0.5, 4),
                    (0.58, 0.4, 5),
                    (0.83, 0.86, 7),
                    (0.98, 1.0, 28),
                ]
            ),
            worst=tuple(
                WorstError(row, "malignant", f"benign ({share})", surprise, cells | {"ward": "north"})
                for row, share, surprise in [
                    (297, "98.7%", 4.34),
                    (41, "93.1%", 2.67),
                    (135, "71.8%", 1.27),
                    (512, "64.0%", 1.02),
                ]
            ),
        ),
        engine="eager",
        parameters=3_201,
        seconds=4.2,
        environment={"python": "3.11.7", "torch": "2.13.0+cpu", "numpy": "2.4.6", "machine": "Linux x86_64, 2 cores"},
    )


@pytest.fixture
def regression(classification) -> RunSummary:
    chance = random.Random(1)
    truths = [chance.lognormvariate(11.9, 0.4) for _ in range(900)]
    target = column(8, "price", "numeric", "target", minimum=34_900.0, maximum=755_000.0)
    schema = replace(
        classification.schema, columns=(*classification.schema.columns[:-1], target), target="price", task="regression",
        task_reason="the target holds 663 different numbers", classes=(),
    )  # fmt: skip
    return replace(
        classification,
        name="houses-3",
        source="houses.csv",
        schema=schema,
        epochs=epochs(120, start=9.8e4, end=210.0, unit=28_000.0),
        evaluation=Evaluation(
            rows=900,
            metrics={
                "rmse": Measure(27_431.2, 24_900.1, 30_344.9),
                "mae": Measure(17_204.7, 16_010.3, 18_551.0),
                "r2": Measure(0.873, 0.841, 0.899),
            },
            baselines={
                "mean": {
                    "rmse": Measure(77020.0, 70100.0, 84800.0),
                    "mae": Measure(55400.0, 52000.0, 58900.0),
                    "r2": Measure(-0.002, -0.011, 0.0),
                },
                "linear model": {
                    "rmse": Measure(38420.0, 33100.0, 45800.0),
                    "mae": Measure(22350.0, 20700.0, 24100.0),
                    "r2": Measure(0.751, 0.66, 0.812),
                },
            },
            headline="rmse",
            higher_is_better=False,
            gains={"mean": Measure(49589.0, 42000.0, 57000.0), "linear model": Measure(10989.0, 7000.0, 16000.0)},
        ),
        calibration=Calibration(rows=120),
        diagnostics=Diagnostics(
            coverage=Coverage(
                0.9,
                41_200.0,
                Covered("", 900, Measure(0.894, 0.872, 0.914), 82_400.0),
                (0.84, 0.95),
                tuple(
                    Covered(f"{name} fifth", 180, Measure(value, value - 0.05, min(1.0, value + 0.04)), 82_400.0)
                    for name, value in (("lowest", 0.98), ("second", 0.95), ("middle", 0.92), ("highest", 0.77))
                ),
            ),
            residuals=tuple((truth, truth * chance.gauss(1.0, 0.11) + 2_000) for truth in truths),
            worst=(WorstError(3, "755000", "521300", 233_700.0, {f"feature {i}": str(i * 1.5) for i in range(30)}),),
        ),
    )  # fmt: skip


@pytest.fixture
def wide(classification) -> RunSummary:
    """26 classes, 80 columns, 300 epochs."""
    letters = tuple("abcdefghijklmnopqrstuvwxyz")
    chance = random.Random(2)
    confusion = tuple(
        tuple(chance.randint(40, 90) if row == other else max(0, chance.randint(-14, 4)) for other in range(26))
        for row in range(26)
    )
    columns = tuple(
        column(i, f"pixel_{i // 8}_{i % 8}_of_a_rather_long_name", minimum=0.0, maximum=16.0) for i in range(79)
    )
    target = column(79, "letter", "categorical", "target", distinct=26, categories=letters)
    return replace(
        classification,
        name="letters-1",
        schema=Schema((*columns, target), "letter", "multiclass", "the target has 26 values", letters),
        epochs=epochs(300),
        diagnostics=replace(
            classification.diagnostics,
            confusion=confusion,
            reliability=(),
            reliability_before=(),
            coverage=None,
            slices=None,
        ),
    )


@pytest.fixture
def bare(classification) -> RunSummary:
    """Nothing trained, nothing measured, nothing found."""
    nothing = Measure(math.nan, math.nan, math.nan)
    return replace(
        classification,
        rows=RowCount(0, 0, 0),
        split={"train": 0, "test": 0},
        rejected=(),
        choices=(),
        findings=(),
        epochs=(),
        evaluation=Evaluation(0, {"accuracy": nothing}, {}, "accuracy", True),
        diagnostics=Diagnostics(),
        calibration=Calibration(),
        baseline_seconds={},
        environment={},
    )


@pytest.fixture
def hostile(classification) -> RunSummary:
    """Every text that comes from outside is an attack."""
    columns = tuple(
        replace(
            entry,
            name=f"{ATTACK}{entry.position}",
            examples=(ATTACK,),
            categories=(ATTACK,) * bool(entry.categories),
            kind_reason=ATTACK,
            role_reason=ATTACK,
            missing=1,
            missing_spellings={ATTACK: 1},
        )
        for entry in classification.schema.columns
    )
    return replace(
        classification,
        name=ATTACK,
        source=ATTACK,
        split_reason=ATTACK,
        schema=replace(
            classification.schema, columns=columns, target=f"{ATTACK}8", classes=(ATTACK, "b"), task_reason=ATTACK
        ),
        rejected=(Rejected(1, ATTACK, ATTACK, ATTACK),),
        choices=(Choice(ATTACK, {ATTACK: [ATTACK]}, ATTACK),),
        findings=(Finding(ATTACK, "error", ATTACK, ATTACK, ATTACK, ATTACK),),
        evaluation=replace(
            classification.evaluation, baselines={ATTACK: classification.evaluation.metrics}, skipped={ATTACK: ATTACK}
        ),
        calibration=Calibration(9, 0.8, ATTACK, 0.2, ATTACK),
        diagnostics=replace(
            classification.diagnostics,
            worst=(WorstError(1, ATTACK, ATTACK, 1.0, {ATTACK: ATTACK}),),
            coverage=Coverage(0.9, 0.5, Covered(ATTACK, 9, Measure(0.5, 0.1, 0.9), 1.5), (0.1, 0.2), (), (5, 4)),
            slices=Slices("f1", 0.5, (Slice(ATTACK, ATTACK, 40, Measure(0.5, 0.6, 0.9)),), 1, 9, 30),
        ),
        engine=ATTACK,
        environment={ATTACK: ATTACK},
    )


def members(folds: int, networks: int) -> tuple[MemberRecord, ...]:
    chance = random.Random(1)
    return tuple(
        MemberRecord(
            number=number + 1,
            seed=number,
            fold=number % folds + 1,
            epochs=30,
            best_epoch=12 + number % 9,
            stopped_because="no better validation loss for 10 epochs",
            seconds=1.25,
            validation_losses=tuple(record.validation_loss for record in epochs(30, start=0.7 + 0.02 * number)),
            test=round(0.95 + chance.gauss(0, 0.008), 2 if number % 2 else 4),
        )
        for number in range(networks)
    )


@pytest.fixture
def crossed(classification) -> RunSummary:
    """Forty networks over five folds, and a learning curve."""
    folds = tuple(FoldScore(k + 1, 91, 8, value) for k, value in enumerate((0.967, 0.945, 0.978, 0.956, 0.967)))
    pooled = CrossValidation(folds, 0.9626, 0.0126, 455, Measure(0.9626, 0.945, 0.98))
    found = EnsembleSummary(40, 40, "accuracy", True, 0.9649, 0.951, 0.0083, 0.0139, members(5, 40), pooled)
    sizes, values = (22, 45, 91, 182, 364), (0.88, 0.91, 0.93, 0.945, 0.955)
    points = tuple(
        LearningPoint(rows, (value - 0.004, value, value + 0.006), value + 0.01)
        for rows, value in zip(sizes, values, strict=True)
    )
    curve = LearningCurve("accuracy", True, 114, points, "Still getting better from 182 to 364 rows.")
    split = {"5 folds": 455, "test": 114}
    return replace(classification, epochs=(), ensemble=found, learning_curve=curve, split=split)


@pytest.fixture
def crossed_badly(hostile) -> RunSummary:
    """What could be missing is missing, and the reasons are hostile."""
    lost = replace(members(1, 1)[0], left_out=ATTACK, test=None, validation_losses=(None, math.nan), best_epoch=9)
    unknown = CrossValidation((FoldScore(1, 3, 1, None),), None, None, 3, Measure(None, None, None))
    found = EnsembleSummary(3, 1, "accuracy", True, None, None, None, None, (lost, *members(2, 2)), unknown)
    curve = LearningCurve("accuracy", True, 3, (LearningPoint(20, (0.5,), None),), ATTACK)
    return replace(hostile, epochs=(), ensemble=found, learning_curve=curve)


@pytest.fixture
def compared(classification) -> RunSummary:
    """Several recipes were trained; one failed, in words that are hostile."""
    found = (
        Contender("netwright + waves", 0.07012, 0.968, 60_000, 5.0, "their answers averaged"),
        Contender("waves", 0.07044, 0.965, 29_226, 2.0, "all 12 planned epochs are done"),
        Contender("netwright", 0.07191, None, 34_680, 3.0, "no better validation loss for 9 epochs"),
        Contender("realmlp", None, None, 0, 0.0, ATTACK, failed=True),
    )
    verdict = "netwright and waves are averaged: log loss 0.07012 on 91 held-out rows; waves 0.07044, netwright 0.07191"
    contest = Contest("netwright", 91, "accuracy", ("netwright", "waves"), found, verdict)
    theirs = Choice("contenders.waves.network.frequencies", 32, "waves of each column")
    return replace(classification, contest=contest, choices=(*classification.choices, theirs))


@pytest.fixture
def rated(classification) -> RunSummary:
    """A range test was run before the training."""
    rates = tuple(10 ** (-6 + 0.035 * step) for step in range(180))
    smoothed = tuple(0.15 + 0.6 / (1 + 2000 * rate) + 0.05 * rate**2 for rate in rates)
    losses = tuple(value * (1 + 0.1 * math.sin(7 * step)) for step, value in enumerate(smoothed))
    noise = (NoiseScale(0, 256.0, 5.0), NoiseScale(100, 12.0, -0.1))
    verdict, advice = "found by a range test: the default was 0.005", "Batches of up to about 51 rows use them well."
    return replace(
        classification,
        rate_test=RateTest(rates, losses, smoothed, 0.012, 0.005, 0.012, verdict, noise, advice, 0.5),
    )


@pytest.fixture
def rated_badly(hostile) -> RunSummary:
    """The loss exploded at once."""
    return replace(
        hostile, rate_test=RateTest((1e-6,), (math.inf,), (math.nan,), None, 3.0, 3.0, ATTACK, (), ATTACK, 0.1)
    )


RUNS = (
    *("classification", "regression", "wide", "bare", "hostile", "crossed", "crossed_badly", "rated", "rated_badly"),
    "compared",
)


@pytest.fixture(params=RUNS)
def any_run(request) -> RunSummary:
    return request.getfixturevalue(request.param)
