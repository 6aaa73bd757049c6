import pytest
import torch

from netwright.networks.layers.dropout import DROPOUTS, make_dropout

P = 0.3


@pytest.mark.parametrize("form", DROPOUTS)
def test_inference_is_training_in_expectation(form):
    torch.manual_seed(0)
    layer, x = make_dropout(form, P).double(), torch.full((200_000, 1), 2.0, dtype=torch.float64)
    trained = layer.train()(x)
    assert trained.mean().item() == pytest.approx(layer.eval()(x).mean().item(), rel=0.01)
    assert (trained == 0).double().mean().item() == pytest.approx(P, rel=0.02)


def test_the_two_forms_differ_by_the_share_kept():
    x = torch.ones(1000, 1)
    masks = {}
    for form in DROPOUTS:
        torch.manual_seed(5)
        masks[form] = make_dropout(form, P).train()(x)
    assert masks["classic"].max() == 1.0
    assert masks["inverted"].max().item() == pytest.approx(1 / (1 - P))
    assert torch.equal(make_dropout("classic", P).eval()(x), x * (1 - P))
    assert torch.equal(make_dropout("inverted", P).eval()(x), x)
