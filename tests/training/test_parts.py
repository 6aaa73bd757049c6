"""On the ring each fold's training rows are all the others, and every part is a view."""

import numpy as np
import pytest

from netwright.data import Prepared
from netwright.training.parts import Parts, part


def make(sizes):
    """Rows numbered by their first cell; the ring as `prepare_parts` lays it."""
    total = sum(sizes)
    order = np.concatenate([np.arange(total), np.arange(total - sizes[-1])])
    numeric = np.stack([order, order % 3], axis=1).astype(np.float32)
    ring = Prepared(numeric, np.zeros((len(order), 0), np.int64), order % 2)
    return Parts(part(ring, 0, total), part(ring, 0, 0), part(ring, 0, 1), tuple(sizes), ring)


@pytest.mark.parametrize("sizes", [(4, 4), (5, 3, 7), (1, 9, 2, 2, 6)])
def test_each_fold_is_held_out_once(sizes):
    parts, total = make(sizes), sum(sizes)
    for fold, batches in enumerate(parts.batches()):
        held = batches.validation_inputs[0][:, 0].tolist()
        start = sum(sizes[:fold])
        assert held == list(range(start, start + sizes[fold]))
        assert sorted([*held, *batches.train_inputs[0][:, 0].tolist()]) == list(range(total))
        assert (batches.train_targets.numpy() == batches.train_inputs[0][:, 0].numpy() % 2).all()


def test_no_fold_costs_memory():
    parts = make((5, 3, 7))
    for batches in parts.batches():
        for tensor in (batches.train_inputs[0], batches.validation_inputs[0]):
            assert np.shares_memory(tensor.numpy(), parts.ring.numeric)
            assert tensor.is_contiguous()
        assert np.shares_memory(batches.train_targets.numpy(), parts.ring.target)
