"""The doctor while a training runs: once, only when sure, and silent on what is well."""

import math

import pytest

from netwright.core.values import EpochRecord, StepRecord
from netwright.diagnosis import live
from netwright.diagnosis.case import Objective
from netwright.diagnosis.from_run import Facts
from netwright.diagnosis.illnesses import ILLNESSES
from netwright.diagnosis.live import AT_ONCE, EARLY, MOST_STEPS, LiveDoctor
from netwright.training.config import TrainingConfig

EPOCHS, STEPS = 40, 10
FACTS = Facts(
    TrainingConfig(epochs=EPOCHS, batch_size=10, learning_rate=0.1, patience=None), STEPS * 10,
    Objective(task="classes", head="identity", loss="cross_entropy", constant_loss=1.0),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _looks_at_every_epoch(monkeypatch):
    monkeypatch.setattr(live, "REST", 0.0)


def follow(doctor, loss_of, validation_of=lambda share: None, epochs=EPOCHS):
    """Tell the doctor of a training whose losses are known by the share of it that is done."""
    for epoch in range(1, epochs + 1):
        for step in range(STEPS):
            share = ((epoch - 1) * STEPS + step) / (EPOCHS * STEPS)
            doctor(StepRecord((epoch - 1) * STEPS + step + 1, epoch, loss_of(share), 0.1, 1.0))
        share = epoch / EPOCHS
        doctor(EpochRecord(epoch, epoch * STEPS, loss_of(share), 0.1, validation_of(share)))


def told_of(*course, **more):
    told = []
    follow(LiveDoctor(told.append, FACTS), *course, **more)
    return [finding.code for finding in told]


def test_every_code_is_that_of_an_illness():
    assert set(AT_ONCE) | set(EARLY) <= set(ILLNESSES)


def test_a_loss_that_is_not_finite_is_said_at_once_and_once():
    codes = told_of(lambda share: math.nan if share > 0.05 else 0.9, epochs=8)
    assert codes.count("mechanics.not-finite-source") == 1


def test_a_healthy_course_is_not_spoken_of():
    assert told_of(lambda share: 0.05 + math.exp(-8 * share), lambda share: 0.1 + math.exp(-8 * share)) == []


def test_a_rough_start_that_mends_itself_is_not_spoken_of():
    assert told_of(lambda share: 30.0 if share < 0.05 else 0.05 + math.exp(-8 * share)) == []


def test_overfitting_is_said_while_it_goes_on():
    codes = told_of(lambda share: 0.001 + math.exp(-12 * share), lambda share: 0.5 + 2.5 * share)
    assert codes == ["generalisation.overfitting"]


def test_nothing_is_said_before_the_recipe_is_known():
    told = []
    follow(LiveDoctor(told.append), lambda share: math.nan, epochs=2)
    assert told == []


def test_what_it_keeps_stays_small_however_long_the_training():
    doctor = LiveDoctor(lambda _: None, FACTS)
    for step in range(1, 20_000):
        doctor(StepRecord(step, 1, 0.5, 0.1, 1.0))
    assert len(doctor._steps) <= MOST_STEPS + 1
    assert doctor._steps[0].step == 1


class Clock:
    """A clock that goes on only when it is told to."""

    now = 0.0

    def monotonic(self):
        return self.now


def test_looking_on_costs_a_small_share_of_the_time(monkeypatch):
    monkeypatch.undo()
    clock, looks = Clock(), []
    monkeypatch.setattr("netwright.diagnosis.live.time", clock)

    def look(self, facts, step):
        looks.append(step)
        clock.now += 1.0
        return []

    def train(share):
        clock.now += 0.5
        return 0.5

    monkeypatch.setattr(LiveDoctor, "_sure", look)
    follow(LiveDoctor(lambda _: None, FACTS), train)
    assert 0 < len(looks) < EPOCHS
    assert len(looks) <= 1 + 0.01 * clock.now
