import math

from netwright.training.early_stopping import Patience, after_epoch, is_used_up


def follow(values, higher_is_better=False):
    patience = Patience()
    for epoch, value in enumerate(values, start=1):
        patience = after_epoch(patience, epoch, value, higher_is_better)
    return patience


def test_the_best_is_remembered_and_the_wait_counted():
    assert follow([3.0, 2.0, 2.0, 2.5]) == Patience(2.0, 2, 2)
    assert follow([3.0, 2.0, 4.0], higher_is_better=True) == Patience(4.0, 3, 0)


def test_a_value_that_is_not_finite_is_never_the_best():
    assert follow([math.nan, 2.0, -math.inf]) == Patience(2.0, 2, 1)
    assert follow([math.nan]) == Patience(None, 0, 1)


def test_patience_is_used_up_after_as_many_epochs():
    assert is_used_up(Patience(1.0, 1, 3), 3)
    assert not is_used_up(Patience(1.0, 1, 2), 3)
    assert not is_used_up(Patience(1.0, 1, 99), None)
