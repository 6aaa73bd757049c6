"""Watching leaves a training's numbers alone, tells what it is made of, and puts everything back."""

import copy
import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

import netwright
from netwright.core.errors import RecipeError
from netwright.diagnosis.watching import watch
from netwright.diagnosis.watching.watch import checked
from tests.diagnosis.watching.small import batches, mlp, rows, trained


class Attentive(nn.Module):
    """A small Transformer over four positions, attention as torch's own module and as a function."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(5, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.up = nn.Linear(8, 16)
        self.down = nn.Linear(16, 8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        h = self.embed(x.view(-1, 4, 5))
        h = h + self.attention(h, h, h)[0]
        h = h + self.down(functional.gelu(self.up(self.norm(h))))
        return self.head(h.mean(1))


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(True), nn.MaxPool2d(2))
        self.head = nn.Linear(4 * 2 * 2, 3)

    def forward(self, x):
        return self.head(functional.dropout(self.features(x.view(-1, 1, 4, 5)).flatten(1), 0.2, self.training))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(5, 8, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.cell(x.view(-1, 4, 5))[0][:, -1])


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(20, 16) / 5)
        self.bias = nn.Parameter(torch.zeros(16))
        self.second = nn.Parameter(torch.randn(16, 3) / 4)

    def forward(self, x):
        return torch.tanh(x @ self.first + self.bias) @ self.second


NETWORKS = [lambda: mlp(3), Attentive, Convolutional, Recurrent, Functional]
KINDS = [
    ("linear", "linear"),
    ("linear", "attention", "linear", "linear", "linear"),
    ("convolution", "linear"),
    ("recurrent", "linear"),
    ("linear", "linear"),
]


def weights_after(make, watched, every="auto"):
    torch.manual_seed(3)
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []

    def train():
        for _ in range(3):
            for x, y in batches(*rows("classes")):
                optimizer.zero_grad()
                loss = functional.cross_entropy(model(x), y)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                losses.append(loss.item())

    if watched:
        with watch(model, optimizer, every=every, probe=False):
            train()
    else:
        train()
    return losses, list(model.state_dict().values()), torch.get_rng_state()


@pytest.mark.parametrize("make", NETWORKS)
def test_results_are_the_same_bits_with_and_without(make):
    plain, seen = weights_after(make, False), weights_after(make, True, every=1)
    assert plain[0] == seen[0]
    assert all(torch.equal(one, other) for one, other in zip(plain[1], seen[1], strict=True))
    assert torch.equal(plain[2], seen[2])


@pytest.mark.parametrize(("make", "kinds"), list(zip(NETWORKS, KINDS, strict=True)))
def test_the_operations_with_weights_are_seen_in_order(make, kinds):
    case = trained(make(), functional.cross_entropy, rows("classes")).case()
    assert tuple(op.kind for op in case.network.weights) == kinds
    assert not case.network.unseen
    assert case.objective.loss == "cross_entropy"
    layers = case.steps[0].layers
    assert layers is not None
    assert len(layers.names) == len(kinds)
    for field in (layers.delta_norm, layers.gradient_norm, layers.weight_norm, layers.update_ratio):
        assert all(value is not None and value > 0 for value in field)
    assert len(case.start.names) == len(kinds)


def test_statistics_are_those_of_the_definition():
    model, data = mlp(3), rows("classes")
    x, y = data[0][:32], data[1][:32]
    z = model[0](x)
    loss = functional.cross_entropy(model[2](functional.relu(z)), y)
    gradient = torch.autograd.grad(loss, model[0].weight)[0]
    step = trained(model, functional.cross_entropy, data, epochs=1).case().steps[0]
    assert step.loss == pytest.approx(loss.item())
    assert step.layers.mean[0] == pytest.approx(z.relu().mean().item(), rel=1e-5)
    assert step.layers.saturated[0] == pytest.approx(float((z <= 0).float().mean()), abs=1e-6)
    assert step.layers.dead[0] == pytest.approx(float((z <= 0).all(0).float().mean()), abs=1e-6)
    assert step.layers.gradient_norm[0] == pytest.approx(float(gradient.norm()), rel=1e-5)
    assert step.layers.update_ratio[0] == pytest.approx(
        0.05 * float(gradient.norm()) / step.layers.weight_norm[0], rel=1e-4
    )


def test_everything_is_put_back():
    model = mlp(3)
    before = (torch.Tensor.backward, torch.autograd.backward, DataLoader.__iter__, torch.amp.GradScaler.scale)
    trained(model, functional.cross_entropy, rows("classes"))
    after = (torch.Tensor.backward, torch.autograd.backward, DataLoader.__iter__, torch.amp.GradScaler.scale)
    assert before == after
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert not torch.overrides._get_current_function_mode_stack()


def test_a_network_can_be_copied_and_saved_meanwhile_and_both_are_free_of_what_is_hung_on(tmp_path):
    model = mlp(3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    x, y = rows("classes")
    with watch(model, optimizer, probe=False) as doctor:
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        torch.save(model, tmp_path / "model.pt")
        twin = copy.deepcopy(model)
        forwards = doctor.state.recorded.forwards
        twin(x)
        loaded = torch.load(tmp_path / "model.pt", weights_only=False)
        assert torch.equal(loaded(x), twin(x))
        assert doctor.state.recorded.forwards == forwards
    assert b"netwright" not in (tmp_path / "model.pt").read_bytes()


def test_a_training_that_fails_leaves_everything_as_it_was():
    model = mlp(3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), watch(model, optimizer, probe=False):
        model(torch.zeros(2, 7))
    assert not torch.overrides._get_current_function_mode_stack()
    assert not model._forward_hooks


def test_a_mode_of_the_users_own_is_left_in_its_place():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(3):
            optimizer.zero_grad()
            with torch.device("cpu"):
                output = model(x)
            functional.cross_entropy(output, y).backward()
            optimizer.step()
    assert not torch.overrides._get_current_function_mode_stack()
    assert [op.kind for op in doctor.case().network.weights] == ["linear", "linear"]
    assert "another function mode" in doctor.case().network.unseen


def test_epochs_come_from_a_loader_and_its_evaluations():
    x, y = rows("classes")
    loader = DataLoader(TensorDataset(x[:64], y[:64]), 16, shuffle=True)
    held = DataLoader(TensorDataset(x[64:], y[64:]), 16)
    model = mlp(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(4):
            model.train()
            for a, b in loader:
                optimizer.zero_grad()
                functional.cross_entropy(model(a), b).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                for a, b in held:
                    functional.cross_entropy(model(a), b).item()
    with torch.no_grad():
        expected = float(functional.cross_entropy(model(x[64:]), y[64:]))
    case = doctor.case()
    assert (case.optimizing.steps_per_epoch, case.optimizing.epochs, case.optimizing.rows) == (4, 4, 64)
    assert [epoch.step for epoch in case.epochs] == [4, 8, 12, 16]
    assert case.epochs[-1].validation_loss == pytest.approx(expected, rel=1e-5)
    assert case.epochs[-1].validation_metric is not None
    assert not case.rows.same_batches
    assert torch.equal(doctor.material.held_targets, y[64:])
    assert sorted(doctor.material.targets.tolist()) == sorted(y[:64].tolist())


def learn(model, optimizer, x, targets):
    """One epoch over the first 64 rows, without a loader."""
    for chosen in torch.randperm(64).split(16):
        optimizer.zero_grad()
        functional.cross_entropy(model(x[chosen]), targets[chosen]).backward()
        optimizer.step()


def test_one_hot_rows_that_are_compared_as_class_numbers_in_evaluations_have_a_validation_loss():
    x, y = rows("classes")
    model, shares = mlp(3), functional.one_hot(y, 3).float()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(3):
            learn(model, optimizer, x, shares)
            with torch.no_grad():
                (model(x[64:]).argmax(1) == shares[64:].argmax(1)).float().mean().item()
    with torch.no_grad():
        expected = float(functional.cross_entropy(model(x[64:]), y[64:]))
    assert doctor.case().epochs[-1].validation_loss == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("asked", [(slice(0, 64), slice(64, None)), (slice(64, None), slice(0, 64))])
def test_trained_rows_that_are_measured_beside_others_without_a_loader_are_no_validation(asked):
    x, y = rows("classes")
    model = mlp(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(4):
            learn(model, optimizer, x, y)
            with torch.no_grad():
                for part in asked:
                    functional.cross_entropy(model(x[part]), y[part]).item()
    with torch.no_grad():
        expected = float(functional.cross_entropy(model(x[64:]), y[64:]))
    assert doctor.case().epochs[-1].validation_loss == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("model", "optimizer", "every", "sentence"),
    [
        (print, torch.optim.SGD(mlp(3).parameters(), lr=0.1), "auto", "takes a torch.nn.Module, not builtin_function"),
        (mlp(3), [], "auto", "not none"),
        (mlp(3), 0.1, "auto", "not float"),
        (mlp(3), torch.optim.SGD(mlp(3).parameters(), lr=0.1), 0, "at least 1, not 0"),
    ],
)
def test_a_wrong_argument_is_said_in_one_sentence(model, optimizer, every, sentence):
    with pytest.raises(RecipeError, match=sentence):
        checked(model, optimizer, every)


def test_it_is_part_of_the_python_face():
    assert netwright.watch is watch


def test_no_warning_is_raised_that_the_loop_alone_does_not_raise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained(Attentive(), functional.cross_entropy, rows("classes"), epochs=3, every=1)


@pytest.mark.parametrize("whole", [True, False])
def test_a_compiled_network_is_seen_from_outside_and_said(whole):
    torch._dynamo.reset()
    if whole:
        model = torch.compile(mlp(3), backend="eager")
    else:
        model = mlp(3)
        model.compile(backend="eager")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch.compile's own
        case = trained(model, functional.cross_entropy, rows("classes"), epochs=4).case()
    assert "compiled" in case.network.unseen
    assert (case.objective.loss, case.optimizing.rows, case.optimizing.steps) == ("cross_entropy", 96, 12)
    assert case.steps[0].gradient_norm > 0
    assert case.steps[0].accuracy is not None
    assert case.network.missing == case.network.without_gradient == ()


def test_a_loss_without_targets_is_watched_without_rows():
    case = trained(mlp(3), lambda output, _: output.pow(2).mean(), rows("classes")).case()
    assert case.optimizing.steps == 6
    assert case.objective.task == ""
    assert case.rows.seen == 0
    assert [op.kind for op in case.network.weights] == ["linear", "linear"]
