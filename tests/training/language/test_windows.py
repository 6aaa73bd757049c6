import numpy as np
import pytest
import torch

from netwright.networks.language import LanguageNetworkConfig, build_language
from netwright.training.language.windows import Plan, Windows, token_loss

TOKENS = np.arange(103, dtype=np.uint16)


def visited(plan, epoch):
    plan.begin_epoch(epoch)
    return plan.read(torch.arange(plan.rows))


def test_a_window_is_followed_by_its_next_token():
    windows = visited(Plan(TOKENS, 10, 0, 9), 1)
    assert windows.shape == (9, 11)
    assert torch.equal(windows, windows[:, :1] + torch.arange(11))


def test_one_pass_visits_windows_side_by_side_and_each_once():
    starts = visited(Plan(TOKENS, 10, 0, 9), 1)[:, 0].sort().values
    assert starts.diff().eq(10).all()
    assert starts[0] < 10


def test_passes_differ_in_offset_and_order():
    plan = Plan(TOKENS, 10, 0, 9)
    offsets = {int(visited(plan, epoch)[:, 0].min()) for epoch in range(1, 12)}
    assert len(offsets) > 1
    assert not torch.equal(visited(plan, 1), visited(plan, 2))


def test_epochs_go_on_where_the_one_before_ended_and_depend_on_nothing_else():
    whole = visited(Plan(TOKENS, 10, 0, 36), 1)
    plan = Plan(TOKENS, 10, 0, 6)
    parts = {epoch: visited(plan, epoch) for epoch in (3, 6, 1, 5, 2, 4)}
    assert torch.equal(torch.cat([parts[epoch] for epoch in sorted(parts)]), whole)


def test_another_seed_visits_in_another_order():
    assert not torch.equal(visited(Plan(TOKENS, 10, 0, 9), 1), visited(Plan(TOKENS, 10, 1, 9), 1))


@pytest.mark.parametrize("length", [11, 12, 20, 21])
def test_a_text_of_hardly_more_than_a_window_is_enough(length):
    windows = visited(Plan(TOKENS[:length], 10, 0, 4), 1)
    assert windows.shape == (4, 11)
    assert int(windows.max()) < length


def test_the_loss_is_that_of_the_token_after_each_place():
    network = build_language(LanguageNetworkConfig(width=8, depth=1, heads=2, context=10), 103, 0)
    for weight in network.parameters():
        torch.nn.init.normal_(weight, 0.0, 0.5)
    windows, rows = Windows(network, TOKENS, 0, 9), torch.tensor([4, 1])
    read = windows.plan.read(rows)
    shares = network(read[:, :-1]).softmax(2)
    expected = -torch.stack([shares[b, t, read[b, t + 1]].log() for b in range(2) for t in range(10)]).mean()
    assert torch.allclose(token_loss(windows.plan)(windows(rows), rows), expected)


def test_tokens_on_a_device_are_read_alike_in_every_epoch():
    plan, rows = Plan(TOKENS, 10, 0, 9), torch.tensor([4, 0, 8])
    for epoch in (1, 2, 5):
        plan.begin_epoch(epoch)
        assert torch.equal(plan.read_there(rows), plan.read(rows))
