"""The README's example: anybody's network is explained in five lines."""

import pytest
import torch

import netwright as nw
from netwright.core.errors import NetwrightError


@pytest.fixture
def network():
    """A network of somebody who never heard of Netwright; its third column has no say."""
    first = torch.nn.Linear(4, 16)
    with torch.no_grad():
        first.weight[:, 2] = 0.0
    return torch.nn.Sequential(first, torch.nn.LayerNorm(16), torch.nn.GELU(), torch.nn.Linear(16, 2))


def test_five_lines_explain_a_network(network, capsys):
    x = torch.randn(200, 4)

    found = nw.explain(network, x[:3], baseline=x, names=("age", "pay", "noise", "years"), classes=("no", "yes"))
    for part in found[0].parts:
        print(f"{part.name:>8} {part.amount:+.3f}")
    print(found[0].answer, found[0].output, found[0].trusted, [check.words for check in found[0].checks])

    amounts = {part.name: part.amount for part in found[0].parts}
    assert amounts["noise"] == 0.0
    assert sum(amounts.values()) == pytest.approx(found[0].output - found[0].reference, rel=0.01, abs=0.01)
    assert "pay" in capsys.readouterr().out


def test_what_does_not_fit_is_said(network):
    with pytest.raises(NetwrightError, match="did you mean 'saliency'"):
        nw.explain(network, torch.zeros(1, 4), method="salience")
    with pytest.raises(NetwrightError, match="a name for each"):
        nw.explain(network, torch.zeros(1, 4), names=("one",))
