"""Probes come in order, are the same of one seed, score the same rows and leave the caller's generators alone."""

import torch
from torch import nn

from netwright.diagnosis.probes import probe
from netwright.diagnosis.probes.reference import reference
from netwright.diagnosis.programs import train_program
from tests.diagnosis.small_programs import classifier, regressor


def slow():
    return classifier(optimizer=torch.optim.SGD, settings={"lr": 1e-5})


def test_a_rate_far_too_low_is_shown():
    trials = {trial.name: trial for trial in probe(slow(), 5.0)}
    assert list(trials)[:2] == ["as it is", "reference"]
    assert trials["as it is"].seeds == 3
    assert trials["reference"].score > 0.95 > 0.8 > trials["as it is"].score
    assert trials["adam"].loss < trials["as it is"].loss


def test_a_rate_far_beyond_is_tried_where_the_nearer_one_was_no_worse():
    names = [trial.name for trial in probe(slow(), 5.0)]
    assert {"learning_rate x 10", "learning_rate x 100", "learning_rate x 1000"} <= set(names)
    assert "learning_rate x 0.01" not in names


def test_where_a_plain_reference_does_no_better_nothing_else_is_tried():
    assert [trial.name for trial in probe(classifier(), 5.0)] == ["as it is", "reference"]


def test_one_seed_gives_the_same_trials_and_the_generator_is_left():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    assert probe(slow(), 2.0) == probe(slow(), 2.0)
    assert torch.equal(before, torch.get_rng_state())


def test_a_small_budget_holds_fewer_probes_and_fewer_steps():
    few, many = probe(slow(), 0.1), probe(slow(), 5.0)
    assert len(few) < len(many)
    assert probe(slow().but(epochs=1000), 0.1)[0].steps < 1000


def test_what_cannot_be_trained_again_gives_no_trials():
    assert probe(None, 5.0) == ()


def test_a_network_of_one_batch_size_breaks_nothing():
    class Fixed(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 2)
            self.start = nn.Parameter(torch.zeros(30, 2))

        def forward(self, rows):
            return self.layer(rows) + self.start

    assert probe(classifier(build=lambda _seed: Fixed()), 1.0) == ()


def test_the_reference_learns_whatever_is_wrong_with_the_program():
    dead = classifier(build=lambda _seed: nn.Sequential(nn.Linear(4, 1), nn.Softmax(-1)), steps=False)
    far = regressor(build=lambda _seed: nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()))
    assert train_program(reference(dead), 0).score > 0.95
    assert train_program(reference(far), 0).score > 0.9
    assert reference(far).steps == far.steps


def test_decay_and_width_are_tried_where_there_is_decay_and_a_narrow_layer():
    decayed = {trial.name for trial in probe(slow().with_settings(weight_decay=0.1), 5.0)}
    assert "no decay" in decayed
    assert "no decay" not in {trial.name for trial in probe(slow(), 5.0)}
