import pytest
import torch

from netwright.explanation.landscape.subject import own_loss
from netwright.explanation.landscape.surface import finite, grid, profile_of, surface_of
from tests.explanation.landscape.nets import bowl_subject, tiny_subject


def test_a_bowl_gives_the_surface_of_a_bowl():
    subject = bowl_subject([3.0, 1.0])
    plane = tuple({"weight": torch.eye(2).double()[k : k + 1]} for k in (0, 1))
    steps = grid(2.0, 5)
    found = surface_of(subject, plane, steps, steps)
    assert found.across == (-2.0, -1.0, 0.0, 1.0, 2.0)
    for y, up in enumerate(steps):
        assert found.losses[y] == pytest.approx([0.5 * (3.0 * x**2 + up**2) for x in steps])
    assert profile_of(subject, plane[0], steps).losses == pytest.approx([0.5 * 3.0 * x**2 for x in steps])


def test_the_middle_of_an_odd_grid_is_the_network_itself():
    subject = tiny_subject()
    direction = {name: torch.randn_like(value) for name, value in subject.weights.items()}
    found = surface_of(subject, (direction, direction), grid(1.0, 7), grid(1.0, 7))
    assert found.losses[3][3] == own_loss(subject)
    assert own_loss(subject) == pytest.approx(subject.loss(subject.module(*subject.inputs), subject.targets).item())


def test_blocks_of_rows_give_the_loss_of_all():
    assert own_loss(tiny_subject(block=7)) == pytest.approx(own_loss(tiny_subject()), rel=1e-12)


def test_what_is_no_number_is_none():
    assert [finite(value) for value in (1.5, float("inf"), float("nan"))] == [1.5, None, None]
