"""A sick program is treated end to end: the remedy is proven, and it beats random changes."""

import dataclasses
import json

import torch
from torch import nn

from netwright.core.findings import Finding
from netwright.diagnosis.treatment.programs import treat_program
from tests.diagnosis.small_programs import classifier


def finding(code):
    return Finding(code, "error", code, "")


def slow():
    return classifier(optimizer=torch.optim.SGD, settings={"lr": 1e-3})


def test_a_rate_far_too_low_is_raised():
    treatment = treat_program(slow(), [finding("optimisation.rate-too-low")], 60.0)
    assert treatment.kept
    assert treatment.after > treatment.before + 0.1
    assert treatment.healthy
    kept = next(row for row in treatment.rows if row.kept)
    assert kept.verdict.startswith("kept")
    assert kept.probability < 0.05
    randoms = [row for row in treatment.rows if row.kind == "random change"]
    remedies = [row for row in treatment.rows if row.kind == "remedy"]
    assert len(randoms) >= len(remedies) >= 1
    assert all(len(row.scores) >= 3 for row in (*randoms, *remedies))
    json.dumps(dataclasses.asdict(treatment))


def test_what_does_not_help_is_reverted():
    dead = classifier(build=lambda _seed: nn.Sequential(nn.Linear(4, 2), Constant()))
    treatment = treat_program(dead, [finding("optimisation.rate-too-low")], 10.0)
    assert not treatment.kept
    assert treatment.verdict.startswith("No remedy is proven")
    assert not treatment.healthy


class Constant(nn.Module):
    """Answers nothing of what comes in."""

    def forward(self, rows):
        return rows * 0.0
