import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.networks.heads import HEADS, outputs_for, predictions_from


def test_outputs_by_task():
    assert outputs_for("regression") == 1
    assert outputs_for("binary") == 1
    assert outputs_for("multiclass", 7) == 7
    with pytest.raises(RecipeError, match="at least 2"):
        outputs_for("multiclass", 1)
    with pytest.raises(RecipeError, match="at least 2"):
        outputs_for("multiclass")


def test_predictions_by_task():
    logits = torch.tensor([[0.0, 1.0], [2.0, -2.0]], dtype=torch.float64)
    exponentials = logits.exp()
    assert torch.equal(predictions_from(logits, "regression"), logits)
    assert torch.allclose(predictions_from(logits, "binary"), 1 / (1 + torch.exp(-logits)))
    assert torch.allclose(predictions_from(logits, "multiclass"), exponentials / exponentials.sum(1, keepdim=True))


@pytest.mark.parametrize("task", HEADS)
def test_extreme_logits_stay_finite(task):
    assert torch.isfinite(predictions_from(torch.tensor([[1e4, -1e4]]), task)).all()
