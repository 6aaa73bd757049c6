"""How what was learnt carries over to other rows."""

from tests.diagnosis.cases.making import (
    HEALTHY,
    POOR,
    Row,
    but,
    epochs,
    falling,
    steps,
    stuck,
    trials,
)

TRAINING = [2.0 * 0.8**number for number in range(20)]
RISING = [2.0, 1.5, 1.2, 1.1, 1.05, *(1.1 + 0.06 * number for number in range(15))]
LEVEL = [2.0, 1.5, 1.2, 1.1, 1.05, *(1.06 + 0.001 * number for number in range(15))]
WORSE = [0.4, 0.6, 0.7, 0.74, 0.75, *(0.74 - 0.01 * number for number in range(15))]
BETTER = [0.4, 0.6, 0.7, 0.74, 0.75, *(0.75 + 0.001 * number for number in range(15))]
LEVEL_METRIC = [0.4, 0.6, 0.68, 0.7, *(0.705 for _ in range(16))]
BY_HEART = steps(falling(2.3, 0.02))
SHRINKING = {"weight_norm": lambda share: (5.0 * 0.01**share, 4.0 * 0.01**share, 3.0 * 0.02**share)}
STOPPED = {"patience": 1, "stopped_because": "early: no better for 1 epoch"}
SIX = epochs([2.2, 2.0, 1.9, 1.8, 1.7, 1.6], [2.2, 2.0, 1.9, 1.8, 1.75, 1.76])

ROWS = (
    Row(
        "generalisation.overfitting",
        but(HEALTHY, epochs=epochs(TRAINING, RISING, WORSE)),
        but(HEALTHY, epochs=epochs(TRAINING, LEVEL)),
    ),
    Row(
        "generalisation.overfitting",
        but(HEALTHY, epochs=epochs(TRAINING, RISING)),
        but(HEALTHY, epochs=epochs(TRAINING, RISING), optimizing={"patience": 5}),
    ),
    Row("generalisation.overfitting", but(HEALTHY, epochs=epochs(TRAINING, RISING, BETTER)), HEALTHY, hurts=False),
    Row(
        "generalisation.overfitting",
        but(HEALTHY, steps=BY_HEART, epochs=epochs(TRAINING, RISING, LEVEL_METRIC)),
        but(HEALTHY, steps=BY_HEART, epochs=epochs(TRAINING, RISING, [0.9] * 20), optimizing={"patience": 5}),
    ),
    Row(
        "generalisation.underfitting",
        but(POOR, trials=trials(0.4, reference=0.9)),
        but(POOR, trials=trials(0.8, reference=0.9)),
    ),
    Row(
        "generalisation.over-regularised",
        but(POOR, optimizing={"dropout": 0.9}, trials=trials(0.4, no_dropout=0.9)),
        but(POOR, optimizing={"dropout": 0.9}, trials=trials(0.8, no_dropout=0.82)),
    ),
    Row(
        "generalisation.over-regularised",
        but(POOR, optimizing={"weight_decay": 10.0}, trials=trials(0.2, no_decay=0.9)),
        but(POOR, optimizing={"weight_decay": 1e-4}, trials=trials(0.2, no_decay=0.2, reference=0.9)),
    ),
    Row(
        "generalisation.over-regularised",
        but(stuck(**SHRINKING), optimizing={"weight_decay": 1.0}),
        but(HEALTHY, optimizing={"weight_decay": 0.1}),
    ),
    Row(
        "generalisation.over-regularised",
        but(stuck(**SHRINKING), objective={"penalty": 9.0, "first_loss": 11.0}),
        but(HEALTHY, objective={"penalty": 0.01}),
    ),
    Row(
        "generalisation.over-regularised",
        but(POOR, objective={"penalty": 9.0, "first_loss": 11.0}, trials=trials(0.2, no_decay=0.9)),
        but(POOR, objective={"penalty": 9.0, "first_loss": 11.0}, trials=trials(0.2, no_decay=0.2, reference=0.9)),
    ),
    Row(
        "generalisation.over-regularised",
        but(stuck(), optimizing={"dropout": 0.9}),
        but(HEALTHY, optimizing={"dropout": 0.9}),
    ),
    Row(
        "generalisation.stopped-too-early",
        but(POOR, epochs=SIX, optimizing=STOPPED),
        but(POOR, epochs=SIX, optimizing={**STOPPED, "patience": 10}),
    ),
    Row(
        "generalisation.stopped-too-late",
        but(HEALTHY, epochs=epochs(TRAINING, RISING, WORSE)),
        but(HEALTHY, epochs=epochs(TRAINING, LEVEL), steps=steps(falling())),
    ),
)
