"""A case: one training as plain values, whoever ran it. Illnesses read it; nothing here knows torch.

`from_run` makes one of a run directory, `watch` of anybody's own PyTorch loop. What was not seen is None or empty, and
an illness that needs it stays silent.
"""

from dataclasses import dataclass, field
from typing import Literal

from netwright.core.values import LayerStatistics

OpKind = Literal[
    "linear",  # a matrix product with learnt weights
    "convolution",
    "recurrent",  # a whole RNN, LSTM or GRU
    "attention",
    "embedding",
    "activation",
    "softmax",  # and log_softmax
    "normalization",
    "dropout",
    "pooling",
    "add",  # of two results: a skip
    "loss",  # a loss of torch.nn.functional
    "other",
]
TaskKind = Literal["classes", "binary", "labels", "values", ""]  # labels: several may hold at once


@dataclass(frozen=True)
class Op:
    """One operation of a forward pass or of the loss, in the order in which it ran."""

    number: int
    kind: OpKind
    name: str  # torch's function: "linear", "relu", "cross_entropy"
    inputs: tuple[int, ...]  # numbers of the ops whose results it takes, transitively through reshapes
    shape: tuple[int, ...] = ()  # of its result
    layer: str = ""  # module whose weight it uses: "features.0"
    bias: bool = False
    where: str = ""  # the user's line: "train.py:23"
    after_output: bool = False  # outside the network: applied to what it returned
    from_data: bool = False  # takes the batch's inputs itself
    takes_target: bool = False
    input_shapes: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Network:
    """What the network is made of, as one training step ran through it."""

    ops: tuple[Op, ...] = ()
    parameters: int = 0  # numbers
    tensors: int = 0  # parameters as tensors
    frozen: tuple[str, ...] = ()  # names of parameters that do not require a gradient
    without_gradient: tuple[str, ...] = ()  # require one, and never got any in a step
    missing: tuple[str, ...] = ()  # require one, and are in no optimizer
    unregistered: int = 0  # weights that a step used, of which neither the network nor an optimizer knows
    foreign: int = 0  # tensors that the optimizer holds and the network does not
    shared: tuple[str, ...] = ()
    unseen: str = ""  # why the inside could not be seen: "compiled by torch.compile"

    @property
    def weights(self) -> tuple[Op, ...]:
        """Operations with learnt weights that mix features, in order."""
        return tuple(op for op in self.ops if op.kind in ("linear", "convolution", "recurrent", "attention"))


@dataclass(frozen=True)
class Objective:
    """What the network answers, what it should, and how the difference is measured."""

    task: TaskKind = ""
    head: str = ""  # what the outputs went through last: identity, softmax, log_softmax, sigmoid, relu, tanh, ...
    loss: str = ""  # cross_entropy, nll, bce, bce_with_logits, probabilities_cross_entropy, mse, mae, huber, ...
    takes: Literal["logits", "log_probabilities", "probabilities", "values", ""] = ""  # what that loss is meant for
    reduction: Literal["mean", "sum", ""] = ""
    output_shape: tuple[int, ...] = ()
    target_shape: tuple[int, ...] = ()
    broadcast: bool = False  # outputs and targets of different shapes were spread over each other
    over_rows: bool = False  # probabilities that sum to 1 over the rows of a batch, not over classes
    target_low: float | None = None
    target_high: float | None = None
    target_mean: float | None = None
    target_deviation: float | None = None
    target_whole: bool = False  # whole numbers only
    one_hot: bool = False
    shares: tuple[float, ...] = ()  # of each class among the rows seen
    output_low: float | None = None
    output_high: float | None = None
    first_loss: float | None = None  # of the first step
    constant_loss: float | None = None  # the least that one answer for every row reaches, in the loss's own unit
    where: str = ""  # the line of the loss
    head_where: str = ""
    higher_is_better: bool = False
    penalty: float = 0.0  # added to the first loss for the weights themselves, in the loss's own unit


@dataclass(frozen=True)
class Optimizing:
    """How the weights are changed, and what the loop does around it."""

    optimizer: str = ""  # sgd, adam, adamw, rmsprop, adadelta, adagrad, muon, ...
    learning_rate: float | None = None  # at the first step
    momentum: float = 0.0
    betas: tuple[float, float] | None = None
    weight_decay: float = 0.0
    coupled_decay: bool = False
    batch_size: int | None = None
    rows: int | None = None  # distinct training rows seen, or known
    epochs: int | None = None  # planned or done
    steps: int = 0
    clip_norm: float | None = None
    dropout: float = 0.0  # the largest share
    kept_gradients: int = 0  # steps that began with the last step's gradients still there
    cleared_before_step: int = 0  # steps whose gradients were set to zero between backward and step
    backwards_per_step: float = 1.0
    divided: bool | None = None  # the loss was divided by the backward passes of a step; None: not known
    no_backward: bool = False  # forward passes in training, no backward
    no_step: bool = False
    evaluating: tuple[str, ...] = ()  # modules with dropout or batch statistics in evaluation mode in training steps
    training_in_evaluation: int = 0  # evaluations with such modules in training mode
    rates_changed: int = 0  # times the rate changed from one step to the next
    steps_per_epoch: int | None = None
    step_where: str = ""
    precision: str = "float32"
    scaled_losses: bool = False  # a GradScaler
    stopped_because: str = ""
    patience: int | None = None


@dataclass(frozen=True)
class Rows:
    """What the rows look like that training read."""

    seen: int = 0
    features: int = 0
    kind: Literal["numbers", "images", "tokens", "series", ""] = ""
    largest: float | None = None  # |value|
    means: tuple[float, ...] = ()  # of each feature; of a channel where there are more than 64
    deviations: tuple[float, ...] = ()
    not_finite: int = 0  # values
    constant: int = 0  # features with one value
    duplicates: float = 0.0  # share of rows that repeat another
    conflicting: float = 0.0  # share of rows that repeat another with another target
    order: float | None = None  # share of neighbouring rows of a batch with the same class, over what chance gives
    same_batches: bool = False  # every epoch in the same order
    same_batch: bool = False  # every step saw one batch
    shared_rows: float = 0.0  # share of validation rows that are also training rows
    drift: float | None = None  # AUC of telling training from validation rows apart; 0.5 is none
    leak: str = ""  # a feature that gives the target away
    leak_strength: float = 0.0
    row_dependence: float | None = None  # change of a row's output when others of its batch change (evaluation mode)
    future_dependence: float | None = None  # change of an output at time t when inputs after t change
    unread: float | None = None  # share of a sequence's steps that change no answer
    noise: float | None = None  # share of labels that look wrong


@dataclass(frozen=True)
class Step:
    """One watched step."""

    step: int  # from 1
    epoch: int
    loss: float
    learning_rate: float
    gradient_norm: float | None = None  # over all parameters, before clipping
    layers: LayerStatistics | None = None
    row_spread: tuple[float | None, ...] = ()  # by layer: deviation over rows over deviation over all; 0: rows alike
    rank: tuple[float | None, ...] = ()  # by layer: effective rank of its result over the least of rows and units
    output_scale: float | None = None  # deviation of all outputs
    output_spread: float | None = None  # of one output over rows, the mean over outputs: 0, one answer for all
    accuracy: float | None = None  # on the step's rows
    zero_gradients: tuple[float | None, ...] = ()  # by layer: share of weights with a gradient of exactly 0


@dataclass(frozen=True)
class Epoch:
    """What is known after one pass, or between two evaluations."""

    epoch: int
    step: int
    train_loss: float
    validation_loss: float | None = None
    train_metric: float | None = None
    validation_metric: float | None = None
    learning_rate: float | None = None


@dataclass(frozen=True)
class Trial:
    """What one probe found: a short training from the same start with one thing changed."""

    name: str  # "as it is", "learning_rate x 10", "one batch", "reference"
    loss: float | None  # at its end, of the case's own loss; None: not finite
    score: float | None = None  # accuracy, or 1 - error / variance, on the same rows: higher is better
    first_loss: float | None = None
    steps: int = 0
    seeds: int = 1
    deviation: float | None = None  # of the score over seeds


@dataclass(frozen=True)
class Start:
    """Weights before the first step, a layer each, in the order of `Network.weights`."""

    names: tuple[str, ...] = ()
    deviation: tuple[float, ...] = ()  # of each weight
    mean: tuple[float, ...] = ()
    fan_in: tuple[int, ...] = ()
    fan_out: tuple[int, ...] = ()
    same_units: tuple[float, ...] = ()  # share of units with the same weights as another
    bias: tuple[float, ...] = ()  # largest |bias|


@dataclass(frozen=True)
class Lost:
    """Where numbers stopped being finite."""

    step: int
    layer: str
    what: Literal["input", "activation", "loss", "gradient", "weight"]
    where: str = ""


@dataclass(frozen=True)
class Case:
    """One training."""

    network: Network = field(default_factory=Network)
    objective: Objective = field(default_factory=Objective)
    optimizing: Optimizing = field(default_factory=Optimizing)
    rows: Rows = field(default_factory=Rows)
    start: Start = field(default_factory=Start)
    steps: tuple[Step, ...] = ()
    epochs: tuple[Epoch, ...] = ()
    trials: tuple[Trial, ...] = ()  # of probes; empty where none were made
    lost: Lost | None = None
    repeats: float | None = None  # largest difference of two runs of the same seed; None: not tried
    deliberate: tuple[str, ...] = ()  # codes that the user says are meant
    source: str = ""

    def trial(self, name: str) -> Trial | None:
        return next((trial for trial in self.trials if trial.name == name), None)
