"""Saturating activations: with ReLU the same network learns what it does not with sigmoids."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import gain, helps, troubled
from netwright.diagnosis.pictures import bars, trial_picture
from netwright.diagnosis.structure import hidden_activations, named, unrolled

BOUNDED = ("sigmoid", "tanh", "softsign", "hardsigmoid", "hardtanh", "logsigmoid")
DEEP = 4  # sigmoid layers that fail without any trial
SHALLOW = 2
GAIN = 0.05


def examine(case: Case) -> Sign | None:
    found = [op for op in hidden_activations(case) if op.name in BOUNDED]
    more = gain(case, "relu")
    if not found or unrolled(case) or any(op.kind == "recurrent" for op in case.network.weights):
        return None
    numbers = {"layers": float(len(found))}
    said = f"{len(found)} hidden layers end in {found[0].name}"
    if more is None:
        deep = len([op for op in found if op.name == "sigmoid"]) >= DEEP and troubled(case)
        sketch = bars("Largest slope from here to the end", "slope", _slopes(len(found)), log=True)
        return Sign(0.7, said, numbers, sketch, named(found[0])) if deep else None
    rates = [gain(case, trial.name) or 0.0 for trial in case.trials if trial.name.startswith("learning_rate")]
    lead = -GAIN if len(found) > SHALLOW else GAIN  # one or two bounded layers learn well at a rate that suits them
    if not helps(case, "relu", GAIN) or more < max(rates, default=0.0) + lead:
        return None
    evidence = f"{said}; with ReLU a short training from the same start scores {more:.2g} higher"
    numbers |= {"gain": more}
    return Sign(min(1.0, 0.5 + more), evidence, numbers, trial_picture(case, "relu"), named(found[0]))


def _slopes(count: int) -> dict[str, float]:
    return {f"layer {number + 1}": 0.25 ** (count - number) for number in range(count)}


SATURATING_ACTIVATIONS = Illness(
    code="architecture.saturating-activations",
    name="Sigmoids in hidden layers",
    severity="warning",
    what="The hidden layers end in sigmoid or tanh, whose slope is small nearly everywhere.",
    why="A sigmoid passes at most a quarter of the error on, and its outputs are all positive, which makes weights "
    "move together; several of them leave little to learn from.",
    seen="a short training with ReLU scores 0.05 higher, and no rate does 0.05 better still (where there are only one "
    "or two such layers, nor comes so near); without that trial: at least 4 sigmoid layers and next to nothing learnt "
    "(Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010)",
    example="five layers of 30 sigmoid units with SGD at 0.01",
    remedies=(
        Change("activation", "relu", "take ReLU in the hidden layers"),
        Change("activation", "tanh", "take tanh, whose outputs lie around 0"),
        Change("initialization", "xavier", "start from Xavier's weights"),
        Change("optimizer", "adam", "take Adam"),
    ),
    examine=examine,
    explains=(
        *("signal.vanishing-gradient", "signal.saturated-units", "optimisation.plateau", "optimisation.rate-too-low"),
        *("signal.collapsed-representation", "signal.constant-output", "generalisation.underfitting"),
        *("optimisation.too-few-steps", "signal.rank-loss", "architecture.normalization-missing"),
    ),
)
