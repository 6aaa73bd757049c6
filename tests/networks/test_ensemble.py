"""An ensemble's logits say what the mean of its members' answers says."""

import pytest
import torch

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.networks.ensemble import Ensemble, average_logits
from netwright.networks.heads import predictions_from

OUTPUTS = {"regression": 1, "binary": 1, "multiclass": 4}


def make(task, members=3, double=True):
    spec = InputSpec(3, (5,), OUTPUTS[task], task)
    networks = [build("mlp", MLPConfig((6,), dropout=0.2, activation="gelu"), spec, seed) for seed in range(members)]
    ensemble = Ensemble(networks, task).eval()
    return ensemble.double() if double else ensemble


def inputs(rows=7):
    return torch.randn(rows, 3, dtype=torch.float64), torch.randint(0, 5, (rows, 1))


@pytest.mark.parametrize("task", OUTPUTS)
def test_its_answer_is_the_mean_of_the_members_answers(task):
    ensemble, rows = make(task), inputs()
    obvious = sum(predictions_from(member(*rows), task) for member in ensemble.members) / 3
    assert torch.allclose(predictions_from(ensemble(*rows), task), obvious, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("task", OUTPUTS)
def test_gradients(task):
    logits = (3 * torch.randn(4, 5, OUTPUTS[task], dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradcheck(lambda z: average_logits(z, task), (logits,))
    numeric, categorical = inputs()
    assert torch.autograd.gradcheck(lambda x: make(task)(x, categorical), (numeric.requires_grad_(),))


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_sure_members_overflow_nothing(task):
    sure = torch.tensor([[300.0, -300.0, 0.0, 5.0], [-300.0, 300.0, 0.0, 5.0]])[:, None, : OUTPUTS[task]]
    logits = average_logits(sure, task)
    assert torch.isfinite(logits).all()
    assert predictions_from(logits, task)[0, 0].item() == pytest.approx(0.5)
    agreed = average_logits(torch.full((3, 1, OUTPUTS[task]), -200.0), task)
    assert torch.isfinite(agreed).all()


@pytest.mark.parametrize("task", OUTPUTS)
def test_a_single_member_answers_alone(task):
    ensemble, rows = make(task, 1), inputs()
    alone = predictions_from(ensemble.members[0](*rows), task)
    assert torch.allclose(predictions_from(ensemble(*rows), task), alone, rtol=1e-12)


def test_rows_do_not_mix_and_weights_come_back():
    ensemble, rows = make("multiclass"), inputs()
    one = ensemble(rows[0][2:3], rows[1][2:3])
    assert torch.allclose(one, ensemble(*rows)[2:3], rtol=1e-12)
    other = make("multiclass")
    other.load_state_dict(ensemble.state_dict())
    assert torch.equal(other(*rows), ensemble(*rows))
