import math
import time
from dataclasses import replace

import pytest
import torch
from sklearn.datasets import load_diabetes, load_digits
from torch import nn

from netwright.core.errors import RunError
from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit
from netwright.training.optimizers import OPTIMIZERS
from netwright.training.predict import predict_logits
from netwright.training.schedules import SCHEDULES
from netwright.training.session import Session
from tests.training.small_runs import CONFIG, digest, make_batches, make_module


def accuracy(logits, targets):
    return (logits.argmax(1) == targets).double().mean().item()


def split(x, y, held_out):
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    x, y, none = x[order], y[order], torch.zeros(len(x), 0, dtype=torch.long)
    return Batches((x[held_out:], none[held_out:]), y[held_out:], (x[:held_out], none[:held_out]), y[:held_out])


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits(return_X_y=True)
    return split(torch.tensor(x / 16, dtype=torch.float32), torch.tensor(y), 450)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_digits_are_learnt_in_a_few_epochs(digits, optimizer):
    rate = {"sgd": 0.2, "momentum": 0.05, "nesterov": 0.05}.get(optimizer, 0.005)
    config = TrainingConfig(epochs=12, batch_size=64, optimizer=optimizer, learning_rate=rate, schedule="cosine")
    module = build("mlp", MLPConfig(), InputSpec(64, (), 10, "multiclass"), 0)
    result = fit(module, digits, config, session=Session(metric=accuracy))
    assert result.epochs[result.best_epoch - 1].metric > 0.95
    assert not module.training


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_a_regression_beats_the_mean(loss):
    x, y = load_diabetes(return_X_y=True)
    x, y = torch.tensor(x / x.std(0), dtype=torch.float32), torch.tensor((y - y.mean()) / y.std(), dtype=torch.float32)
    module = build("mlp", MLPConfig((32,)), InputSpec(10, (), 1, "regression"), 0)
    rows = split(x, y, 100)
    fit(module, rows, TrainingConfig(epochs=30, batch_size=64, loss=loss))
    error = (predict_logits(module, rows.validation_inputs)[:, 0] - rows.validation_targets).pow(2).mean()
    assert error < 0.75 * rows.validation_targets.var()


def test_a_binary_task_learns_from_whole_number_targets():
    x = torch.randn(400, 4, generator=torch.Generator().manual_seed(0))
    rows = split(x, (x[:, 0] > x[:, 1]).long(), 100)
    module = build("mlp", MLPConfig((16,)), InputSpec(4, (), 1, "binary"), 0)
    fit(module, rows, TrainingConfig(epochs=20, batch_size=32), session=Session(task="binary"))
    found = predict_logits(module, rows.validation_inputs)[:, 0] > 0
    assert (found == rows.validation_targets.bool()).float().mean() > 0.9


def test_the_same_call_gives_the_same_bytes_and_another_seed_others():
    digests = []
    for seed in (5, 5, 6):
        module = make_module()
        fit(module, make_batches(), replace(CONFIG, seed=seed))
        digests.append(digest(module))
    assert digests[0] == digests[1] != digests[2]


def test_the_best_epoch_s_weights_are_left(digits):
    module = build("mlp", MLPConfig(), InputSpec(64, (), 10, "multiclass"), 0)
    config = TrainingConfig(epochs=40, batch_size=64, learning_rate=0.02, patience=3, ema_decay=0.9)
    result = fit(module, digits, config)
    loss = nn.functional.cross_entropy(predict_logits(module, digits.validation_inputs), digits.validation_targets)
    losses = [record.validation_loss for record in result.epochs]
    assert loss.item() == pytest.approx(min(losses), abs=1e-7)
    assert result.best_value == min(losses) == losses[result.best_epoch - 1]
    assert [record.epoch for record in result.epochs if record.best][-1] == result.best_epoch


def test_patience_stops_and_says_so():
    result = fit(make_module(), make_batches(), replace(CONFIG, epochs=500, learning_rate=0.05, patience=4))
    assert result.stopped_because == "no better validation loss for 4 epochs"
    assert len(result.epochs) == result.best_epoch + 4


def test_the_metric_can_be_what_is_watched():
    session = Session(metric=lambda logits, targets: -accuracy(logits, targets), higher_is_better=False)
    result = fit(make_module(), make_batches(), replace(CONFIG, monitor="metric"), session=session)
    assert result.best_value == min(record.metric for record in result.epochs)


def test_a_metric_that_is_never_a_number_keeps_the_last_weights():
    session = Session(metric=lambda logits, targets: math.nan)
    result = fit(make_module(), make_batches(), replace(CONFIG, monitor="metric"), session=session)
    assert result.best_epoch == 0
    assert result.epochs[-1].metric is None


def test_without_validation_rows_the_last_epoch_is_kept():
    rows = make_batches()
    result = fit(make_module(), Batches(rows.train_inputs, rows.train_targets), replace(CONFIG, patience=1))
    assert result.best_epoch == len(result.epochs) == 3
    assert result.epochs[-1].validation_loss is None


def test_an_empty_validation_part_is_none():
    rows = make_batches()
    empty = tuple(tensor[:0] for tensor in rows.validation_inputs)
    result = fit(
        make_module(), Batches(rows.train_inputs, rows.train_targets, empty, rows.validation_targets[:0]), CONFIG
    )
    assert result.epochs[-1].validation_loss is None


def test_observers_see_every_record_in_order():
    seen = []
    result = fit(make_module(), make_batches(), replace(CONFIG, record_every=2), [seen.append])
    steps = [record.step for record in seen if record.kind == "step"]
    assert steps == [1, *range(2, result.steps + 1, 2)]
    assert [record for record in seen if record.kind == "epoch"] == list(result.epochs)
    assert all(record.gradient_norm > 0 for record in seen if record.kind == "step")


def test_recording_changes_no_bit():
    digests = set()
    for every in (1, 1000):
        module = make_module()
        fit(module, make_batches(), replace(CONFIG, record_every=every))
        digests.add(digest(module))
    assert len(digests) == 1


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_learning_rate_follows_the_schedule(schedule):
    seen = []
    config = replace(CONFIG, schedule=schedule, learning_rate=0.01, warmup=0.0, epochs=4)
    fit(make_module(), make_batches(), config, [seen.append])
    rates = [record.learning_rate for record in seen if record.kind == "step"]
    assert max(rates) <= 0.01 + 1e-12
    assert (len(set(rates)) == 1) == (schedule == "constant")


class Slow(nn.Module):
    """A module whose steps take a known time."""

    def __init__(self):
        super().__init__()
        self.inner = make_module()

    def forward(self, *inputs):
        time.sleep(0.01)
        return self.inner(*inputs)


def test_a_deadline_fixes_the_epochs_after_the_first_and_holds():
    start = time.monotonic()
    config = replace(CONFIG, epochs=1000, schedule="cosine", patience=None, accumulate=1)
    result = fit(Slow(), make_batches(), config, session=Session(deadline=start + 1.5))
    assert time.monotonic() - start < 4.0
    assert 1 < result.planned_epochs < 50
    assert len(result.epochs) >= result.planned_epochs // 2
    assert "time budget" in result.stopped_because


def test_a_deadline_within_the_first_epoch_keeps_what_there_is():
    result = fit(Slow(), make_batches(), CONFIG, session=Session(deadline=time.monotonic() + 0.001))
    assert result.steps == 1
    assert len(result.epochs) == 1
    assert result.stopped_because == "the time budget was used up in epoch 1 of 3, at step 1"


def test_a_loss_that_never_was_finite_is_an_error_with_advice():
    with pytest.raises(RunError, match=r"lower training\.learning_rate"):
        fit(make_module(normalization="none"), make_batches(), replace(CONFIG, optimizer="sgd", learning_rate=1e30))


class Breaks(nn.Module):
    """A module whose logits become NaN after some steps."""

    def __init__(self, after):
        super().__init__()
        self.inner, self.left = make_module(), after

    def forward(self, *inputs):
        self.left -= self.training
        return self.inner(*inputs) * (1.0 if self.left >= 0 else math.nan)


@pytest.mark.parametrize("every", [1, 1000])
def test_a_loss_that_stops_being_finite_goes_back_to_the_best(every):
    module = Breaks(after=14)
    config = replace(CONFIG, epochs=50, accumulate=1, record_every=every)
    result = fit(module, make_batches(), config)
    assert "diverged" in result.stopped_because
    assert f"weights of epoch {result.best_epoch} are kept" in result.stopped_because
    assert all(torch.isfinite(tensor).all() for tensor in module.state_dict().values())


def test_a_batch_size_of_one_without_batch_normalisation_trains():
    fit(make_module(normalization="layer"), make_batches(), replace(CONFIG, batch_size=1, epochs=1))


def test_threads_are_put_back():
    before = torch.get_num_threads()
    fit(make_module(), make_batches(), replace(CONFIG, threads=before + 1, epochs=1))
    assert torch.get_num_threads() == before


def test_any_module_can_be_trained():
    module = nn.Sequential(nn.Linear(4, 3))
    rows = make_batches()
    fit(module, Batches(rows.train_inputs[:1], rows.train_targets), CONFIG)
