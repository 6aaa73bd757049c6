"""Each fault changes what it says, every one can be planted wherever it fits, and none changes the sound program."""

import pytest
import torch
from torch import nn

from netwright.diagnosis.faults import FAULTS, plant, plant_in_recipe
from netwright.diagnosis.faults.healthy import HEALTHY
from netwright.diagnosis.illnesses import ILLNESSES
from netwright.diagnosis.programs import train_program
from netwright.training.recipe import Recipe

SOUND = {name: make() for name, make in HEALTHY.items()}


def planted(name, base, number=0):
    return plant(FAULTS[name], SOUND[base], FAULTS[name].settings[number])


def test_there_are_many_each_with_five_settings():
    assert len(FAULTS) >= 30
    assert all(len(fault.settings) == 5 for fault in FAULTS.values())


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_fault_can_be_planted_wherever_it_fits(fault):
    fits = [program for program in SOUND.values() if fault.fits(program)]
    assert fits
    for number, program in enumerate(fits):
        setting = fault.settings[number % 5]
        outcome = train_program(plant(fault, program, setting).but(most_steps=2), 0)
        assert outcome.steps == 2


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_its_causes_are_illnesses(fault):
    assert set(fault.causes) & set(ILLNESSES), fault.causes


def test_planting_leaves_the_sound_program_as_it_was():
    sound = SOUND["wine"]
    before = train_program(sound.but(most_steps=5), 0).losses
    for name in ("unscaled inputs", "leak", "constant first weights", "no zero_grad"):
        planted(name, "wine")
    assert train_program(sound.but(most_steps=5), 0).losses == before


@pytest.mark.parametrize("name", ["summed loss", "softmax over one unit", "targets shuffled apart from rows"])
def test_a_planted_program_learns_less(name):
    base = "breast cancer"
    assert train_program(planted(name, base, 3), 0).score < train_program(SOUND[base], 0).score - 0.1


def test_constant_weights_are_all_the_same():
    with torch.random.fork_rng([]):
        network = planted("constant first weights", "wine", 1).build(0)
    assert all(len(layer.weight.unique()) == 1 for layer in network.modules() if isinstance(layer, nn.Linear))


def test_rows_and_targets_part_where_they_are_shuffled_apart():
    assert planted("targets shuffled apart from rows", "wine").habits.apart


def test_a_leak_tells_the_target_in_training_rows_only():
    program = planted("leak", "breast cancer")
    assert told(program.rows) > 0.99
    assert told(program.validation) < 0.3


def told(sample):
    column, targets = sample.inputs[0][:, 0], sample.targets.reshape(-1).float()
    return abs(float(torch.corrcoef(torch.stack([column, targets]))[0, 1]))


def test_shared_rows_stand_in_both():
    program = planted("validation rows that are trained on", "wine", 4)
    trained = {tuple(row.tolist()) for row in program.rows.inputs[0]}
    share = sum(tuple(row.tolist()) in trained for row in program.validation.inputs[0]) / program.validation.rows
    assert share == pytest.approx(0.9, abs=0.02)


def test_a_recipe_takes_a_fault_of_its_settings():
    assert plant_in_recipe("rate far too high", {"network": {"dropout": 0.1}}, 1) == {
        "network": {"dropout": 0.1},
        "training": {"learning_rate": 3.0},
    }
    assert plant_in_recipe("no zero_grad", {}, 0) is None


def test_recipes_have_the_settings_that_faults_change():
    recipe = Recipe()
    for name in FAULTS:
        for section, values in (plant_in_recipe(name, {}, 4) or {}).items():
            assert all(hasattr(getattr(recipe, section), key) for key in values)
