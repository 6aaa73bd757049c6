import torch
from torch import nn

from netwright.training.predict import predict_logits


def test_batches_change_nothing_and_modes_are_put_back():
    module = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5), nn.BatchNorm1d(2))
    module[2].eval()  # frozen by its owner
    x = torch.randn(11, 3)
    whole, pieces = predict_logits(module, (x,)), predict_logits(module, (x,), batch_size=4)
    assert torch.allclose(whole, pieces)
    assert [part.training for part in module.modules()] == [True, True, True, False]
    assert not whole.requires_grad


def test_no_rows_give_no_logits():
    assert predict_logits(nn.Linear(3, 2), (torch.zeros(0, 3),)).shape == (0, 2)
