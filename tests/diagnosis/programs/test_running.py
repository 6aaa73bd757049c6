"""Programs train as people's loops do, the same under one seed, and leave the caller's generators alone."""

import time

import pytest
import torch
from torch import nn

from netwright.diagnosis.programs import train_program
from tests.diagnosis.small_programs import classifier, regressor


def test_a_sound_program_learns():
    outcome = train_program(classifier(), 0)
    assert outcome.score > 0.95
    assert outcome.steps == 40
    assert outcome.finished
    assert len(outcome.validation_losses) == 10


def test_one_seed_gives_the_same_losses_and_another_seed_others():
    first, second, other = (train_program(classifier(), seed) for seed in (3, 3, 4))
    assert first.losses == second.losses
    assert first.losses != other.losses


def test_the_callers_generator_is_left_as_it_was():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    train_program(classifier(), 0)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    "habit",
    [
        {"backwards": False},
        {"steps": False},
        {"clear_before_step": True},
        {"stale": True},
        {"frozen": ("0.", "2.")},
    ],
)
def test_a_habit_that_keeps_weights_from_moving_does(habit):
    sick = classifier(**habit)
    if "frozen" in habit:
        sick = classifier(frozen=("0.",), left_out=("2.weight",))
    network = train_program(sick, 0, keep=True).network
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        start = sick.build(0)
    names = [name for name, _ in start.named_parameters() if "frozen" not in habit or name != "2.bias"]
    now = dict(network.named_parameters())
    assert all(torch.equal(dict(start.named_parameters())[name], now[name]) for name in names)


def test_gradients_add_up_where_nobody_clears_them():
    one = classifier(zero_grad=False, optimizer=torch.optim.SGD, settings={"lr": 0.1})
    assert train_program(one, 0).losses[1] == train_program(one.but(zero_grad=True), 0).losses[1]
    assert train_program(one, 0).losses[2] != train_program(one.but(zero_grad=True), 0).losses[2]


def test_divided_accumulation_takes_the_steps_of_the_whole_batch():
    settings = {"optimizer": torch.optim.SGD, "settings": {"lr": 0.1}, "shuffle": False, "epochs": 2}
    whole = train_program(classifier(batch_size=30, **settings), 0, keep=True).network
    parts = train_program(classifier(batch_size=10, accumulate=3, **settings), 0, keep=True).network
    for mine, theirs in zip(whole.parameters(), parts.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_a_schedule_counts_what_it_is_told_to():
    halved = {"schedule": lambda count: 0.5**count}
    per_epoch, per_step = (train_program(classifier(rate_per=per, **halved), 0) for per in ("epoch", "step"))
    assert per_step.loss > 1.5 * per_epoch.loss


def test_patience_brings_the_best_weights_back():
    wild = classifier(optimizer=torch.optim.SGD, settings={"lr": 30.0}, epochs=30, patience=2)
    outcome = train_program(wild, 0)
    assert outcome.steps < wild.steps
    assert outcome.finished


def test_a_deadline_in_the_past_takes_no_step():
    outcome = train_program(classifier(), 0, deadline=time.perf_counter() - 1)
    assert outcome.steps == 0
    assert not outcome.finished


def test_the_score_of_values_does_not_change_with_their_unit():
    small = regressor(optimizer=torch.optim.SGD, settings={"lr": 0.0}, epochs=1)
    assert train_program(small, 0).score == pytest.approx(-1.0)  # 50 away and 28 wide: worse than the mean


def test_what_is_not_finite_has_no_score():
    def build(_seed):
        return nn.Sequential(nn.Linear(4, 2), Broken())

    assert train_program(classifier(build=build), 0).score is None


class Broken(nn.Module):
    def forward(self, rows):
        return rows * float("nan")
