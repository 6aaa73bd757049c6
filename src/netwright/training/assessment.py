"""Evaluating a stored network on labelled rows that it never saw."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from netwright.core.errors import SchemaError
from netwright.core.evidence import Diagnostics, Evaluation
from netwright.core.findings import Finding
from netwright.data import prepare
from netwright.training.evaluation.diagnostics import Answers, diagnose_answers
from netwright.training.evaluation.evaluate import evaluate_against, guess_yardstick, truth_of
from netwright.training.inference import Model, answer, read_for


@dataclass(frozen=True)
class Assessment:
    """How a stored network does on new labelled rows."""

    evaluation: Evaluation
    diagnostics: Diagnostics
    notes: tuple[Finding, ...]
    rows: int
    rejected: int


def assess(model: Model, source: Any) -> Assessment:
    """Evaluate a stored network on labelled rows.

    Raises:
        SchemaError: no row has a usable target.
    """
    fitted = read_for(model, source, with_target=True)
    table, notes = fitted.table, fitted.notes
    if not table.frame.height:
        raise SchemaError(f"{table.source}: no row has a target that the run knows; see its classes in schema.json")
    every = np.arange(table.frame.height)
    truth = truth_of(prepare(table, model.schema, model.preparation, every), model.preparation)
    predicted, calibration = answer(model, table), model.calibration
    yardstick = guess_yardstick(truth, model.preparation, model.recipe.evaluation)
    evaluation = evaluate_against(yardstick, predicted, calibration.threshold)
    answers = Answers(yardstick.task, truth, predicted, table, every, calibration)
    diagnostics = diagnose_answers(answers, model.schema, yardstick.headline)
    return Assessment(evaluation, diagnostics, notes, table.total, table.total - table.frame.height)
