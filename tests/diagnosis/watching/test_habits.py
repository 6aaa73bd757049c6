"""What a loop does wrong around forward and backward is counted; its healthy twin counts nothing."""

import dataclasses
import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from netwright.diagnosis.case import Optimizing
from netwright.diagnosis.watching import watch
from tests.diagnosis.watching.small import batches, mlp, rows


@dataclasses.dataclass
class Loop:
    """A loop, and what it may do otherwise than it should."""

    zero_grad: str = "before"  # never, late, by hand, data
    to_none: bool = True
    accumulate: int = 1
    backward: bool = True
    step: bool = True
    clip: float | None = None
    epochs: int = 3
    schedule: bool = False
    evaluate: str = ""  # "", "right", "training mode"
    mode: bool | None = None

    def run(self, model, optimizer=None, loss=functional.cross_entropy, data=None, every="auto"):
        optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.05)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5) if self.schedule else None
        with watch(model, optimizer, probe=False, every=every) as doctor:
            for _ in range(self.epochs):
                model.train(self.mode if self.mode is not None else True)
                for number, (x, y) in enumerate(batches(*(data or rows("classes")), 16)):
                    self.one(model, optimizer, loss(model(x), y), number)
                if scheduler:
                    scheduler.step()
                if self.evaluate:
                    model.train(self.evaluate == "training mode")
                    with torch.no_grad():
                        model(rows("classes")[0])
        return doctor.case()

    def one(self, model, optimizer, loss, number):
        if self.zero_grad == "before" and number % self.accumulate == 0:
            optimizer.zero_grad(set_to_none=self.to_none)
        if self.backward:
            (loss / self.accumulate).backward()
        if self.zero_grad == "late":
            optimizer.zero_grad(set_to_none=self.to_none)
        if self.clip:
            nn.utils.clip_grad_norm_(model.parameters(), self.clip)
        if self.step and (number + 1) % self.accumulate == 0:
            optimizer.step()
        if self.zero_grad == "data":
            for parameter in model.parameters():
                parameter.grad.data.zero_()


STEPS = 18


@pytest.mark.parametrize("to_none", [True, False])
def test_a_healthy_loop_has_no_bad_habits(to_none):
    case = Loop(to_none=to_none, clip=10.0).run(mlp(3))
    expected = Optimizing(
        optimizer="sgd",
        learning_rate=0.05,
        batch_size=16,
        rows=96,
        epochs=3,
        steps=STEPS,
        clip_norm=10.0,
        steps_per_epoch=6,
    )
    found = dataclasses.replace(case.optimizing, step_where="")
    assert found == expected
    assert case.network.missing == case.network.frozen == case.network.without_gradient == case.network.shared == ()
    assert case.lost is None


def test_a_missing_zero_grad_is_counted():
    assert Loop(zero_grad="never").run(mlp(3)).optimizing.kept_gradients == STEPS - 1


def test_clearing_by_hand_is_no_missing_zero_grad():
    assert Loop(zero_grad="data").run(mlp(3)).optimizing.kept_gradients == 0


@pytest.mark.parametrize("to_none", [True, False])
def test_accumulation_is_no_missing_zero_grad(to_none):
    optimizing = Loop(accumulate=3, to_none=to_none).run(mlp(3)).optimizing
    assert (optimizing.kept_gradients, optimizing.backwards_per_step, optimizing.steps) == (0, 3.0, STEPS // 3)


@pytest.mark.parametrize("to_none", [True, False])
def test_gradients_cleared_before_the_step_are_counted(to_none):
    optimizing = Loop(zero_grad="late", to_none=to_none).run(mlp(3)).optimizing
    assert optimizing.cleared_before_step == STEPS
    assert optimizing.kept_gradients == 0


def test_a_loss_without_gradients_is_not_cleared_by_the_loop():
    optimizing = Loop().run(mlp(1, nn.Softmax(-1)), loss=functional.mse_loss, data=rows("binary")).optimizing
    assert optimizing.cleared_before_step == 0


def test_a_missing_backward_and_a_missing_step_are_seen():
    assert Loop(backward=False).run(mlp(3)).optimizing.no_backward
    case = Loop(step=False).run(mlp(3))
    assert case.optimizing.no_step
    assert not case.optimizing.no_backward


def test_rates_that_change_with_the_epoch_are_counted():
    assert Loop(schedule=True).run(mlp(3)).optimizing.rates_changed == 2


def dropping():
    return nn.Sequential(nn.Linear(20, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))


def test_evaluation_mode_in_training_steps_is_named():
    optimizing = Loop(mode=False).run(dropping()).optimizing
    assert optimizing.evaluating == ("1", "3")
    assert optimizing.dropout == 0.3
    assert Loop().run(dropping()).optimizing.evaluating == ()


def test_a_frozen_part_in_evaluation_mode_is_meant():
    class Tuned(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone, self.head = dropping(), nn.Linear(3, 3)
            self.backbone.requires_grad_(False)

        def train(self, mode=True):
            super().train(mode)
            self.backbone.eval()
            return self

        def forward(self, x):
            return self.head(self.backbone(x))

    case = Loop().run(Tuned())
    assert case.optimizing.evaluating == ()
    assert "backbone.0.weight" in case.network.frozen


def test_training_mode_in_evaluations_is_counted():
    assert Loop(evaluate="training mode").run(dropping()).optimizing.training_in_evaluation == 3
    assert Loop(evaluate="right").run(dropping()).optimizing.training_in_evaluation == 0


def test_parameters_that_no_optimizer_has_are_named():
    model = mlp(3)
    case = Loop().run(model, torch.optim.SGD(model[0].parameters(), lr=0.1))
    assert case.network.missing == ("2.weight", "2.bias")


def test_an_optimizer_of_another_network_is_seen():
    case = Loop(zero_grad="never").run(mlp(3), torch.optim.SGD(mlp(3, seed=1).parameters(), lr=0.1))
    assert case.network.foreign == 4
    assert len(case.network.missing) == 4


def test_unused_frozen_and_shared_parameters_are_named():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(20, 20), nn.Linear(20, 20)
            self.second.weight = self.first.weight
            self.unused, self.out = nn.Linear(4, 4), nn.Linear(20, 3)
            self.out.bias.requires_grad_(False)

        def forward(self, x):
            return self.out(torch.relu(self.second(torch.relu(self.first(x)))))

    network = Loop().run(Odd()).network
    assert network.without_gradient == ("unused.weight", "unused.bias")
    assert network.frozen == ("out.bias",)
    assert network.shared == ("second.weight",)


def test_several_optimizers_are_watched_together():
    model = mlp(3)
    pair = [torch.optim.SGD(model[0].parameters(), lr=0.1), torch.optim.Adam(model[2].parameters())]
    with watch(model, pair, probe=False) as doctor:
        for x, y in batches(*rows("classes")):
            for one in pair:
                one.zero_grad()
            functional.cross_entropy(model(x), y).backward()
            for one in pair:
                one.step()
    case = doctor.case()
    assert case.optimizing.steps == 3
    assert case.network.missing == ()
    assert len(case.steps) == 3
    assert all(value is not None for value in case.steps[0].layers.update_ratio)
    assert not doctor.material.usable


def test_sparse_gradients_are_read():
    model = nn.Sequential(nn.EmbeddingBag(50, 8, sparse=True), nn.Linear(8, 3))
    x = torch.randint(0, 50, (48, 6), generator=torch.Generator().manual_seed(0))
    case = Loop().run(model, torch.optim.SparseAdam([model[0].weight]), data=(x, x[:, 0] % 3))
    assert case.rows.kind == "tokens"
    assert case.steps[0].gradient_norm > 0
    assert case.network.missing == ("1.weight", "1.bias")


def test_layers_without_weights_yet_are_watched_and_said():
    model = nn.Sequential(nn.LazyLinear(16), nn.ReLU(), nn.LazyLinear(3))
    with watch(model, torch.optim.SGD(mlp(3).parameters(), lr=0.1), probe=False) as doctor:
        x, y = rows("classes")
        functional.cross_entropy(model(x), y).backward()
    assert "lazily initialised" in doctor.material.reason
    assert [op.layer for op in doctor.case().network.weights] == ["layer 0", "layer 2"]


def test_a_closure_is_followed_into_the_step():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=4)

    def closure():
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(x), y)
        loss.backward()
        return loss

    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(4):
            optimizer.step(closure)
    case = doctor.case()
    assert case.optimizing.steps == 4
    assert case.optimizing.kept_gradients == 0
    assert case.objective.loss == "cross_entropy"
    assert case.steps[-1].loss < case.steps[0].loss


def test_one_batch_for_every_step_is_seen_and_a_whole_table_is_not():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for part, same in ((32, True), (len(x), False)):
        with watch(model, optimizer, probe=False) as doctor:
            for _ in range(8):
                optimizer.zero_grad()
                functional.cross_entropy(model(x[:part]), y[:part]).backward()
                optimizer.step()
        assert doctor.case().rows.same_batch is same
        assert doctor.case().optimizing.rows == part


def test_all_training_rows_of_a_table_that_was_split_are_not_one_batch_of_it():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    part = len(x) * 3 // 4
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(12):
            optimizer.zero_grad()
            functional.cross_entropy(model(x[:part]), y[:part]).backward()
            optimizer.step()
    assert not doctor.case().rows.same_batch


@pytest.mark.parametrize(("kept", "again"), [(slice(64), 0.0), (slice(64, 96), 0.0), (slice(32, 96), 0.5)])
def test_training_rows_that_are_evaluated_with_others_count_as_shared_unless_all_of_them_are(kept, again):
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer, probe=False) as doctor:
        for start in (0, 32):
            optimizer.zero_grad()
            functional.cross_entropy(model(x[:64][start : start + 32]), y[start : start + 32]).backward()
            optimizer.step()
        with torch.no_grad():
            functional.cross_entropy(model(x[kept]), y[kept])
    assert doctor.case().rows.shared_rows == again


def test_answers_that_are_asked_for_with_gradients_and_for_nothing_are_no_steps():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(6):
            for start in (0, 32):
                loss = functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            (model(x[64:]).argmax(1) == y[64:]).float().mean()
    case = doctor.case()
    assert (case.optimizing.steps, case.optimizing.rows, case.rows.seen) == (12, 64, 64)
    assert len(case.steps) == 12
    assert all(math.isfinite(step.loss) for step in case.steps)
    assert "optimisation.divergence" not in {finding.code for finding in doctor.findings()}


def test_a_loss_that_no_parameter_reaches_is_seen():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(8):
            optimizer.zero_grad()
            wrong = (model(x).argmax(1) != y).float().mean().requires_grad_()
            wrong.backward()
            optimizer.step()
    assert doctor.findings()[0].code == "mechanics.without-gradient"


@pytest.mark.parametrize("listed", [False, True])
def test_layers_in_a_plain_list_are_seen_as_weights_that_nobody_knows(listed):
    class Listed(nn.Module):
        def __init__(self):
            super().__init__()
            layers = [nn.Linear(20, 16), nn.Linear(16, 16)]
            self.layers, self.out = (nn.ModuleList(layers) if listed else layers), nn.Linear(16, 3)

        def forward(self, rows):
            for layer in self.layers:
                rows = torch.relu(layer(rows))
            return self.out(rows)

    model, (x, y) = Listed(), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(8):
            optimizer.zero_grad()
            functional.cross_entropy(model(x), y).backward()
            optimizer.step()
    assert doctor.case().network.unregistered == (0 if listed else 4)


def test_other_answers_than_the_trained_ones_are_no_validation():
    model, (x, y) = nn.Linear(20, 20), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(4):
            optimizer.zero_grad()
            functional.mse_loss(model(x), x).backward()
            optimizer.step()
            with torch.no_grad():
                (model(x[:20])[:, :3].argmax(1) == y[:20]).float().mean()
    assert all(epoch.validation_loss is None for epoch in doctor.case().epochs)


def test_the_layer_in_which_numbers_are_lost_is_named():
    class Dividing(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.out = nn.Linear(20, 16), nn.Linear(16, 3)
            self.steps = 0

        def forward(self, x):
            self.steps += self.training
            h = self.first(x)
            return self.out(h / 0.0 if self.steps > 4 else h)

    case = Loop(epochs=1).run(Dividing())
    assert (case.lost.step, case.lost.what, case.lost.layer) == (5, "activation", "first")
    assert case.lost.where.startswith("test_habits.py:")


def test_weights_that_grow_beyond_numbers_are_named():
    model = mlp(1)
    case = Loop().run(model, torch.optim.SGD(model.parameters(), lr=1e12), functional.mse_loss, rows("values"))
    assert case.lost is not None
    assert case.lost.what in ("weight", "activation", "gradient", "loss")
    assert not math.isfinite(case.steps[-1].loss)


def test_a_scaled_loss_is_told_as_it_was():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(3):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = functional.cross_entropy(model(x), y)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
    case = doctor.case()
    assert case.optimizing.scaled_losses
    assert case.optimizing.precision == "bfloat16"
    assert case.steps[0].loss < 2.0
    assert case.steps[0].gradient_norm < 10.0


def test_a_network_whose_parts_are_called_by_the_user_is_seen():
    model, data = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer, probe=False) as doctor:
        for _ in range(3):
            for x, y in batches(*data):
                optimizer.zero_grad()
                functional.cross_entropy(model[2](torch.relu(model[0](x))), y).backward()
                optimizer.step()
    case = doctor.case()
    assert [op.kind for op in case.network.ops] == ["linear", "activation", "linear", "loss"]
    assert case.objective.loss == "cross_entropy"
    assert case.optimizing.rows == 96


def test_one_batch_copied_anew_for_every_step_is_seen_where_evaluations_read_more_rows():
    model, (x, y) = mlp(3), rows("classes")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for held, steps, same in ((len(x) - 32, 8, True), (len(x) - 32, 300, True), (16, 8, False)):
        with watch(model, optimizer, probe=False) as doctor:
            for _ in range(steps):
                optimizer.zero_grad()
                functional.cross_entropy(model(x[:32].clone()), y[:32]).backward()
                optimizer.step()
            with torch.no_grad():
                functional.cross_entropy(model(x[32 : 32 + held].clone()), y[32 : 32 + held])
        assert doctor.case().rows.same_batch is same
