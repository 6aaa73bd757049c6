import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.training.config import TrainingConfig
from netwright.training.losses import loss_for, prepare_targets


@pytest.mark.parametrize(
    ("task", "settings", "named"),
    [
        ("regression", {"loss": "cce"}, "mse or mae or huber"),
        ("binary", {"loss": "mse"}, "bce"),
        ("regression", {"label_smoothing": 0.1}, "label_smoothing"),
        ("regression", {"class_weights": "balanced"}, "class_weights"),
        ("multiclass", {"class_weights": (1.0, 2.0)}, "expected 3 numbers"),
    ],
)
def test_what_does_not_suit_the_task_is_refused(task, settings, named):
    with pytest.raises(RecipeError, match=named):
        loss_for(TrainingConfig(**settings), task, torch.tensor([0, 1, 2]))


def test_balanced_weights_give_each_class_the_same_say():
    targets = torch.tensor([0] * 9 + [1])
    loss = loss_for(TrainingConfig(class_weights="balanced"), "multiclass", targets)
    logits = torch.zeros(10, 2, requires_grad=True)
    loss(logits, targets).backward()
    by_class = logits.grad[targets == 0].abs().sum(), logits.grad[targets == 1].abs().sum()
    assert by_class[0] == pytest.approx(by_class[1].item())


def test_targets_are_cast_once_to_what_the_loss_reads():
    classes = torch.tensor([0, 1], dtype=torch.int32)
    assert prepare_targets(classes, "multiclass", torch.float32).dtype == torch.int64
    assert prepare_targets(classes, "binary", torch.float64).dtype == torch.float64


def test_a_class_without_training_rows_does_not_break_balancing():
    targets = torch.tensor([0, 0, 2])
    loss = loss_for(TrainingConfig(class_weights="balanced"), "multiclass", targets)
    assert torch.isfinite(loss(torch.randn(3, 3), targets))


@pytest.mark.parametrize(
    ("name", "task"), [("mse", "regression"), ("huber", "regression"), ("bce", "binary"), ("cce", "multiclass")]
)
def test_a_row_of_weight_two_is_two_rows(name, task):
    config = TrainingConfig(loss=name)
    targets = prepare_targets(torch.tensor([0, 1, 1]), task, torch.float64)
    logits = torch.randn(3, 2 if name == "cce" else 1, dtype=torch.float64)
    loss = loss_for(config, task, targets)
    weights = torch.tensor([1.0, 2.0, 0.0], dtype=torch.float64)
    twice = torch.tensor([0, 1, 1])
    assert loss(logits, targets, weights).item() == pytest.approx(loss(logits[twice], targets[twice]).item())
