import math
from dataclasses import replace

import pytest

from netwright.training.config import TrainingConfig
from netwright.training.early_stopping import Patience, after_epoch, is_used_up, why_stop
from netwright.training.schedules import schedule_factor


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


def test_a_cycle_of_the_rate_that_brings_nothing_better_is_the_last():
    config = TrainingConfig(schedule="coslog4", stop_at_cycle=True, patience=None)
    ends = {1: 6, 2: 18, 3: 42, 4: 90}  # of 90 epochs, where the rate is 0
    for cycle, end in ends.items():
        assert schedule_factor(end, 90, config) == pytest.approx(0.0, abs=1e-9), cycle
    said = [epoch for epoch in range(1, 91) if why_stop(Patience(0.5, best_epoch=5), epoch, 90, config)]
    assert said == [18, 42]
    assert not [epoch for epoch in range(1, 43) if why_stop(Patience(0.5, best_epoch=epoch), epoch, 90, config)]
    assert why_stop(Patience(0.5, best_epoch=18), 42, 90, config).startswith("no better validation loss")
    assert not why_stop(Patience(0.5, best_epoch=5), 18, 90, replace(config, stop_at_cycle=False))
