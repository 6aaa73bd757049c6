"""Cross-validation: every row of the folds answered by the networks that did not train on it."""

import statistics
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import nn

from netwright.core.values import CrossValidation, FoldScore
from netwright.networks.ensemble import Ensemble
from netwright.training.evaluation.bootstrap import measure
from netwright.training.evaluation.evaluate import Yardstick, truth_of
from netwright.training.stage import Stage, answers_of, score


def cross_validate(stage: Stage, yardstick: Yardstick, networks: Mapping[int, Sequence[nn.Module]]) -> CrossValidation:
    """Measure out-of-fold predictions, fold by fold and together.

    Args:
        stage: of a run with folds.
        yardstick: the task and its headline metric.
        networks: for each fold, counted from 0, those that were trained without it; a fold without any is left out.
    """
    truths = {fold: truth_of(stage.parts.of_fold(fold), stage.preparation) for fold in sorted(networks)}
    answers = {fold: _answers(stage, fold, networks[fold]) for fold in truths}
    scores = [
        FoldScore(fold + 1, len(truth), len(networks[fold]), score(yardstick, truth, answers[fold]))
        for fold, truth in truths.items()
    ]
    values = [entry.value for entry in scores if entry.value is not None]
    truth, predicted = np.concatenate(list(truths.values())), np.concatenate(list(answers.values()))
    return CrossValidation(
        folds=tuple(scores),
        mean=statistics.fmean(values) if values else None,
        deviation=statistics.stdev(values) if len(values) > 1 else None,
        rows=len(truth),
        pooled=measure(yardstick.task, truth, predicted)[yardstick.headline],
    )


def _answers(stage: Stage, fold: int, networks: Sequence[nn.Module]) -> NDArray[np.float64]:
    module = Ensemble(networks, stage.preparation.spec.task)
    return answers_of(module, stage.parts.of_fold(fold), stage.preparation)
