"""What an action holds beyond what was there before."""

import numpy as np
import pytest

from netwright.explanation.comparison.memory import with_memory

SIZE = 40_000_000


def test_the_peak_is_seen_though_it_was_given_back():
    result, extra = with_memory(lambda: float(np.ones(SIZE // 8).sum()))
    if extra is None:
        pytest.skip("this system does not say")
    assert result == SIZE / 8
    assert 0.9 * SIZE < extra < 2 * SIZE


def test_an_action_that_holds_little_is_seen_to():
    _, extra = with_memory(lambda: 1)
    assert extra is None or extra < 5_000_000
