"""Too little capacity: a wider network learns what this one cannot."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import UNLIKE, gain, helps
from netwright.diagnosis.pictures import trial_picture
from netwright.diagnosis.trends import PARTS, late_fall

GAIN = 0.05
HIDDEN = Change("hidden_layer", 32, "put a hidden layer of 32 units with ReLU before it")
FEW = 4  # units of the widest hidden layer, next to none
UNITS = 16  # in the widest hidden layer: beyond, width is seldom what lacks


def examine(case: Case) -> Sign | None:
    return _narrow(case) or _beaten(case)


def _widths(case: Case) -> list[int]:
    inner = [op for op in case.network.weights[:-1] if len(op.shape) > 1]
    return [op.shape[1 if op.kind == "convolution" else -1] for op in inner]


def _narrow(case: Case) -> Sign | None:
    widths, more = _widths(case), gain(case, "wider")
    if more is None or not helps(case, "wider", GAIN) or max(widths, default=UNITS + 1) > UNITS:
        return None
    if max([*_by_rates(case), *_by_steps(case)], default=0.0) >= more or _is_on_its_way(case):
        return None
    evidence = f"hidden layers of {widths} units; four times as wide they score {more:.2g} higher"
    numbers = {"parameters": float(case.network.parameters), "gain": more}
    return Sign(min(1.0, 0.4 + more), evidence, numbers, trial_picture(case, "wider"))


def _is_on_its_way(case: Case) -> bool:
    """Whether the loss, falling on as it last did, would be where the wider network's is after as long again."""
    wider, own = case.trial("wider"), case.trial("as it is")
    if wider is None or own is None or wider.loss is None or own.loss is None:
        return False
    fall = max(0.0, late_fall(case))
    return fall > 0.0 and own.loss * (1.0 - fall) ** PARTS <= wider.loss


def _beaten(case: Case) -> Sign | None:
    """Next to no hidden units, where a network with enough of them learns what no other change brings this one to."""
    weights, widths = case.network.weights, _widths(case)
    few = [op.kind for op in weights] == ["linear"] if len(weights) == 1 else max(widths, default=UNITS) <= FEW
    more, rates = gain(case, "reference"), _by_rates(case)
    others = [gain(case, trial.name) or 0.0 for trial in case.trials if trial.name not in (*UNLIKE, "reference")]
    if not few or more is None or not rates or not helps(case, "reference", GAIN) or max(others) >= more / 2:
        return None
    what = f"hidden layers of {widths} units" if widths else "one layer of weights and none hidden"
    evidence = f"{what}; a network with two hidden layers of 64 scores {more:.2g} higher"
    numbers = {"parameters": float(case.network.parameters), "gain": more}
    sketch, changes = trial_picture(case, "reference"), () if widths else (HIDDEN,)
    return Sign(min(1.0, 0.4 + more), evidence, numbers, sketch, changes=changes)


def _by_rates(case: Case) -> list[float]:
    """Return what other learning rates brought, those that were tried."""
    return [gain(case, trial.name) or 0.0 for trial in case.trials if trial.name.startswith("learning_rate")]


def _by_steps(case: Case) -> list[float]:
    """Return what more steps brought, where they were tried."""
    return [gain(case, name) or 0.0 for name in ("epochs x 4", "batch_size x 0.1")]


CAPACITY_TOO_SMALL = Illness(
    code="architecture.capacity-too-small",
    name="Too little capacity",
    severity="warning",
    what="The network has too few units for what the rows ask.",
    why="It cannot draw the boundary that the rows need, however long it trains.",
    seen="at most 16 units in the widest hidden layer, and a wider network of the same kind scores 0.05 higher in as "
    "many steps, and higher than any other learning rate or more steps; or no hidden layer, or at most 4 "
    "units, where a sound network with two layers of 64 scores 0.05 higher and no other probe brings half of "
    "that (Goodfellow, Bengio and Courville, Deep learning, 2016, chapter 5)",
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
