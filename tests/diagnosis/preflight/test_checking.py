"""Every check: found where it is planted, ok on the sound twin. A new check is one row of PLANTED."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional

from netwright.diagnosis.preflight import CHECKS, preflight_module

ROWS, FEATURES, CLASSES = 48, 6, 3


class Parts:
    """A sound training that each fault changes in one place."""

    def __init__(self):
        torch.manual_seed(0)
        self.model = nn.Sequential(
            nn.Linear(FEATURES, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, CLASSES)
        )
        self.x = torch.randn(ROWS, FEATURES)
        self.y = (self.x[:, 0] * 2).round().clamp(-1, 1).long() + 1
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = None

    def checks(self):
        optimizer = self.optimizer or torch.optim.Adam(self.model.parameters(), lr=0.01)
        return {check.name: check for check in preflight_module(self.model, self.x, self.y, self.loss, optimizer)}

    def of_values(self, *head):
        self.model = nn.Sequential(nn.Linear(FEATURES, 16), nn.ReLU(), nn.Linear(16, 1), *head)
        self.y, self.loss = self.x[:, :1] * 3.0, nn.MSELoss()

    def binary(self, *head):
        self.model = nn.Sequential(nn.Linear(FEATURES, 16), nn.ReLU(), nn.Linear(16, 1), *head)
        self.y, self.loss = (self.x[:, :1] > 0).float(), nn.BCEWithLogitsLoss()


def plant_not_finite(parts):
    parts.x[3, 2] = float("nan")


def plant_unscaled(parts):
    parts.x[:, 1] *= 5000.0


def plant_sorted(parts):
    order = parts.y.argsort()
    parts.x, parts.y = parts.x[order], parts.y[order]


def plant_minus_one(parts):
    parts.binary()
    parts.y = 2.0 * parts.y - 1.0


def plant_classes_as_values(parts):
    parts.of_values()
    parts.y = parts.y.round().long()
    parts.loss = lambda output, target: functional.mse_loss(output, target.float())
    parts.loss.__name__ = "mse_loss"


def plant_softmax(parts):
    parts.model = nn.Sequential(parts.model, nn.Softmax(dim=1))


def plant_sigmoid_twice(parts):
    parts.binary(nn.Sigmoid())


def plant_bce_of_logits(parts):
    parts.binary()
    parts.loss = lambda output, target: functional.binary_cross_entropy(output.clamp(-2, 2).abs() / 2, target)
    parts.loss.__name__ = "binary_cross_entropy"
    parts.model[2].bias.data.fill_(-3.0)


def plant_nll_of_logits(parts):
    parts.loss = nn.NLLLoss()


def plant_one_unit_softmax(parts):
    parts.binary(nn.Softmax(dim=1))
    parts.loss = nn.BCELoss()


def plant_bounded_head(parts):
    parts.of_values(nn.Sigmoid())


def plant_broadcast(parts):
    parts.of_values()
    parts.y = parts.y.squeeze(1)
    parts.loss = lambda output, target: ((output - target) ** 2).mean()
    parts.loss.__name__ = "mse_loss"


def plant_huge_start(parts):
    parts.model[4].weight.data *= 200.0


def plant_far_targets(parts):
    parts.of_values(nn.Identity())
    parts.model[2].bias.data.fill_(500.0)


def plant_evaluation_mode(parts):
    parts.model.eval()


def plant_layer_in_evaluation_mode(parts):
    parts.model[3].eval()


def plant_tiny_batch(parts):
    parts.x, parts.y = parts.x[:4], parts.y[:4]


def plant_dropout_before_norm(parts):
    parts.model = nn.Sequential(
        nn.Linear(FEATURES, 16), nn.ReLU(), nn.Dropout(0.3), nn.BatchNorm1d(16), nn.Linear(16, CLASSES)
    )


def plant_missing_from_optimizer(parts):
    parts.optimizer = torch.optim.Adam(parts.model[4].parameters(), lr=0.01)


def plant_optimizer_of_another(parts):
    parts.optimizer = torch.optim.Adam(copy.deepcopy(parts.model).parameters(), lr=0.01)


def plant_half_frozen_layer(parts):
    parts.model[0].weight.requires_grad_(False)


def plant_unused(parts):
    parts.model.register_module("spare", nn.Identity())
    parts.model.spare.weight = nn.Parameter(torch.ones(3))


def plant_detached(parts):
    parts.loss = lambda output, target: functional.cross_entropy(output.detach(), target)
    parts.loss.__name__ = "cross_entropy"


def plant_unlearnable(parts):
    parts.optimizer = torch.optim.SGD(parts.model.parameters(), lr=1e-9)


def plant_blind(parts):
    parts.model = nn.Sequential(Blind(), nn.Linear(FEATURES, CLASSES))


class Blind(nn.Module):
    def forward(self, x):
        return 0.0 * x


class MixesRows(nn.Module):
    def forward(self, x):
        return x - x.mean(dim=0, keepdim=True)


def plant_mixed_rows(parts):
    parts.model = nn.Sequential(MixesRows(), nn.Linear(FEATURES, CLASSES))


def plant_looks_ahead(parts):
    parts.x = torch.randint(0, 5, (16, 8))
    parts.y = parts.x.roll(-1, 1)
    parts.model = nn.Sequential(nn.Embedding(5, 8), LooksAhead(), nn.Linear(8, 5))
    parts.loss = lambda output, target: functional.cross_entropy(output.flatten(0, 1), target.flatten())
    parts.loss.__name__ = "cross_entropy"


class LooksAhead(nn.Module):
    def forward(self, x):
        return x + x.mean(dim=1, keepdim=True)


PLANTED = [
    (plant_not_finite, "inputs", "fault"),
    (plant_unscaled, "inputs", "warning"),
    (plant_sorted, "order of rows", "warning"),
    (plant_minus_one, "labels", "fault"),
    (plant_classes_as_values, "labels", "warning"),
    (plant_softmax, "head and loss", "fault"),
    (plant_sigmoid_twice, "head and loss", "fault"),
    (plant_bce_of_logits, "head and loss", "fault"),
    (plant_nll_of_logits, "head and loss", "fault"),
    (plant_one_unit_softmax, "head and loss", "fault"),
    (plant_bounded_head, "head and loss", "fault"),
    (plant_broadcast, "shapes", "fault"),
    (plant_huge_start, "initial loss", "warning"),
    (plant_far_targets, "initial loss", "warning"),
    (plant_evaluation_mode, "mode", "warning"),
    (plant_layer_in_evaluation_mode, "mode", "warning"),
    (plant_tiny_batch, "batch norm", "warning"),
    (plant_dropout_before_norm, "dropout before norm", "warning"),
    (plant_missing_from_optimizer, "optimizer", "fault"),
    (plant_optimizer_of_another, "optimizer", "fault"),
    (plant_half_frozen_layer, "frozen", "warning"),
    (plant_unused, "gradients", "fault"),
    (plant_detached, "gradients", "fault"),
    (plant_unlearnable, "one batch", "warning"),
    (plant_blind, "one batch", "fault"),
    (plant_mixed_rows, "rows apart", "fault"),
    (plant_looks_ahead, "time", "fault"),
]


@pytest.mark.parametrize(("plant", "name", "verdict"), PLANTED, ids=[plant.__name__ for plant, *_ in PLANTED])
def test_what_is_planted_is_found(plant, name, verdict):
    parts = Parts()
    plant(parts)
    found = parts.checks()[name]
    assert found.verdict == verdict, found
    assert found.found
    assert found.remedy


@pytest.mark.parametrize("change", [None, Parts.of_values, Parts.binary])
def test_a_sound_training_passes_every_check(change):
    parts = Parts()
    if change is not None:
        change(parts)
    assert {name: check.found for name, check in parts.checks().items() if check.verdict != "ok"} == {}


def test_a_frozen_backbone_is_no_fault():
    parts = Parts()
    for value in (*parts.model[0].parameters(), *parts.model[1].parameters()):
        value.requires_grad_(False)
    parts.model[1].eval()
    assert {check.verdict for check in parts.checks().values()} == {"ok"}


def test_a_head_that_starts_at_zero_is_no_fault():
    parts = Parts()
    nn.init.zeros_(parts.model[4].weight)
    nn.init.zeros_(parts.model[4].bias)
    assert {check.verdict for check in parts.checks().values()} == {"ok"}


def test_nothing_of_the_training_is_changed():
    parts = Parts()
    optimizer = parts.optimizer = torch.optim.Adam(parts.model.parameters(), lr=0.01)
    before, drawn = copy.deepcopy(parts.model.state_dict()), torch.get_rng_state()
    parts.checks()
    assert all(torch.equal(value, before[name]) for name, value in parts.model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), drawn)
    assert not optimizer.state
    assert all(value.grad is None for value in parts.model.parameters())


def test_a_network_that_cannot_run_says_why_and_no_more():
    parts = Parts()
    parts.x = parts.x[:, :4]
    checks = parts.checks()
    assert list(checks) == ["forward pass"]
    assert checks["forward pass"].verdict == "fault"


def test_labels_beyond_the_outputs_are_a_fault_of_the_loss():
    parts = Parts()
    parts.y = parts.y + 5
    assert parts.checks()["loss"].verdict == "fault"


def test_a_batch_of_one_row_is_a_fault_of_batch_norm():
    parts = Parts()
    parts.x, parts.y = parts.x[:1], parts.y[:1]
    assert parts.checks()["batch norm"].verdict == "fault"


def test_inputs_may_come_by_name():
    model = nn.Bilinear(3, 4, 2)
    x = {"input1": torch.randn(20, 3), "input2": torch.randn(20, 4)}
    y = torch.randint(0, 2, (20,))
    checks = preflight_module(model, x, y, nn.CrossEntropyLoss())
    assert "optimizer" not in {check.name for check in checks}
    assert {check.name for check in checks} <= set(CHECKS)
