"""RealMLP-TD as its authors' package trains it."""

import pytest

from netwright.core.values import InputSpec
from netwright.networks import build
from netwright.networks.parameters import parameter_groups
from netwright.training.defaults import complete
from netwright.training.factors import treatments

TASKS = ("binary", "multiclass", "regression")


def completed(task):
    return complete({"preset": {"recipe": "realmlp"}}, task, 20_000)[0]


@pytest.mark.parametrize("task", TASKS)
def test_what_moves_slowly_or_fast_decays_by_the_square_of_its_rate(task):
    recipe = completed(task)
    spec = InputSpec(4, (12,), 3 if task == "multiclass" else 1, task, (0, 1))
    module = build("mlp", recipe.network, spec, seed=0)
    found, groups = treatments(module, recipe.training), parameter_groups(module)
    for group, factor in {"scaling": 6.0, "activation": 0.1, "numeric_embedding": 0.1}.items():
        theirs = [found[name] for name in groups if groups[name] == group]
        assert theirs
        assert all(one.rate * one.decay == pytest.approx(0.02 * factor**2) for one in theirs)
    assert all(found[name].decay == 0.0 for name in groups if groups[name] == "bias")


@pytest.mark.parametrize("task", TASKS)
def test_numbers_go_in_as_published(task):
    recipe = completed(task)
    assert (recipe.preparation.numeric, recipe.network.frequency_scale) == ("robust", 0.1)
