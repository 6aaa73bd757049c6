"""The first signal waits for a safe point, the second does not."""

import os
import signal

import pytest

from netwright.core.errors import Interrupted
from netwright.core.interrupts import listening


def test_a_deferred_signal_is_remembered_and_a_second_one_stops():
    with listening() as stop, stop.deferred():
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.number == signal.SIGTERM
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGTERM)


def test_a_block_that_ends_leaves_the_others_deferred():
    with listening() as stop, stop.deferred():
        with stop.deferred():
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.number == signal.SIGTERM


def test_outside_a_safe_stretch_a_signal_stops_at_once():
    with listening(), pytest.raises(Interrupted) as stopped:
        os.kill(os.getpid(), signal.SIGINT)
    assert stopped.value.exit_code == 130


def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with listening():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
