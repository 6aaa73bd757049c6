"""How to train, as plain values. Torch is not imported here, so that a recipe can be read and checked quickly."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import ParameterGroup

OptimizerName = Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "muon"]
ScheduleName = Literal["constant", "cosine", "flat_cosine", "one_cycle", "step", "plateau", "coslog4"]
ShareScheduleName = Literal["constant", "flat_cosine"]
LossName = Literal["auto", "mse", "mae", "huber", "bce", "cce"]
WeightDecayForm = Literal["decoupled", "coupled"]
Parametrization = Literal["standard", "ntk"]
Monitor = Literal["validation_loss", "metric"]
EngineName = Literal["auto", "eager", "fused"]
PrecisionName = Literal["float32", "bfloat16", "auto"]
CompileName = Literal["auto", "off", "graph", "full"]


@dataclass(frozen=True)
class TrainingConfig:
    """The training recipe. Steps are optimizer steps, counted over the whole training."""

    epochs: int = 100
    batch_size: int = 256  # rows of one optimizer step
    accumulate: int = 1  # micro-batches that one step's rows are split into, to save memory
    optimizer: str = "adam"  # a name of OptimizerName
    learning_rate: float = 0.005
    momentum: float = 0.9  # momentum, nesterov and muon
    betas: tuple[float, float] = (0.9, 0.999)  # adam, adamw; muon's other parameters
    epsilon: float = 1e-8
    rho: float = 0.99  # rmsprop: share of the old mean square that is kept
    weight_decay: float = 0.0
    weight_decay_form: str = "decoupled"  # coupled adds weight_decay * w to the gradient
    weight_decay_schedule: str = "constant"  # a name of ShareScheduleName: flat_cosine ends at 0
    decay_norms_and_biases: bool = False
    # By group of parameters (a name of ParameterGroup): eta becomes eta * rate, decoupled decay lambda becomes
    # lambda * decay, so that w <- w - (eta * rate) (lambda * decay) w. A decay factor makes vectors decay too; 0: none.
    rate_factors: dict[str, float] = field(default_factory=dict)
    decay_factors: dict[str, float] = field(default_factory=dict)
    parametrization: str = "standard"  # ntk: each weight matrix moves as if it stood behind 1 / sqrt(fan_in)
    l1: float = 0.0
    schedule: str = "constant"  # a name of ScheduleName
    warmup: float = 0.0  # steps of linear warm-up; below 1, a share of all steps
    step_size: float = 0.3  # schedule "step": steps between two drops; below 1, a share of all steps
    gamma: float = 0.1  # schedule "step": factor of one drop
    plateau_patience: int = 5  # epochs without a better validation loss before a drop
    plateau_factor: float = 0.5
    final_learning_rate: float = 0.0  # share of learning_rate that cosine, flat_cosine and one_cycle end at
    dropout_schedule: str = "constant"  # of the share silenced: a name of ShareScheduleName
    loss: str = "auto"  # by task, or a name of LossName
    huber_delta: float = 1.0  # in the target's unit
    label_smoothing: float = 0.0
    class_weights: str | tuple[float, ...] = "none"  # none, balanced, or one number a class
    clip_norm: float | None = None
    clip_value: float | None = None
    ema_decay: float | None = None
    monitor: str = "validation_loss"  # or metric
    patience: int | None = 16  # epochs without a better monitored value before stopping
    stop_at_cycle: bool = False  # coslog4: stop after a rise and fall of the rate that brought no better value
    seed: int = 0
    device: str = "auto"
    engine: str = "auto"  # eager: any network, autograd; fused: feed-forward on the CPU, compiled; auto: the faster
    precision: str = "float32"  # of products; auto: as a job that measures both finds, else float32
    compile: str = "auto"  # on a GPU; graph: steps are recorded and replayed; full: kernels are fused too; auto: graph
    threads: int | None = None  # CPU threads; None leaves torch's own setting
    record_every: int = 10  # steps between two step records
    statistics: bool = True  # signals and gradients of each layer in step records
    checkpoint_every: float = 30.0  # seconds between two checkpoints


def validate(config: TrainingConfig) -> None:
    """Check every name and range.

    Raises:
        RecipeError: one sentence that names the setting, what was expected and what came.
    """
    for setting, names in _NAMES.items():
        _check_name(setting, getattr(config, setting), names)
    for setting in ("rate_factors", "decay_factors"):
        for group in getattr(config, setting):
            _check_name(setting, group, get_args(ParameterGroup))
    for setting, (expected, holds) in _RANGES.items():
        value = getattr(config, setting)
        if not holds(value):
            raise RecipeError(f"training.{setting}: expected {expected}, got {value!r}")
    if isinstance(config.class_weights, str):
        _check_name("class_weights", config.class_weights, ("none", "balanced"))
    if config.stop_at_cycle and config.schedule != "coslog4":
        raise RecipeError(f'training.stop_at_cycle: expected schedule = "coslog4", got {config.schedule!r}')
    if config.optimizer == "adamw" and config.weight_decay_form == "coupled":
        raise RecipeError('training.weight_decay_form: adamw decouples its decay; take optimizer = "adam" for coupled')


def _check_name(setting: str, value: str, names: tuple[str, ...]) -> None:
    if value not in names:
        raise RecipeError(
            f"training.{setting}: expected one of {', '.join(names)}, got {value!r}; {nearest(str(value), names)}"
        )


_NAMES: dict[str, tuple[str, ...]] = {
    "optimizer": get_args(OptimizerName),
    "schedule": get_args(ScheduleName),
    "dropout_schedule": get_args(ShareScheduleName),
    "weight_decay_schedule": get_args(ShareScheduleName),
    "parametrization": get_args(Parametrization),
    "loss": get_args(LossName),
    "weight_decay_form": get_args(WeightDecayForm),
    "monitor": get_args(Monitor),
    "engine": get_args(EngineName),
    "precision": get_args(PrecisionName),
    "compile": get_args(CompileName),
}


def _number(value: Any, low: float = -math.inf, high: float = math.inf) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _positive(value: Any) -> bool:
    return _number(value, 0.0) and 0.0 < value < math.inf


def _not_negative(value: Any) -> bool:
    return _number(value, 0.0) and value < math.inf


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _share(value: Any) -> bool:
    return _number(value, 0.0) and value < 1.0


def _or_none(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or holds(value)


def _weights(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple | list) and len(value) > 1 and all(map(_positive, value)))


def _factors(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_not_negative, value.values()))


_COUNT = ("a whole number of at least 1", _count)
_POSITIVE = ("a number above 0", _positive)
_NOT_NEGATIVE = ("a number of at least 0", _not_negative)
_SHARE = ("a number from 0 up to but not including 1", _share)
_FACTORS = ("a number of at least 0 for each group of parameters", _factors)
_FACTOR = ("a number above 0 and at most 1", lambda value: _positive(value) and value <= 1.0)

_RANGES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "epochs": _COUNT,
    "batch_size": _COUNT,
    "accumulate": _COUNT,
    "learning_rate": _POSITIVE,
    "momentum": _SHARE,
    "betas": ("two numbers from 0 up to 1", lambda value: len(value) == 2 and all(map(_share, value))),
    "epsilon": _POSITIVE,
    "rho": _SHARE,
    "weight_decay": _NOT_NEGATIVE,
    "rate_factors": _FACTORS,
    "decay_factors": _FACTORS,
    "l1": _NOT_NEGATIVE,
    "warmup": _NOT_NEGATIVE,
    "step_size": _POSITIVE,
    "gamma": _FACTOR,
    "plateau_patience": _COUNT,
    "plateau_factor": _FACTOR,
    "final_learning_rate": ("a share from 0 to 1", lambda value: _number(value, 0.0, 1.0)),
    "huber_delta": _POSITIVE,
    "label_smoothing": _SHARE,
    "class_weights": ("none, balanced or one positive number a class", _weights),
    "clip_norm": ("a number above 0, or nothing", _or_none(_positive)),
    "clip_value": ("a number above 0, or nothing", _or_none(_positive)),
    "ema_decay": ("a number from 0 up to but not including 1, or nothing", _or_none(_share)),
    "patience": ("a whole number of at least 1, or nothing", _or_none(_count)),
    "seed": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "threads": ("a whole number of at least 1, or nothing", _or_none(_count)),
    "record_every": _COUNT,
    "checkpoint_every": _NOT_NEGATIVE,
}
