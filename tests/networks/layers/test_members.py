import torch

from netwright.networks.layers.members import MemberAdapter, MemberHead, by_member

GENERATOR = torch.Generator().manual_seed(0)


def test_each_member_sees_the_rows_times_its_own_factors():
    layer, x = MemberAdapter(3, (1, 2), signs=False), torch.randn(5, 3)
    layer.fill(GENERATOR)
    seen = layer(x)
    for member in range(3):
        assert torch.equal(seen[5 * member : 5 * member + 5], x * layer.weight[member])
        assert torch.equal(by_member(seen, 3)[member], x * layer.weight[member])


def test_factors_start_equal_within_a_feature_and_apart_between_features():
    for signs in (True, False):
        layer = MemberAdapter(400, (1, 3), signs)
        layer.fill(GENERATOR)
        first, second = layer.weight.detach()[:, 0], layer.weight.detach()[:, 1:]
        assert torch.equal(second, second[:, :1].expand(-1, 3))
        assert abs(torch.corrcoef(torch.stack([first, second[:, 0]]))[0, 1]) < 0.15
        assert set(first.tolist()) == {-1.0, 1.0} if signs else abs(first.std().item() - 1.0) < 0.1
        assert abs(first.mean().item()) < 0.15


def test_each_member_has_an_output_layer_of_its_own():
    layer, x = MemberHead(3, 4, 2), torch.randn(15, 4)
    layer.fill(GENERATOR)
    assert layer.bias.abs().max() <= 0.5 >= layer.weight.abs().max() > 0.4
    expected = [torch.nn.functional.linear(x[5 * m : 5 * m + 5], layer.weight[m], layer.bias[m]) for m in range(3)]
    assert torch.allclose(layer(x), torch.cat(expected), atol=1e-6)


def test_no_rows_give_no_rows():
    assert MemberHead(3, 4, 2)(MemberAdapter(3, (4,), signs=True)(torch.zeros(0, 4))).shape == (0, 2)
