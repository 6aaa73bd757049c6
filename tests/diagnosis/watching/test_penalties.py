"""What a loss charges for the weights is told from what it asks of the answers, and can be charged again."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from netwright.diagnosis.altering.applying import apply
from netwright.diagnosis.illness import Change
from netwright.diagnosis.programs import program_of, train_program
from tests.diagnosis.watching.small import mlp, rows, trained

PENALTIES = {
    "squares": lambda model: 0.5 * sum((weight**2).sum() for weight in model.parameters()),
    "one norm at a time": lambda model: 0.01 * model[0].weight.norm() + 0.02 * model[2].weight.abs().sum(),
    "absolute": lambda model: 0.1 * torch.cat([weight.flatten() for weight in model.parameters()]).abs().sum(),
}


def penalised(charge):
    model = mlp(3)
    first = float(charge(model).detach())
    doctor = trained(model, lambda o, y: functional.cross_entropy(o, y) + charge(model), rows("classes"))
    return doctor, first


@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_in_the_loss_is_found_and_charged_again_for_another_network(name):
    doctor, first = penalised(PENALTIES[name])
    assert doctor.case().objective.loss == "cross_entropy"
    assert doctor.case().objective.penalty == pytest.approx(first, rel=1e-5)
    other = mlp(3, seed=5)
    charged, expected = (float(charge(other).detach()) for charge in (doctor.material.penalty, PENALTIES[name]))
    assert charged == pytest.approx(expected, rel=1e-5)


def test_a_loss_that_asks_for_answers_only_charges_nothing_for_the_weights():
    doctor = trained(mlp(3), lambda o, y: functional.cross_entropy(o, y) + 0.1 * o.abs().mean(), rows("classes"))
    assert doctor.case().objective.penalty == 0.0
    assert doctor.material.penalty is None


def test_a_program_trains_with_its_penalty_and_without_it_once_it_is_left_out():
    doctor, _ = penalised(PENALTIES["squares"])
    program = program_of(doctor.material, doctor.case()).but(epochs=20, most_steps=None)
    charged = train_program(program, keep=True).network
    freed = train_program(apply(program, Change("penalty", 0.0, "")), keep=True).network
    assert norm(charged) < 0.5 * norm(freed)
    assert apply(program.but(penalty=None), Change("penalty", 0.0, "")) is None


def norm(network: nn.Module) -> float:
    return float(sum(weight.detach().square().sum() for weight in network.parameters()))
