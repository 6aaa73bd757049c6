"""Which loss a loop computes is found by its name or by its numbers, with the head and the constant answer's loss."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from netwright.diagnosis.watching import watch
from netwright.diagnosis.watching.judging import sums_over_rows
from tests.diagnosis.watching.small import case_of, mlp, rows, trained

EPSILON = 1e-7
PROBABILITIES = "probabilities_cross_entropy"


def one_hot(y):
    return functional.one_hot(y, 3).float()


def keras_cross_entropy(p, y):
    p = p / p.sum(-1, keepdim=True)
    return -(y * p.clamp(EPSILON, 1 - EPSILON).log()).sum(-1).mean()


def keras_binary(p, y):
    p = p.clamp(EPSILON, 1 - EPSILON)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean(-1).mean()


TORCH = [
    ("classes", (), functional.cross_entropy, "cross_entropy", "identity"),
    ("classes", (nn.Softmax(-1),), functional.cross_entropy, "cross_entropy", "softmax"),
    ("classes", (nn.LogSoftmax(-1),), functional.nll_loss, "nll", "log_softmax"),
    ("classes", (), lambda o, y: functional.cross_entropy(o, one_hot(y)), "cross_entropy", "identity"),
    ("classes", (nn.Softmax(-1),), lambda o, y: functional.nll_loss(torch.log(o + 1e-9), y), "nll", "log_softmax"),
    ("binary", (nn.Sigmoid(),), functional.binary_cross_entropy, "bce", "sigmoid"),
    ("binary", (), functional.binary_cross_entropy_with_logits, "bce_with_logits", "identity"),
    ("binary", (nn.Sigmoid(),), functional.binary_cross_entropy_with_logits, "bce_with_logits", "sigmoid"),
    ("labels", (), functional.binary_cross_entropy_with_logits, "bce_with_logits", "identity"),
    ("values", (), functional.mse_loss, "mse", "identity"),
    ("values", (nn.Tanh(),), functional.l1_loss, "mae", "tanh"),
    ("values", (), functional.huber_loss, "huber", "identity"),
    ("values", (), functional.smooth_l1_loss, "huber", "identity"),
]
BY_HAND = [
    ("classes", (), lambda o, y: -torch.log_softmax(o, -1)[torch.arange(len(y)), y].mean(), "nll", "log_softmax"),
    ("classes", (nn.Softmax(-1),), lambda o, y: keras_cross_entropy(o, one_hot(y)), PROBABILITIES, "softmax"),
    ("classes", (nn.Sigmoid(),), lambda o, y: keras_cross_entropy(o, one_hot(y)), PROBABILITIES, "sigmoid"),
    ("classes", (nn.Softmax(-1),), lambda o, y: ((o - one_hot(y)) ** 2).mean(), "mse", "softmax"),
    ("classes", (nn.Softmax(-1),), lambda o, y: keras_binary(o, one_hot(y)), "bce", "softmax"),
    ("binary", (nn.Sigmoid(),), keras_binary, "bce", "sigmoid"),
    ("binary", (nn.Softmax(-1),), keras_binary, "bce", "softmax"),
    ("binary", (), keras_binary, "bce", "identity"),
    ("classes", (nn.Softmax(-1),), lambda o, y: (-one_hot(y) * o.log()).sum(-1).mean(), PROBABILITIES, "softmax"),
    ("binary", (nn.Sigmoid(),), lambda o, y: (-y * o.log() - (1 - y) * (1 - o).log()).mean(), "bce", "sigmoid"),
    ("binary", (nn.Sigmoid(),), lambda o, y: -((1 - y) * (1 - o).log() + y * o.log()).mean(), "bce", "sigmoid"),
    ("values", (), lambda o, y: ((o - y) ** 2).mean(), "mse", "identity"),
    ("values", (), lambda o, y: 0.5 * ((o - y) ** 2).sum(), "mse", "identity"),
    ("values", (), lambda o, y: (o.squeeze(-1) - y.squeeze(-1)).pow(2).mean().sqrt(), "mse", "identity"),
    ("values", (nn.Sigmoid(),), lambda o, y: (y - o).abs().mean(), "mae", "sigmoid"),
    ("values", (), lambda o, y: torch.cosh(o - y).log().mean(), "logcosh", "identity"),
    ("binary", (nn.Tanh(),), lambda o, y: (1 - (2 * y - 1) * o).clamp(min=0).mean(), "hinge", "tanh"),
    ("values", (), lambda o, y: 100 * ((y - o) / y.abs().clamp(min=EPSILON)).abs().mean(), "mape", "identity"),
]  # fmt: skip


@pytest.mark.parametrize(("task", "head", "loss", "name", "head_name"), TORCH + BY_HAND)
def test_the_loss_and_the_head_are_found(task, head, loss, name, head_name):
    outputs = {"classes": 3, "labels": 3}.get(task, 1)
    objective = case_of(mlp(outputs, *head), loss, rows(task)).objective
    assert (objective.loss, objective.head, objective.task) == (name, head_name, task)
    assert not objective.broadcast


@pytest.mark.parametrize(("task", "head", "loss", "name", "head_name"), TORCH + BY_HAND)
def test_the_loss_can_be_computed_again(task, head, loss, name, head_name):
    outputs = {"classes": 3, "labels": 3}.get(task, 1)
    x, y = rows(task)
    model = mlp(outputs, *head)
    material = trained(mlp(outputs, *head), loss, (x, y)).material
    assert material.usable, material.reason
    with torch.no_grad():
        output = model(x)
        again = material.loss(output, material.targets)
    assert float(again) == pytest.approx(float(loss(output, y)), rel=2e-3)


@pytest.mark.parametrize("turned", [lambda o, y: -one_hot(y) * o.log(), lambda o, y: one_hot(y) * -1 * o.log()])
def test_targets_that_the_loss_turns_around_are_seen_as_they_are(turned):
    objective = case_of(mlp(3, nn.Softmax(-1)), lambda o, y: turned(o, y).sum(-1).mean(), rows("classes")).objective
    assert (objective.target_low, objective.target_high) == (0.0, 1.0)


def test_binary_cross_entropy_is_found_though_the_only_unit_answers_0_for_all_rows():
    model = mlp(1, nn.ReLU())
    with torch.no_grad():
        model[-2].weight.zero_()
        model[-2].bias.fill_(-1.0)
    assert case_of(model, keras_binary, rows("binary")).objective.loss == "bce"


def test_a_loss_of_two_rows_too_many_is_seen_to_broadcast():
    x, y = rows("values")
    objective = case_of(mlp(1), lambda o, t: ((o - t) ** 2).mean(), (x, y[:, 0])).objective
    assert objective.broadcast
    assert objective.loss == "mse"
    assert (objective.output_shape, objective.target_shape) == ((32, 1), (32,))


def test_answers_that_hardly_differ_are_seen_to_be_spread_over_the_targets_and_not_to_be():
    x, y = rows("values")
    model = mlp(1)
    with torch.no_grad():
        model[-1].weight.mul_(1e-3)
        model[-1].bias.fill_(2.0)
    assert case_of(model, lambda o, t: ((o - t) ** 2).mean(), (x, y[:, 0])).objective.broadcast
    assert not case_of(model, lambda o, t: ((o[:, 0] - t) ** 2).mean(), (x, y[:, 0])).objective.broadcast


def test_a_softmax_of_the_users_own_is_the_head_with_its_line():
    def loss(output, target):
        return functional.cross_entropy(torch.softmax(output, 1), target)

    objective = case_of(mlp(3), loss, rows("classes")).objective
    assert objective.head == "softmax"
    assert objective.head_where.startswith("test_objective.py:")
    assert objective.where.startswith("test_objective.py:")


@pytest.mark.parametrize(
    ("task", "loss", "least"),
    [
        ("classes", functional.cross_entropy, lambda y: entropy(torch.bincount(y).double() / len(y))),
        ("binary", functional.binary_cross_entropy_with_logits, lambda y: entropy([y.mean(), 1 - y.mean()])),
        ("values", functional.mse_loss, lambda y: float(y.var(correction=0))),
        ("values", lambda o, y: 2 * functional.mse_loss(o, y, reduction="sum"), lambda y: None),
        ("values", functional.l1_loss, lambda y: float((y - y.median()).abs().mean())),
    ],
)  # fmt: skip
def test_the_constant_answers_loss_is_in_the_losss_own_unit(task, loss, least):
    data = rows(task)
    objective = case_of(mlp({"classes": 3}.get(task, 1)), loss, data).objective
    expected = least(data[1])
    if expected is not None:
        assert objective.constant_loss == pytest.approx(expected, rel=1e-4)
    else:
        assert objective.constant_loss == pytest.approx(32 * float(data[1].var(correction=0)), rel=1e-3)


def entropy(shares):
    return -sum(float(share) * math.log(float(share)) for share in shares)


def test_class_weights_and_smoothing_are_part_of_the_constant_answers_loss():
    data, weights = rows("classes"), torch.tensor([1.0, 2.0, 3.0])
    options = {"weight": weights, "label_smoothing": 0.0}
    found = case_of(mlp(3), lambda o, y: functional.cross_entropy(o, y, **options), data).objective.constant_loss
    constant = torch.zeros(1, 3, requires_grad=True)
    descent = torch.optim.LBFGS([constant], max_iter=100)

    def closure():
        descent.zero_grad()
        loss = functional.cross_entropy(constant.expand(len(data[1]), -1), data[1], **options)
        loss.backward()
        return loss

    descent.step(closure)
    assert found == pytest.approx(closure().item(), rel=1e-4)


def test_two_classes_in_one_column_are_binary_whatever_the_loss():
    objective = case_of(mlp(1, nn.Softmax(-1)), keras_cross_entropy, rows("binary")).objective
    assert (objective.task, objective.loss, objective.head) == ("binary", PROBABILITIES, "softmax")


def test_a_loss_inside_the_network_is_found_with_its_output():
    class Language(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.cell = nn.Embedding(9, 8), nn.GRU(8, 8, batch_first=True)
            self.head = nn.Linear(8, 9)

        def forward(self, ids, following):
            logits = self.head(self.cell(self.embed(ids))[0])
            return logits, functional.cross_entropy(logits.reshape(-1, 9), following.reshape(-1))

    model, ids = Language(), torch.randint(0, 9, (64, 7), generator=torch.Generator().manual_seed(0))
    optimizer = torch.optim.Adam(model.parameters())
    with watch(model, optimizer, probe=False) as doctor:
        for part in ids.split(16):
            optimizer.zero_grad()
            model(part[:, :-1], part[:, 1:])[1].backward()
            optimizer.step()
    case = doctor.case()
    assert (case.objective.loss, case.objective.head, case.objective.task) == ("cross_entropy", "identity", "classes")
    assert 2.0 < case.objective.constant_loss < math.log(9)
    assert case.rows.kind == "tokens"
    assert case.optimizing.rows == 64


def test_classes_of_pixels_stand_in_the_second_axis():
    y = torch.randint(0, 3, (48, 5, 5), generator=torch.Generator().manual_seed(0))
    case = case_of(nn.Conv2d(1, 3, 3, padding=1), functional.cross_entropy, (torch.randn(48, 1, 5, 5), y))
    shares = torch.bincount(y.flatten()).double() / y.numel()
    assert case.objective.shares == pytest.approx(shares.tolist())
    assert case.objective.constant_loss == pytest.approx(entropy(shares), rel=1e-4)
    assert case.rows.kind == "images"


def test_shares_of_one_down_the_rows_are_told_from_those_across_the_classes():
    logits = torch.randn(16, 5)
    assert sums_over_rows(torch.softmax(logits, dim=0))
    assert not sums_over_rows(torch.softmax(logits, dim=1))
    assert not sums_over_rows(torch.full((5, 5), 0.2))  # both at once
    assert not sums_over_rows(logits)
    series = torch.randn(6, 7, 4, generator=torch.Generator().manual_seed(0))
    assert [sums_over_rows(torch.softmax(series, dim=axis), True) for axis in range(3)] == [True, True, False]
    assert not sums_over_rows(torch.softmax(series, dim=1))  # classes may stand before positions


def test_classes_of_minus_one_and_one_have_their_shares():
    x, y = rows("binary")
    doctor = trained(mlp(1, nn.Tanh()), lambda o, t: (1 - o * (2 * t - 1)).clamp(min=0).mean(), (x, y))
    share = float(y.mean())
    assert doctor.case().objective.loss == "hinge"
    assert doctor.case().objective.shares == pytest.approx((1 - share, share))
