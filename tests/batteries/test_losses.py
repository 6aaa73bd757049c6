"""Every loss: its definition, its gradient, extreme logits. A new loss is one row of TASKS and one oracle."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from netwright.training.config import TrainingConfig
from netwright.training.losses import LOSSES, loss_for, prepare_targets
from tests.oracles import losses as oracle

TASKS = {"mse": "regression", "mae": "regression", "huber": "regression", "bce": "binary", "cce": "multiclass"}
WIDTHS = {"regression": 1, "binary": 1, "multiclass": 4}


def test_the_battery_has_every_loss():
    assert set(TASKS) == set(LOSSES)


def material(name, rows=24):
    generator = torch.Generator().manual_seed(1)
    task = TASKS[name]
    logits = 2 * torch.randn(rows, WIDTHS[task], dtype=torch.float64, generator=generator)
    if task == "regression":
        return logits, torch.randn(rows, dtype=torch.float64, generator=generator)
    return logits, torch.randint(0, max(2, WIDTHS[task]), (rows,), generator=generator)


def compiled(name, targets, **settings):
    config = replace(TrainingConfig(loss=name, huber_delta=0.7), **settings)
    return loss_for(config, TASKS[name], prepare_targets(targets, TASKS[name], torch.float64))


SETTINGS = [  # name, label smoothing, class weights; regression has no classes
    (name, smoothing, weights)
    for name, task in TASKS.items()
    for smoothing in (0.0, 0.1)
    for weights in ("none", "balanced", "given")
    if task != "regression" or (not smoothing and weights == "none")
]


@pytest.mark.parametrize(("name", "smoothing", "weights"), SETTINGS)
def test_value_is_the_definition(name, smoothing, weights):
    logits, targets = material(name)
    classes = max(2, logits.shape[1])
    given = tuple(1.0 + number for number in range(classes)) if weights == "given" else weights
    prepared = prepare_targets(targets, TASKS[name], torch.float64)
    found = compiled(name, targets, label_smoothing=smoothing, class_weights=given)(logits, prepared)
    y = targets.numpy()
    rows = getattr(oracle, name)(logits.numpy(), y, smoothing=smoothing, delta=0.7)
    if weights != "none":
        scale = np.array(given) if weights == "given" else 1 / np.bincount(y)
        rows = rows * scale[y] / scale[y].mean()
    assert found.item() == pytest.approx(rows.mean(), rel=1e-10)


@pytest.mark.parametrize("name", TASKS)
def test_gradient_is_the_numerical_one(name):
    logits, targets = material(name)
    prepared = prepare_targets(targets, TASKS[name], torch.float64)
    loss = compiled(name, targets)
    assert torch.autograd.gradcheck(lambda z: loss(z, prepared), logits.requires_grad_())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("name", "smoothing"), [row[:2] for row in SETTINGS if row[2] == "none"])
def test_extreme_logits_give_finite_losses_and_gradients(name, dtype, smoothing):
    logits, targets = material(name)
    extreme = (torch.sign(logits) * 1e4).to(dtype).requires_grad_()
    prepared = prepare_targets(targets, TASKS[name], dtype)
    value = compiled(name, targets, label_smoothing=smoothing)(extreme, prepared)
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(extreme.grad).all()


def test_a_certain_right_answer_costs_nothing():
    right = torch.tensor([[1e4, -1e4], [-1e4, 1e4]])
    assert compiled("cce", torch.tensor([0, 1]))(right, torch.tensor([0, 1])).item() == 0.0
    wrong = compiled("bce", torch.tensor([0, 1]))(torch.tensor([[1e4], [-1e4]]), torch.tensor([0.0, 1.0]))
    assert wrong.item() == pytest.approx(1e4)
