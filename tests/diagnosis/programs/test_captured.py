"""A watched loop can be trained again: from its own start under seed 0, from others of the same kind otherwise."""

import pytest
import torch
from torch import nn

from netwright.diagnosis.material import Material
from netwright.diagnosis.programs import program_of, train_program
from tests.diagnosis.small_programs import rows


class Scaled(nn.Module):
    """A network that takes its rows by keyword and returns a dictionary."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)

    def forward(self, *, features):
        return {"logits": self.layer(features)}


def material(**fields):
    inputs, targets = rows()
    torch.manual_seed(0)
    given = {
        "model": nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)),
        "inputs": (inputs,),
        "targets": targets,
        "names": ("",),
        "loss": nn.CrossEntropyLoss(),
        "loss_name": "cross_entropy",
        "optimizer": torch.optim.SGD,
        "settings": {"lr": 0.1},
        "batch_size": 32,
        "epochs": 4,
        "steps": 20,
    }
    return Material(**(given | fields))


def test_seed_0_starts_as_the_author_did():
    seen = material()
    built = program_of(seen).build(0)
    assert all(torch.equal(a, b) for a, b in zip(built.parameters(), seen.model.parameters(), strict=True))


def test_another_seed_moves_the_numbers_of_each_tensor_and_keeps_them():
    seen = material()
    built = program_of(seen).build(1)
    for mine, theirs in zip(built.parameters(), seen.model.parameters(), strict=True):
        assert not torch.equal(mine, theirs)
        assert torch.equal(mine.flatten().sort()[0], theirs.flatten().sort()[0])


def test_it_learns_and_takes_as_many_steps():
    outcome = train_program(program_of(material()), 0)
    assert outcome.steps == 20
    assert outcome.score > 0.9


def test_keywords_and_what_is_returned_are_as_the_author_had_them():
    seen = material(model=Scaled(), names=("features",), answer=lambda returned: returned["logits"])
    assert train_program(program_of(seen), 0).score > 0.9


def test_a_frozen_layer_stays_frozen():
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    model[0].requires_grad_(False)
    program = program_of(material(model=model))
    assert program.habits.frozen == ("0.weight", "0.bias")


def test_rates_that_were_seen_to_change_are_taken_again():
    program = program_of(material(rates=(0.1, 0.05, 0.01)))
    assert [round(program.schedule(step), 3) for step in range(5)] == [1.0, 0.5, 0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    "name", ["AdamW", "NAdam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "RAdam", "ASGD", "Rprop"]
)
def test_every_optimizer_of_torch_takes_its_settings_again(name):
    kind = getattr(torch.optim, name)
    settings = {key: value for key, value in kind([torch.zeros(1)], lr=0.01).param_groups[0].items() if key != "params"}
    program = program_of(material(optimizer=kind, settings=settings, steps=2))
    assert train_program(program, 0).steps == 2


def test_what_cannot_be_repeated_is_none():
    assert program_of(material(reason="compiled")) is None
    assert program_of(material(loss=None)) is None


@pytest.mark.parametrize(
    ("outputs", "trained", "held", "shape"),
    [
        (2, lambda y: nn.functional.one_hot(y, 2).float(), lambda y: y, (2,)),
        (1, lambda y: y.float()[:, None], lambda y: y > 0, (1,)),
        (2, lambda y: nn.functional.one_hot(y, 2).float(), lambda y: y.float() / 3.0, None),
    ],
)
def test_evaluations_that_compare_other_forms_of_the_targets_are_measured_in_the_trainings_own(
    outputs, trained, held, shape
):
    inputs, targets = rows()
    program = program_of(
        material(
            model=nn.Linear(4, outputs),
            targets=trained(targets),
            held_inputs=(inputs,),
            held_targets=held(targets),
            loss=nn.MSELoss(),
            loss_name="mse",
        )
    )
    if shape is None:
        assert program.validation is None
    else:
        assert torch.equal(program.validation.targets, trained(targets))
    assert train_program(program, 0).score is not None
