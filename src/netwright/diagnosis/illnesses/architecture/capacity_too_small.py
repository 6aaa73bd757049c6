"""Too little capacity: a wider network learns what this one cannot."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import gain, helps
from netwright.diagnosis.pictures import trial_picture

GAIN = 0.05
UNITS = 16  # in the widest hidden layer: beyond, width is seldom what lacks


def examine(case: Case) -> Sign | None:
    inner = [op for op in case.network.weights[:-1] if len(op.shape) > 1]
    widths = [op.shape[1 if op.kind == "convolution" else -1] for op in inner]
    more = gain(case, "wider")
    if more is None or not helps(case, "wider", GAIN) or max(widths, default=UNITS + 1) > UNITS:
        return None
    rates = [gain(case, trial.name) or 0.0 for trial in case.trials if trial.name.startswith("learning_rate")]
    if max(rates, default=0.0) >= more:
        return None
    evidence = f"hidden layers of {widths} units; four times as wide they score {more:.2g} higher"
    numbers = {"parameters": float(case.network.parameters), "gain": more}
    return Sign(min(1.0, 0.4 + more), evidence, numbers, trial_picture(case, "wider"))


CAPACITY_TOO_SMALL = Illness(
    code="architecture.capacity-too-small",
    name="Too little capacity",
    severity="warning",
    what="The network has too few units for what the rows ask.",
    why="It cannot draw the boundary that the rows need, however long it trains.",
    seen="at most 16 units in the widest hidden layer, and a wider network of the same kind scores 0.05 higher in as "
    "many steps, and higher than any other learning rate (Goodfellow, Bengio and Courville, Deep learning, 2016, "
    "chapter 5)",
    example="two sigmoid units for a boundary that bends three times",
    remedies=(
        Change("width", 4.0, "make the hidden layers four times as wide"),
        Change("activation", "relu", "take ReLU in the hidden layers"),
    ),
    examine=examine,
    explains=(
        *("generalisation.underfitting", "optimisation.plateau", "optimisation.too-few-steps"),
        *("optimisation.rate-too-low", "optimisation.optimizer-choice"),
    ),
)
