import pytest
import torch
from torch import nn

from netwright.training.averaging import averaged, start_average, update_average


def test_average_is_the_weighted_mean_of_the_weights_seen_with_no_trace_of_the_start():
    module, decay = nn.Linear(2, 2, bias=False).double(), 0.9
    average, seen = start_average(module), []
    for step in range(1, 8):
        with torch.no_grad():
            module.weight.copy_(torch.randn(2, 2, dtype=torch.float64))
        seen.append(module.weight.detach().clone())
        update_average(average, [module.weight.detach()], decay, step)
        shares = torch.tensor([decay**age for age in reversed(range(step))], dtype=torch.float64)
        expected = (torch.stack(seen) * (shares / shares.sum())[:, None, None]).sum(0)
        assert torch.allclose(average["weight"], expected, rtol=1e-12)


def test_the_average_is_lent_and_given_back_even_after_an_error():
    module = nn.Linear(2, 2)
    own = module.weight.detach().clone()
    average = {name: torch.zeros_like(p) for name, p in module.named_parameters()}

    def fail():
        assert not module.weight.any()
        raise KeyError

    with pytest.raises(KeyError), averaged(module, average):
        fail()
    assert torch.equal(module.weight, own)
    with averaged(module, None):
        assert torch.equal(module.weight, own)
