"""Which recipes a run trains: by quality, unless the user's own settings or the rows speak against it."""

import pytest

from netwright.core.errors import RecipeError
from netwright.training.defaults import complete

ROWS, HELD = 5000, 900


def contenders(tree, rows=ROWS, held=HELD):
    recipe, choices = complete(tree, "binary", rows, held)
    said = next(choice for choice in choices if choice.name == "preset.contenders")
    assert tuple(recipe.contenders) == said.value
    return recipe, said


@pytest.mark.parametrize("quality", ["standard", "best"])
def test_the_usual_qualities_compare_recipes_and_fast_does_not(quality):
    assert contenders({"preset": {"quality": quality}})[1].value == ("waves", "realmlp")
    assert contenders({"preset": {"quality": "fast"}})[1].value == ()


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        ({"preset": {"recipe": "netwright"}}, "a recipe was asked for by name"),
        ({"ensemble": {"members": 2}}, "an ensemble of networks of one recipe was asked for"),
        ({"network": {"dropout": 0.0}}, "network.dropout was set"),
        ({"training": {"epochs": 3}}, "training.epochs was set"),
        ({"preparation": {"numeric": "robust"}}, "preparation.numeric was set"),
        ({"rate_test": {"run": True}}, "rate_test.run was set"),
    ],
)
def test_who_describes_a_network_gets_that_one_alone(tree, reason):
    said = contenders(tree)[1]
    assert said.value == ()
    assert reason in said.reason


def test_settings_of_every_network_are_those_of_all():
    recipe, said = contenders({"training": {"seed": 3, "engine": "eager", "threads": 2}})
    assert said.value == ("waves", "realmlp")
    for contender in recipe.contenders.values():
        assert (contender.training.seed, contender.training.engine, contender.training.threads) == (3, "eager", 2)


@pytest.mark.parametrize(("rows", "held", "reason"), [(400, 70, "held-out rows"), (80_001, 9000, "training rows")])
def test_too_few_rows_to_choose_by_or_too_many_to_learn_from_leave_one_recipe(rows, held, reason):
    said = contenders({}, rows, held)[1]
    assert said.value == ()
    assert reason in said.reason


def test_contenders_can_be_named_and_changed():
    tree = {"preset": {"contenders": ["tabm"]}, "contenders": {"tabm": {"training": {"epochs": 7}}}}
    recipe, said = contenders(tree | {"training": {"epochs": 2}}, rows=100, held=1)
    assert said.reason == "asked for"
    assert (recipe.training.epochs, recipe.contenders["tabm"].training.epochs) == (2, 7)
    assert recipe.contenders["tabm"].numeric == "quantile"
    assert contenders({"preset": {"contenders": []}})[1].value == ()


def test_an_unknown_contender_and_no_rows_to_choose_by_are_refused():
    with pytest.raises(RecipeError, match="did you mean 'realmlp'"):
        contenders({"contenders": {"realmpl": {"training": {"epochs": 7}}}})
    with pytest.raises(RecipeError, match="expected validation rows"):
        contenders({"preset": {"contenders": ["waves"]}}, held=0)


def test_realmlp_trains_shorter_beside_others_than_by_itself():
    alone = complete({"preset": {"recipe": "realmlp"}}, "binary", 50_000, 9000)[0].training
    beside = contenders({}, 50_000, 9000)[0].contenders["realmlp"].training
    assert (alone.epochs, alone.stop_at_cycle) == (256, False)
    assert (beside.epochs, beside.stop_at_cycle) == (51, True)
