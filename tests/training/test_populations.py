"""Many networks on threads are, each of them, what they would be alone."""

import os
import signal
from dataclasses import replace

import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.core.interrupts import StopSignal
from netwright.training.batches import Batches
from netwright.training.fit import fit
from netwright.training.populations import Member, _width, fit_population
from netwright.training.session import Session
from tests.training.small_runs import CONFIG, digest, make_batches, make_module

FUSED = replace(CONFIG, engine="fused", epochs=12)
SHAPES = [{}, {"hidden_sizes": (9,)}, {"normalization": "layer"}, {"activation": "gelu"}, {"residual": True}]


def members():
    return [
        Member(make_module(seed, **SHAPES[seed % len(SHAPES)]), replace(FUSED, seed=seed, threads=1, engine=engine))
        for seed, engine in enumerate(["fused"] * 8 + ["eager"] * 2)
    ]


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_every_member_is_what_it_would_be_alone(threads):
    alone, together, seen = members(), members(), []
    for member in alone:
        fit(member.module, make_batches(), member.config)
    found = fit_population(together, make_batches(), threads, seen.append)
    assert [trained.number for trained in found] == list(range(10))
    assert {trained.number for trained in seen} == set(range(10))
    assert [digest(member.module) for member in together] == [digest(member.module) for member in alone]


def test_on_a_gpu_members_of_one_kind_are_trained_as_one():
    population = [
        Member(make_module(seed, **SHAPES[seed % 2]), replace(CONFIG, accumulate=1, seed=seed, learning_rate=rate))
        for seed, rate in enumerate([0.01, 0.01, 0.02, 0.03, -1.0])
    ]
    population.append(Member(make_module(5), replace(CONFIG, accumulate=1, optimizer="muon", engine="eager")))
    seen = []
    found = fit_population(population, make_batches(), 2, seen.append, stacked=True)
    assert [trained.number for trained in found] == sorted(trained.number for trained in seen) == list(range(6))
    engines = [trained.result and trained.result.engine.value for trained in found]
    assert engines == ["stacked", "stacked", "stacked", "stacked", None, "eager"]
    assert isinstance(found[4].error, RecipeError)


@pytest.mark.parametrize(("rows", "hidden", "width"), [(200, (8,), 1), (20_000, (256, 128), os.cpu_count())])
def test_small_networks_do_not_wait_for_each_other_on_threads(rows, hidden, width):
    batches = Batches((torch.zeros(rows, 4),), torch.zeros(rows, dtype=torch.long))
    config = replace(FUSED, accumulate=1, batch_size=64)
    population = [Member(make_module(hidden_sizes=hidden), replace(config, epochs=epochs)) for epochs in (1, 9)]
    assert _width(population, batches) == width
    assert _width([], batches) == 1


def test_a_member_that_fails_stops_no_other():
    population = members()[:3]
    population[1] = replace(population[1], config=replace(FUSED, learning_rate=-1.0))
    found = fit_population(population, make_batches(), 2)
    assert [trained.result is None for trained in found] == [False, True, False]
    assert isinstance(found[1].error, RecipeError)


def test_ctrl_c_keeps_what_is_finished():
    def interrupt(trained):
        raise KeyboardInterrupt

    found = fit_population(members(), make_batches(), 1, interrupt)
    assert 1 <= len(found) < 10
    assert all(trained.result is not None for trained in found)


def test_a_member_that_is_skipped_has_no_entry_and_is_untouched():
    population, asked = members()[:4], iter([False, True, False, True])
    before = digest(population[1].module)
    found = fit_population(population, make_batches(), 1, skip=lambda: next(asked))
    assert [trained.number for trained in found] == [0, 2]
    assert digest(population[1].module) == before


def test_a_signal_ends_members_in_progress_without_an_entry():
    stop = StopSignal()
    stop.number = signal.SIGTERM
    population = [replace(member, session=Session(stop=stop)) for member in members()[:3]]
    assert fit_population(population, make_batches(), 2) == []


def test_a_trained_module_keeps_no_more_than_its_own_memory():
    """Views of the fused engine's buffers would keep all of them alive: those of a thousand networks."""
    members = [Member(make_module(seed), replace(FUSED, seed=seed)) for seed in range(2)]
    before = [parameter.data_ptr() for member in members for parameter in member.module.parameters()]
    fit_population(members, make_batches())
    assert [parameter.data_ptr() for member in members for parameter in member.module.parameters()] == before
    for tensor in members[0].module.state_dict().values():
        assert tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()
