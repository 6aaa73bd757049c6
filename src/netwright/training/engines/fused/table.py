"""The table of operations: what a network is to the interpreter. One row an operation, whole numbers only; places are
offsets into flat buffers. A new architecture is a new table, and compiles nothing.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Real = Any  # a number of the network's own floating-point type
Word = Any  # a number of 32 or 64 bits without sign

# Kinds of operation.
GATHER, EMBED, LINEAR, BATCH_NORM, LAYER_NORM, ACTIVATE, DROPOUT, SHORTCUT, PERIODIC, PIECEWISE, SCALE = range(11)
PART, ANSWER = range(11, 13)  # where members part, and where each answers for itself

# Columns of the table, in the order of the fields of Operation.
KIND, INPUT, OUTPUT, WIDTH_IN, WIDTH_OUT, WEIGHT, BIAS, SHIFT, KEPT, SPARE, RUNNING, FUNCTION, COLUMN, LAYER = range(14)
FREQUENCY, SIZE, PARTS, TIMES = range(14, 18)

# Columns of the numbers beside it.
A, B = range(2)

# Columns of a segment of the flat buffers.
START, END, RATE, DECAY, L1, ORTHOGONAL = range(6)

# Functions of ACTIVATE, rules of optimizers, losses.
RECTIFIER, PRELU, PRELU_UNITS, SIGMOID, TANH, ELU, GELU, SILU, MISH, SOFTPLUS = range(10)
SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, MUON = range(6)
MSE, MAE, HUBER, BCE, CCE = range(5)

# Columns of the statistics, in the order of the fields of LayerStatistics.
MEAN, SPREAD, SATURATED, DEAD, DELTA_NORM, GRADIENT_NORM, WEIGHT_NORM, UPDATE_RATIO = range(8)
QUANTITIES, SIGNALS = 8, 4  # the signals are those of an activation

NONE = -1  # no such place


@dataclass(frozen=True)
class Operation:
    """One row of the table. `values` holds what flows forward; `deltas` has the same places for dL/d(value)."""

    kind: int
    input: int = NONE  # place in values and deltas
    output: int = NONE  # the same; element-wise operations and normalisations work in place
    width_in: int = 0
    width_out: int = 0
    weight: int = NONE  # place in parameters and gradients
    bias: int = NONE  # LINEAR: its own; BATCH_NORM: that of the layer below
    shift: int = NONE  # normalisations: b; LINEAR: in kept, of the transposed weight, where it is small;
    # ACTIVATE: of the parametric form's alpha; PERIODIC: phases; PIECEWISE: slopes
    kept: int = NONE  # place of what the forward pass leaves for the backward pass
    spare: int = NONE  # a second such place; for LINEAR, of the delta that came by a shortcut
    running: int = NONE  # place of running statistics: means, then variances; PIECEWISE: of edges
    function: int = NONE  # ACTIVATE: which one; EMBED: slots;
    # LINEAR, SHORTCUT, SCALE, PART: whether the input needs a delta;
    # DROPOUT: whether the mask is multiplied into the derivative of the activation below
    column: int = NONE  # EMBED: of the categorical input; its vector begins at `spare` of the output
    # GATHER: where in Data.columns those begin that it writes from `spare` on; NONE: all columns as they stand
    layer: int = NONE  # DROPOUT: number of the layer, for its stream of chance;
    # LINEAR, ANSWER, ACTIVATE: row of the statistics
    frequency: int = NONE  # PERIODIC: place in parameters
    size: int = 0  # PERIODIC, PIECEWISE: numbers of a vector
    parts: int = 1  # PERIODIC: waves of a column; PIECEWISE: bins; PART, ANSWER: members
    times: int = 1  # rows of its input and output for each row of the batch; PART, ANSWER: as before members part
    a: float = 0.0  # ACTIVATE: slope or alpha; normalisations: epsilon; DROPOUT: share silenced
    b: float = 0.0  # ACTIVATE: scale; BATCH_NORM: momentum; DROPOUT: 1 if inverted


class Program(NamedTuple):
    """A network, ready to run."""

    table: Array  # (operations, 18) int64
    numbers: Array  # (operations, 2) float64
    hidden: Array  # (matrices, 3) int64: place, rows, columns of those that Muon updates
    segments: Array  # (segments, 6) float64: start, end, factor of the rate, decay, L1, whether Muon's
    logits: int  # place in values
    outputs: int  # width of the logits
    members: int  # whose logits lie one after another


class Memory(NamedTuple):
    """The flat buffers, all of one floating-point type."""

    parameters: Array
    gradients: Array
    values: Array
    deltas: Array
    kept: Array
    running: Array
    steady: Array  # the same before the step
    first: Array  # the optimizer's: momentum, or Adam's mean; empty where it has none
    second: Array  # mean squares
    average: Array  # of the weights, empty without
    total: Array  # gradients of earlier micro-batches, empty without
    before: Array  # the weights before a watched step, empty without statistics
    logits: Array  # of rows that are only measured, one after another; empty while training
    statistics: Array  # (linear layers, QUANTITIES) float64 of a watched step, no rows without


class Data(NamedTuple):
    """All training rows, and where batches begin in the epoch's order."""

    numeric: Array  # (rows, features)
    categorical: Array  # (rows, columns) int64
    targets: Array  # (rows, outputs) values, or (0, 0)
    classes: Array  # (rows * outputs,) int64, or (0,)
    weights: Array  # (classes,) or (0,)
    row_weights: Array  # (rows,) or (0,)
    order: Array  # (rows,) int64
    bounds: Array  # (micro-batches + 1,) int64: where each begins in order
    parts: Array  # (batches + 1,) int64: the first micro-batch of each
    columns: Array  # (features,) int64: of the numeric columns those that are embedded, then the others; or (0,)


class Rule(NamedTuple):
    """The recipe's numbers."""

    optimizer: int  # NONE: rows are only measured, as the network predicts
    loss: int
    momentum: float
    beta1: float
    beta2: float
    epsilon: float
    rho: float
    coupled: bool
    clip_norm: float  # 0: none
    clip_value: float  # 0: none
    ema: float  # below 0: none
    smoothing: float
    huber: float
    seed: int  # of dropout; NONE: the network predicts
    trained: int  # where trained parameters end
    patience: int  # steps in a row that may be skipped


class Pace(NamedTuple):
    """One step's factors, for one segment of the flat buffers."""

    start: int
    end: int
    rate: float
    shrink: float
    coupled: float
    scale: float


class Window(NamedTuple):
    """The rows that one forward and backward pass works on."""

    first: int  # in Data.order
    rows: int
    step: int  # optimizer steps, from 1
    part: int  # number of the micro-batch in the step
    scale: float  # 1 / rows of the whole batch
    watched: bool  # whether statistics are taken


def table_of(operations: list[Operation]) -> tuple[Array, Array]:
    rows = [tuple(vars(operation).values()) for operation in operations]  # astuple would copy each number
    return np.array([row[:-2] for row in rows], np.int64), np.array([row[-2:] for row in rows], np.float64)
