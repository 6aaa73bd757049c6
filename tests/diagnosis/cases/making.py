"""Cases by hand: a sound one, and what is changed in it."""

import math
from dataclasses import dataclass, replace
from typing import Any

from netwright.core.values import LayerStatistics
from netwright.diagnosis.case import Case, Epoch, Network, Objective, Op, Optimizing, Rows, Start, Step, Trial

NAMES = ("layers.0", "layers.2", "layers.4")
QUANTITIES = {
    "mean": (0.4, 0.4, None),
    "spread": (0.6, 0.6, None),
    "saturated": (0.5, 0.5, None),
    "dead": (0.05, 0.03, None),
    "delta_norm": (0.02, 0.03, 0.05),
    "gradient_norm": (0.2, 0.3, 0.3),
    "weight_norm": (5.0, 4.0, 3.0),
    "update_ratio": (2e-3, 2e-3, 2e-3),
}
BESIDE = {"row_spread": (0.6, 0.6, 0.7), "rank": (0.4, 0.3, 0.2), "zero_gradients": (0.1, 0.1, 0.0)}


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    code: str
    planted: Case
    twin: Case
    hurts: bool = True  # False: found, and said as a note


def falling(first: float = 2.3, last: float = 0.2, count: int = 200) -> list[float]:
    """Losses of a sound training: down fast, then level, with a little noise."""
    return [
        last + (first - last) * math.exp(-number / (count / 12)) + 0.01 * math.sin(7.0 * number)
        for number in range(count)
    ]


def flat(level: float = 2.30, count: int = 200) -> list[float]:
    return [level + 0.004 * math.sin(7.0 * number) for number in range(count)]


def slow(first: float = 2.3, last: float = 1.9, count: int = 200) -> list[float]:
    return [first + (last - first) * number / (count - 1) + 0.002 * math.sin(7.0 * number) for number in range(count)]


def steps(losses: list[float], names: tuple[str, ...] = NAMES, every: int = 5, a_epoch: int = 20, **quantities: Any):
    """Steps with these losses. A layer quantity may be a tuple, or a function from the step's share to one."""
    beside = {name: quantities.pop(name, value[: len(names)]) for name, value in BESIDE.items()}
    whole = {name: quantities.pop(name, None) for name in ("rate", "gradient_norm_of_all", "output_spread", "accuracy")}
    made = []
    for number, loss in enumerate(losses):
        share = number / max(1, len(losses) - 1)
        at = {name: value(share) if callable(value) else value for name, value in whole.items()}
        watched = number % every == 0 or number > len(losses) - 6
        layers = statistics_of(names, quantities, share) if watched else None
        made.append(
            Step(
                step=number + 1,
                epoch=1 + number // a_epoch,
                loss=loss,
                learning_rate=1e-3 if at["rate"] is None else at["rate"],
                gradient_norm=0.5 if at["gradient_norm_of_all"] is None else at["gradient_norm_of_all"],
                layers=layers,
                **({name: given(value, share) for name, value in beside.items()} if watched else {}),
                output_spread=1.5 if at["output_spread"] is None else at["output_spread"],
                accuracy=at["accuracy"],
            )
        )
    return tuple(made)


def statistics_of(names: tuple[str, ...], quantities: dict[str, Any], share: float) -> LayerStatistics:
    found = {name: given(quantities.get(name, usual(value, len(names))), share) for name, value in QUANTITIES.items()}
    return LayerStatistics(names=names, **found)


def given(value: Any, share: float) -> tuple[float | None, ...]:
    return value(share) if callable(value) else value


def usual(value: tuple[float | None, ...], count: int) -> tuple[float | None, ...]:
    return value[:count] if count <= len(value) else (value[0],) * (count - 1) + value[-1:]


def linear(number: int, width: int, narrower: int, layer: str = "", bias: bool = True) -> Op:
    inputs = () if number == 0 else (number - 1,)
    return Op(
        number, "linear", "linear", inputs, (32, width), layer, bias, f"net.py:{number + 10}",
        from_data=number == 0, input_shapes=((32, narrower), (width, narrower)),
    )  # fmt: skip


def between(number: int, kind: Any, name: str, width: int) -> Op:
    return Op(number, kind, name, (number - 1,), (32, width), where=f"net.py:{number + 10}")


def network(*parts: tuple[Any, ...], features: int = 20, parameters: int = 20_000) -> Network:
    """Build operations one after another: ("linear", 64), ("activation", "relu"), ("dropout", "dropout") ..."""
    ops, width = [], features
    for number, part in enumerate(parts):
        kind, value = part
        if kind == "linear":
            ops.append(linear(number, value, width, f"layers.{number}"))
            width = value
        else:
            ops.append(between(number, kind, value, width))
    tensors = 2 * sum(op.kind == "linear" for op in ops)
    return Network(tuple(ops), parameters, tensors)


RELU = ("activation", "relu")
MLP = network(("linear", 64), RELU, ("linear", 64), RELU, ("linear", 10))
START = Start(
    NAMES,
    deviation=(0.129, 0.0722, 0.0722),
    mean=(0.0, 0.0, 0.0),
    fan_in=(20, 64, 64),
    fan_out=(64, 64, 10),
    same_units=(0.0, 0.0, 0.0),
    bias=(0.2, 0.1, 0.1),
)
HEALTHY = Case(
    network=MLP,
    objective=Objective(
        task="classes",
        head="identity",
        loss="cross_entropy",
        takes="logits",
        reduction="mean",
        output_shape=(32, 10),
        target_shape=(32,),
        target_low=0.0,
        target_high=9.0,
        target_whole=True,
        shares=(0.1,) * 10,
        output_low=-5.0,
        output_high=8.0,
        first_loss=2.31,
        constant_loss=2.3026,
        where="train.py:30",
    ),
    optimizing=Optimizing(
        optimizer="adam",
        learning_rate=1e-3,
        betas=(0.9, 0.999),
        batch_size=32,
        rows=640,
        epochs=10,
        steps=200,
        steps_per_epoch=20,
        step_where="train.py:33",
    ),
    rows=Rows(seen=640, features=20, kind="numbers", largest=3.5, means=(0.0,) * 20, deviations=(1.0,) * 20, order=1.0),
    start=START,
    steps=steps(falling(), accuracy=lambda share: 0.1 + 0.85 * min(1.0, 2.0 * share)),
    source="by hand",
)
VALUES = replace(
    HEALTHY,
    network=network(("linear", 64), RELU, ("linear", 64), RELU, ("linear", 1)),
    objective=Objective(
        task="values",
        head="identity",
        loss="mse",
        takes="values",
        reduction="mean",
        output_shape=(32, 1),
        target_shape=(32, 1),
        target_low=-2.5,
        target_high=2.6,
        target_mean=0.0,
        target_deviation=1.0,
        first_loss=1.1,
        constant_loss=1.0,
        where="train.py:30",
    ),
    steps=steps(falling(1.1, 0.1)),
)
BINARY = replace(
    HEALTHY,
    network=network(("linear", 64), RELU, ("linear", 64), RELU, ("linear", 1)),
    objective=Objective(
        task="binary",
        head="identity",
        loss="bce_with_logits",
        takes="logits",
        reduction="mean",
        output_shape=(32, 1),
        target_shape=(32, 1),
        target_low=0.0,
        target_high=1.0,
        target_mean=0.5,
        target_deviation=0.5,
        target_whole=True,
        shares=(0.5, 0.5),
        output_low=-4.0,
        output_high=4.0,
        first_loss=0.7,
        constant_loss=0.693,
        where="train.py:30",
    ),
    steps=steps(falling(0.7, 0.1), accuracy=lambda share: 0.5 + 0.45 * min(1.0, 2.0 * share)),
)
POOR = replace(HEALTHY, steps=steps(slow(), accuracy=0.3))
POOR_VALUES = replace(VALUES, steps=steps(slow(1.1, 0.9)))
SGD = {"optimizer": "sgd", "betas": None, "learning_rate": 0.05, "momentum": 0.9}


def but(case: Case, **changes: Any) -> Case:
    """Change parts of a case: a dict changes fields of the part, anything else takes its place."""
    parts = {
        name: replace(getattr(case, name), **value) if isinstance(value, dict) else value
        for name, value in changes.items()
    }
    return replace(case, **parts)


def stuck(case: Case = HEALTHY, **quantities: Any) -> Case:
    """The case with a loss that stays at one answer's."""
    level = case.objective.constant_loss or 1.0
    return but(case, steps=steps(flat(level), **{"accuracy": max(case.objective.shares, default=None), **quantities}))


def trials(own: float | None, **scores: float | None) -> tuple[Trial, ...]:
    """Probes: the score as it is, and of others by name: rate_10 for "learning_rate x 10"."""
    named = {"as it is": own, **{title(name): score for name, score in scores.items()}}
    return tuple(
        Trial(name, None if score is None else 2.0 - score, score, steps=400 if name == "epochs x 4" else 100)
        for name, score in named.items()
    )


def title(name: str) -> str:
    longer = {"rate": "learning_rate", "batch": "batch_size", "epochs": "epochs"}
    stem, _, factor = name.rpartition("_")
    return f"{longer[stem]} x {factor.replace('p', '.')}" if stem in longer else name.replace("_", " ")


def epochs(training: list[float], validation: list[float], metric: list[float] | None = None) -> tuple[Epoch, ...]:
    return tuple(
        Epoch(number + 1, 20 * (number + 1), loss, held, validation_metric=metric[number] if metric else None)
        for number, (loss, held) in enumerate(zip(training, validation, strict=True))
    )
