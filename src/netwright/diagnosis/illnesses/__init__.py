"""Every illness by its code. A new one is a file beside the others, a line here and a row in the battery's table."""

from netwright.diagnosis.illness import Illness
from netwright.diagnosis.illnesses.architecture.batch_of_one import BATCH_OF_ONE
from netwright.diagnosis.illnesses.architecture.bias_before_batch_norm import BIAS_BEFORE_BATCH_NORM
from netwright.diagnosis.illnesses.architecture.bottleneck import BOTTLENECK
from netwright.diagnosis.illnesses.architecture.capacity_too_small import CAPACITY_TOO_SMALL
from netwright.diagnosis.illnesses.architecture.dropout_before_batch_norm import DROPOUT_BEFORE_BATCH_NORM
from netwright.diagnosis.illnesses.architecture.dropout_on_output import DROPOUT_ON_OUTPUT
from netwright.diagnosis.illnesses.architecture.hidden_softmax import HIDDEN_SOFTMAX
from netwright.diagnosis.illnesses.architecture.missing_nonlinearity import MISSING_NONLINEARITY
from netwright.diagnosis.illnesses.architecture.normalization_missing import NORMALIZATION_MISSING
from netwright.diagnosis.illnesses.architecture.output_dimension import OUTPUT_DIMENSION
from netwright.diagnosis.illnesses.architecture.saturating_activations import SATURATING_ACTIVATIONS
from netwright.diagnosis.illnesses.architecture.single_unit_softmax import SINGLE_UNIT_SOFTMAX
from netwright.diagnosis.illnesses.architecture.too_deep_without_skips import TOO_DEEP_WITHOUT_SKIPS
from netwright.diagnosis.illnesses.architecture.unread_steps import UNREAD_STEPS
from netwright.diagnosis.illnesses.architecture.wrong_output_activation import WRONG_OUTPUT_ACTIVATION
from netwright.diagnosis.illnesses.data.conflicting_labels import CONFLICTING_LABELS
from netwright.diagnosis.illnesses.data.constant_features import CONSTANT_FEATURES
from netwright.diagnosis.illnesses.data.constant_targets import CONSTANT_TARGETS
from netwright.diagnosis.illnesses.data.drift import DRIFT
from netwright.diagnosis.illnesses.data.future_dependence import FUTURE_DEPENDENCE
from netwright.diagnosis.illnesses.data.imbalance import IMBALANCE
from netwright.diagnosis.illnesses.data.leak import LEAK
from netwright.diagnosis.illnesses.data.not_finite import NOT_FINITE
from netwright.diagnosis.illnesses.data.not_shuffled import NOT_SHUFFLED
from netwright.diagnosis.illnesses.data.row_dependence import ROW_DEPENDENCE
from netwright.diagnosis.illnesses.data.same_batch import SAME_BATCH
from netwright.diagnosis.illnesses.data.shared_rows import SHARED_ROWS
from netwright.diagnosis.illnesses.data.shuffled_targets import SHUFFLED_TARGETS
from netwright.diagnosis.illnesses.data.unscaled_inputs import UNSCALED_INPUTS
from netwright.diagnosis.illnesses.data.unscaled_targets import UNSCALED_TARGETS
from netwright.diagnosis.illnesses.generalisation.over_regularised import OVER_REGULARISED
from netwright.diagnosis.illnesses.generalisation.overfitting import OVERFITTING
from netwright.diagnosis.illnesses.generalisation.stopped_too_early import STOPPED_TOO_EARLY
from netwright.diagnosis.illnesses.generalisation.stopped_too_late import STOPPED_TOO_LATE
from netwright.diagnosis.illnesses.generalisation.underfitting import UNDERFITTING
from netwright.diagnosis.illnesses.initialisation.bias_far_off import BIAS_FAR_OFF
from netwright.diagnosis.illnesses.initialisation.symmetric_units import SYMMETRIC_UNITS
from netwright.diagnosis.illnesses.initialisation.too_large import TOO_LARGE
from netwright.diagnosis.illnesses.initialisation.too_small import TOO_SMALL
from netwright.diagnosis.illnesses.mechanics.evaluation_mode import EVALUATION_MODE
from netwright.diagnosis.illnesses.mechanics.frozen_layers import FROZEN_LAYERS
from netwright.diagnosis.illnesses.mechanics.missing_from_optimizer import MISSING_FROM_OPTIMIZER
from netwright.diagnosis.illnesses.mechanics.nondeterminism import NONDETERMINISM
from netwright.diagnosis.illnesses.mechanics.not_finite_source import NOT_FINITE_SOURCE
from netwright.diagnosis.illnesses.mechanics.precision_overflow import PRECISION_OVERFLOW
from netwright.diagnosis.illnesses.mechanics.training_mode_in_evaluation import TRAINING_MODE_IN_EVALUATION
from netwright.diagnosis.illnesses.mechanics.without_gradient import WITHOUT_GRADIENT
from netwright.diagnosis.illnesses.objective.label_coding import LABEL_CODING
from netwright.diagnosis.illnesses.objective.loss_for_task import LOSS_FOR_TASK
from netwright.diagnosis.illnesses.objective.loss_without_head import LOSS_WITHOUT_HEAD
from netwright.diagnosis.illnesses.objective.reduction_sum import REDUCTION_SUM
from netwright.diagnosis.illnesses.objective.shape_broadcast import SHAPE_BROADCAST
from netwright.diagnosis.illnesses.objective.sigmoid_twice import SIGMOID_TWICE
from netwright.diagnosis.illnesses.objective.softmax_before_cross_entropy import SOFTMAX_BEFORE_CROSS_ENTROPY
from netwright.diagnosis.illnesses.objective.softmax_over_rows import SOFTMAX_OVER_ROWS
from netwright.diagnosis.illnesses.objective.squashed_logits import SQUASHED_LOGITS
from netwright.diagnosis.illnesses.objective.targets_out_of_range import TARGETS_OUT_OF_RANGE
from netwright.diagnosis.illnesses.objective.wrong_sign import WRONG_SIGN
from netwright.diagnosis.illnesses.optimisation.accumulated_scale import ACCUMULATED_SCALE
from netwright.diagnosis.illnesses.optimisation.batch_too_large import BATCH_TOO_LARGE
from netwright.diagnosis.illnesses.optimisation.batch_too_small import BATCH_TOO_SMALL
from netwright.diagnosis.illnesses.optimisation.clipping_always import CLIPPING_ALWAYS
from netwright.diagnosis.illnesses.optimisation.divergence import DIVERGENCE
from netwright.diagnosis.illnesses.optimisation.gradients_cleared import GRADIENTS_CLEARED
from netwright.diagnosis.illnesses.optimisation.momentum_conflict import MOMENTUM_CONFLICT
from netwright.diagnosis.illnesses.optimisation.no_backward import NO_BACKWARD
from netwright.diagnosis.illnesses.optimisation.no_step import NO_STEP
from netwright.diagnosis.illnesses.optimisation.no_zero_grad import NO_ZERO_GRAD
from netwright.diagnosis.illnesses.optimisation.optimizer_choice import OPTIMIZER_CHOICE
from netwright.diagnosis.illnesses.optimisation.optimizer_mismatch import OPTIMIZER_MISMATCH
from netwright.diagnosis.illnesses.optimisation.oscillation import OSCILLATION
from netwright.diagnosis.illnesses.optimisation.plateau import PLATEAU
from netwright.diagnosis.illnesses.optimisation.rate_too_high import RATE_TOO_HIGH
from netwright.diagnosis.illnesses.optimisation.rate_too_low import RATE_TOO_LOW
from netwright.diagnosis.illnesses.optimisation.schedule_unit import SCHEDULE_UNIT
from netwright.diagnosis.illnesses.optimisation.too_few_steps import TOO_FEW_STEPS
from netwright.diagnosis.illnesses.signal.collapsed_representation import COLLAPSED_REPRESENTATION
from netwright.diagnosis.illnesses.signal.constant_output import CONSTANT_OUTPUT
from netwright.diagnosis.illnesses.signal.dead_units import DEAD_UNITS
from netwright.diagnosis.illnesses.signal.exploding_gradient import EXPLODING_GRADIENT
from netwright.diagnosis.illnesses.signal.rank_loss import RANK_LOSS
from netwright.diagnosis.illnesses.signal.saturated_units import SATURATED_UNITS
from netwright.diagnosis.illnesses.signal.vanishing_gradient import VANISHING_GRADIENT

SIGNAL = (
    COLLAPSED_REPRESENTATION,
    CONSTANT_OUTPUT,
    DEAD_UNITS,
    EXPLODING_GRADIENT,
    RANK_LOSS,
    SATURATED_UNITS,
    VANISHING_GRADIENT,
)
OPTIMISATION = (
    ACCUMULATED_SCALE,
    BATCH_TOO_LARGE,
    BATCH_TOO_SMALL,
    CLIPPING_ALWAYS,
    DIVERGENCE,
    GRADIENTS_CLEARED,
    MOMENTUM_CONFLICT,
    NO_BACKWARD,
    NO_STEP,
    NO_ZERO_GRAD,
    OPTIMIZER_CHOICE,
    OPTIMIZER_MISMATCH,
    OSCILLATION,
    PLATEAU,
    RATE_TOO_HIGH,
    RATE_TOO_LOW,
    SCHEDULE_UNIT,
    TOO_FEW_STEPS,
)
ARCHITECTURE = (
    BATCH_OF_ONE,
    BIAS_BEFORE_BATCH_NORM,
    BOTTLENECK,
    CAPACITY_TOO_SMALL,
    DROPOUT_BEFORE_BATCH_NORM,
    DROPOUT_ON_OUTPUT,
    HIDDEN_SOFTMAX,
    MISSING_NONLINEARITY,
    NORMALIZATION_MISSING,
    OUTPUT_DIMENSION,
    SATURATING_ACTIVATIONS,
    SINGLE_UNIT_SOFTMAX,
    TOO_DEEP_WITHOUT_SKIPS,
    UNREAD_STEPS,
    WRONG_OUTPUT_ACTIVATION,
)
INITIALISATION = (
    BIAS_FAR_OFF,
    SYMMETRIC_UNITS,
    TOO_LARGE,
    TOO_SMALL,
)
OBJECTIVE = (
    LABEL_CODING,
    LOSS_FOR_TASK,
    LOSS_WITHOUT_HEAD,
    REDUCTION_SUM,
    SHAPE_BROADCAST,
    SIGMOID_TWICE,
    SOFTMAX_BEFORE_CROSS_ENTROPY,
    SOFTMAX_OVER_ROWS,
    SQUASHED_LOGITS,
    TARGETS_OUT_OF_RANGE,
    WRONG_SIGN,
)
DATA = (
    CONFLICTING_LABELS,
    CONSTANT_FEATURES,
    CONSTANT_TARGETS,
    DRIFT,
    FUTURE_DEPENDENCE,
    IMBALANCE,
    LEAK,
    NOT_FINITE,
    NOT_SHUFFLED,
    ROW_DEPENDENCE,
    SAME_BATCH,
    SHARED_ROWS,
    SHUFFLED_TARGETS,
    UNSCALED_INPUTS,
    UNSCALED_TARGETS,
)
GENERALISATION = (
    OVER_REGULARISED,
    OVERFITTING,
    STOPPED_TOO_EARLY,
    STOPPED_TOO_LATE,
    UNDERFITTING,
)
MECHANICS = (
    EVALUATION_MODE,
    FROZEN_LAYERS,
    MISSING_FROM_OPTIMIZER,
    NONDETERMINISM,
    NOT_FINITE_SOURCE,
    PRECISION_OVERFLOW,
    TRAINING_MODE_IN_EVALUATION,
    WITHOUT_GRADIENT,
)

ILLNESSES: dict[str, Illness] = {
    illness.code: illness
    for illness in (
        *SIGNAL,
        *OPTIMISATION,
        *ARCHITECTURE,
        *INITIALISATION,
        *OBJECTIVE,
        *DATA,
        *GENERALISATION,
        *MECHANICS,
    )
}
