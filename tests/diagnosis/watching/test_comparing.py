"""Rows compared: rows from elsewhere, a feature made from the target, and labels that were mixed up."""

import pytest
import torch

from netwright.diagnosis.watching.comparing import auc, drift_of, leak_of, noise_of


def table(rows: int, seed: int, features: int = 8):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, features, generator=generator)
    return x, (x[:, 0] + x[:, 1] > 0).long()


def test_rows_from_the_same_place_cannot_be_told_apart():
    assert 0.4 < drift_of(table(400, 0)[0], table(200, 1)[0]) < 0.6


@pytest.mark.parametrize("change", [lambda x: x + 1.5, lambda x: x * 3.0])
def test_rows_moved_or_stretched_are_told_apart(change):
    assert drift_of(table(400, 0)[0], change(table(200, 1)[0])) > 0.9


def test_few_rows_and_rows_of_other_shapes_say_nothing():
    assert drift_of(table(400, 0)[0], table(20, 1)[0]) is None
    assert drift_of(table(400, 0)[0], table(200, 1, features=5)[0]) is None


@pytest.mark.parametrize("task", ["classes", "values"])
def test_a_feature_made_from_the_target_is_named(task):
    x, y = table(300, 2)
    x[:, 3] = 2.0 * y + 0.05 * torch.randn(300, generator=torch.Generator().manual_seed(3))
    found = leak_of(x, y if task == "classes" else y.float()[:, None], task)
    assert found.feature == "x3"
    assert found.strength > 0.97


def test_features_that_only_hint_at_the_target_are_no_leak():
    assert leak_of(*table(300, 2), "classes").strength < 0.7


def test_neighbours_of_a_series_are_no_leak():
    walk = torch.randn(400, generator=torch.Generator().manual_seed(4)).cumsum(0)
    lags = walk.unfold(0, 5, 1)
    assert leak_of(lags[:-1], walk[5:, None], "values").feature == ""


def test_wrong_labels_are_counted_against_rows_that_have_the_right_ones():
    x, y = table(600, 5, features=3)
    held = table(300, 6, features=3)
    assert noise_of(x, y, *held) == 0.0
    mixed = torch.where(torch.rand(600, generator=torch.Generator().manual_seed(7)) < 0.3, 1 - y, y)
    assert 0.2 < noise_of(x, mixed, *held) < 0.4


def test_labels_that_nothing_foretells_are_not_called_wrong():
    x, _ = table(600, 8)
    chance = torch.randint(0, 2, (900,), generator=torch.Generator().manual_seed(9))
    assert noise_of(x, chance[:600], table(300, 10)[0], chance[600:]) == 0.0


def test_mixed_of_the_ties_count():
    assert auc(torch.tensor([1.0, 0.0, 0.0]), torch.tensor([True, True, False])) == 0.75
