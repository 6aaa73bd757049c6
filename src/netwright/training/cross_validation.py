"""Cross-validation: every row of the folds answered by the networks that did not train on it."""

import statistics
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import nn

from netwright.core.values import CrossValidation, FoldScore
from netwright.networks.ensemble import Ensemble
from netwright.training.calibration import HeldOut
from netwright.training.evaluation.bootstrap import measure
from netwright.training.evaluation.evaluate import Yardstick, truth_of
from netwright.training.inference import from_logits
from netwright.training.stage import Stage, logits_of, score

Networks = Mapping[int, Sequence[nn.Module]]  # of each fold, counted from 0: those that were trained without it


def cross_validate(stage: Stage, yardstick: Yardstick, networks: Networks) -> tuple[CrossValidation, HeldOut]:
    """Measure out-of-fold predictions, fold by fold and together, and hand them on.

    Args:
        stage: of a run with folds.
        yardstick: the task and its headline metric.
        networks: a fold without any is left out.
    """
    task = yardstick.task
    truths = {fold: truth_of(stage.parts.of_fold(fold), stage.preparation) for fold in sorted(networks)}
    logits = {fold: logits_of(Ensemble(networks[fold], task), stage.parts.of_fold(fold)) for fold in truths}
    scores = [
        FoldScore(
            fold + 1,
            len(truth),
            len(networks[fold]),
            score(yardstick, truth, from_logits(logits[fold], stage.preparation)),
        )
        for fold, truth in truths.items()
    ]
    values = [entry.value for entry in scores if entry.value is not None]
    held = HeldOut(torch.cat(list(logits.values())), np.concatenate(list(truths.values())))
    found = CrossValidation(
        folds=tuple(scores),
        mean=statistics.fmean(values) if values else None,
        deviation=statistics.stdev(values) if len(values) > 1 else None,
        rows=len(held.truth),
        pooled=measure(task, held.truth, from_logits(held.logits, stage.preparation))[yardstick.headline],
    )
    return found, held
