"""Long trainings, most of whose steps are only counted, are told as if every step had been looked at."""

import dataclasses

import pytest
import torch
from torch.nn import functional

from netwright.diagnosis.watching import watch
from tests.diagnosis.watching.small import batches, mlp, rows
from tests.diagnosis.watching.test_habits import Loop

EPOCHS = 60
LOOPS = [
    Loop(epochs=EPOCHS),
    Loop(epochs=EPOCHS, zero_grad="never"),
    Loop(epochs=EPOCHS, zero_grad="late"),
    Loop(epochs=EPOCHS, zero_grad="data"),
    Loop(epochs=EPOCHS, accumulate=3),
    Loop(epochs=EPOCHS, schedule=True, evaluate="right", clip=1.0),
    Loop(epochs=EPOCHS, mode=False),
]


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: f"{loop.zero_grad}-{loop.accumulate}-{loop.mode}")
def test_habits_and_losses_are_those_that_watching_each_step_shows(loop):
    quick, whole = loop.run(mlp(3)), loop.run(mlp(3), every=1)
    assert quick.optimizing == whole.optimizing
    assert [step.loss for step in quick.steps] == pytest.approx([step.loss for step in whole.steps])
    assert [step.learning_rate for step in quick.steps] == [step.learning_rate for step in whole.steps]
    assert quick.rows == whole.rows
    assert len(quick.epochs) == len(whole.epochs)


def trained(watched):
    torch.manual_seed(0)
    model = mlp(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def train():
        for _ in range(EPOCHS):
            for x, y in batches(*rows("classes"), 16):
                optimizer.zero_grad()
                functional.cross_entropy(model(functional.dropout(x, 0.1)), y).backward()
                optimizer.step()

    if not watched:
        train()
        return model.state_dict(), None
    with watch(model, optimizer, probe=False) as doctor:
        train()
        ready = doctor.state.quick.on
    return model.state_dict(), (doctor, ready)


def test_weights_are_the_same_bits_after_steps_that_are_only_counted():
    plain, (seen, (doctor, _)) = trained(False)[0], trained(True)
    assert all(torch.equal(plain[name], seen[name]) for name in plain)
    notes = doctor.state.recorded.notes
    assert len(notes) == EPOCHS * 6
    assert sum(note.watched is None for note in notes) > len(notes) / 2
    assert sum(note.watched is not None for note in notes) >= 3


def test_a_loss_that_is_lost_in_a_counted_step_is_located():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    with watch(model, optimizer, probe=False) as doctor:
        for number in range(400):
            optimizer.zero_grad()
            given = x[:16] if number < 300 else x[:16] * float("nan")
            functional.cross_entropy(model(given), y[:16]).backward()
            optimizer.step()
    lost = doctor.case().lost
    assert lost is not None
    assert dataclasses.astuple(lost)[:3] == (301, "", "input")
    assert doctor.case().optimizing.steps == 400
