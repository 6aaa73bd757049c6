import pytest
import torch

from netwright.training import batches as module
from netwright.training.batches import Batches, batch_sizes, epoch_batches, epoch_order, micro_sizes


@pytest.mark.parametrize("rows", range(1, 30))
@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 50])
def test_every_row_is_in_a_batch_and_none_is_alone(rows, batch_size):
    sizes = batch_sizes(rows, batch_size)
    assert sum(sizes) == rows
    assert batch_size == 1 or rows == 1 or min(sizes) > 1
    assert max(sizes) <= batch_size + 1


@pytest.mark.parametrize("rows", range(1, 20))
@pytest.mark.parametrize("parts", [1, 2, 3, 8])
def test_micro_batches_hold_all_rows_and_none_alone(rows, parts):
    sizes = micro_sizes(rows, parts)
    assert sum(sizes) == rows
    assert len(sizes) <= parts
    assert rows == 1 or min(sizes) > 1


def test_order_is_a_permutation_that_depends_on_seed_and_epoch_only():
    before = torch.get_rng_state()
    first = epoch_order(50, seed=3, epoch=2)
    assert torch.equal(first.sort().values, torch.arange(50))
    assert torch.equal(first, epoch_order(50, seed=3, epoch=2))
    assert not torch.equal(first, epoch_order(50, seed=3, epoch=3))
    assert not torch.equal(first, epoch_order(50, seed=4, epoch=2))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("block_bytes", [1, 600, 2**28])
@pytest.mark.parametrize("start", range(6))
def test_batches_are_the_rows_of_the_order_wherever_one_starts(block_bytes, start, monkeypatch):
    monkeypatch.setattr(module, "BLOCK_BYTES", block_bytes)
    rows = Batches(
        (torch.arange(23.0).reshape(-1, 1), torch.arange(23)), torch.arange(23) * 2, train_weights=torch.arange(23) / 7
    )
    sizes, order = batch_sizes(23, 4), epoch_order(23, 0, 1)
    found = list(epoch_batches(rows, order, sizes, start))
    expected = torch.split(order, sizes)[start:]
    assert len(found) == len(expected)
    for (inputs, targets, weights), chosen in zip(found, expected, strict=True):
        assert torch.equal(inputs[0].flatten(), chosen.float())
        assert torch.equal(inputs[1], chosen)
        assert torch.equal(targets, chosen * 2)
        assert torch.equal(weights, chosen / 7)
