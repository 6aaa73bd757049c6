"""Losses that are not finite, and memory that is too short: what is done about them, and that it is exact."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.core.errors import Interrupted, RunError
from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.fit import fit
from netwright.training.run_directory import read_epochs
from netwright.training.setbacks import Setbacks, notes_on, take_note
from tests.training.small_runs import CONFIG, digest, make_batches, make_module, run_in

ENGINES = ["eager", "fused"]
PLAIN = replace(CONFIG, accumulate=1, record_every=1, warmup=0.0)


VALUES = replace(PLAIN, loss="mse", class_weights="none", label_smoothing=0.0, patience=None)


def regressor(**settings):
    spec = InputSpec(4, (3,), 1, "regression", continuous=(0, 1, 3))
    return build("mlp", replace(MLPConfig((6, 5), dropout=0.3), **settings), spec, 0)


def with_broken_rows(*rows):
    """Return rows of a regression, some with a target whose squared error is infinite in float32."""
    batches = make_batches()
    values = batches.train_inputs[0][:, 0] * 2.0
    values[list(rows)] = 1e30
    return replace(batches, train_targets=values, validation_targets=batches.validation_inputs[0][:, 0] * 2.0)


def skipped_steps(log):
    return [record.step for record in log if record.kind == "step" and math.isnan(record.loss)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_batch_of_a_broken_row_is_skipped_each_epoch(engine, optimizer):
    log = []
    module = regressor()
    config = replace(VALUES, engine=engine, optimizer=optimizer)
    result = fit(module, with_broken_rows(5), config, [log.append])
    assert len(skipped_steps(log)) == len(result.epochs) == config.epochs
    assert all(math.isfinite(epoch.train_loss) and math.isfinite(epoch.validation_loss) for epoch in result.epochs)
    assert all(tensor.isfinite().all() for tensor in module.state_dict().values())
    assert f"{config.epochs} steps were skipped because the loss was not finite" in result.notes[0]
    assert len(result.notes) == 1


def test_both_engines_go_on_alike_after_a_skipped_step():
    rows = with_broken_rows(5)
    losses = []
    for engine in ENGINES:
        log = []
        config = replace(VALUES, engine=engine, optimizer="adam", ema_decay=0.9, epochs=6)
        fit(regressor(dropout=0.0), rows, config, [log.append])
        losses.append([record.loss for record in log if record.kind == "step"])
    assert losses[0] == pytest.approx(losses[1], rel=2e-4, nan_ok=True)


def test_a_skipped_step_changes_nothing():
    """A training of which every other step is skipped is the one of the other steps alone."""

    class Halting(nn.Module):
        def __init__(self, every):
            super().__init__()
            self.inner, self.every, self.calls = make_module(dropout=0.0), every, 0

        def forward(self, *inputs):
            self.calls += self.training
            return self.inner(*inputs) * (math.nan if self.training and self.every and self.calls % 2 == 0 else 1.0)

    config = replace(PLAIN, optimizer="momentum", patience=None, schedule="constant", l1=0.0)
    one = make_batches()
    one = replace(
        one, train_inputs=tuple(tensor[:8] for tensor in one.train_inputs), train_targets=one.train_targets[:8]
    )
    halted, whole = Halting(True), Halting(False)
    fit(halted, one, replace(config, epochs=10))
    fit(whole, one, replace(config, epochs=5))
    for found, expected in zip(halted.inner.state_dict().values(), whole.inner.state_dict().values(), strict=True):
        torch.testing.assert_close(found, expected)  # the rows of a batch come in another order each epoch


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loss_that_is_never_finite_is_an_error(engine):
    config = replace(PLAIN, engine=engine, optimizer="sgd", learning_rate=1e30, clip_norm=None, ema_decay=None)
    with pytest.raises(RunError, match=r"before any epoch was finished; lower training\.learning_rate"):
        fit(make_module(normalization="none"), make_batches(), config)


class Breaks(nn.Module):
    """A module whose logits are NaN in the training steps of the given numbers."""

    def __init__(self, steps):
        super().__init__()
        self.inner, self.steps, self.number = make_module(), steps, 0

    def forward(self, *inputs):
        self.number += self.training
        return self.inner(*inputs) * (math.nan if self.training and self.number in self.steps else 1.0)


@pytest.mark.parametrize("every", [1, 1000])
def test_three_steps_in_a_row_take_the_weights_back_and_a_tenth_of_the_rate(every):
    log = []
    config = replace(PLAIN, epochs=8, record_every=every, schedule="constant", patience=None)
    result = fit(Breaks(range(14, 17)), make_batches(), config, [log.append])
    rates = {record.epoch: record.learning_rate for record in log if record.kind == "epoch"}
    assert rates[8] == pytest.approx(0.1 * rates[1])
    assert "after step 16 the weights went back to those of epoch" in result.notes[1]
    assert "all 8 planned epochs" in result.stopped_because


def test_what_happens_does_not_depend_on_how_the_steps_are_cut_into_stretches():
    config = replace(PLAIN, epochs=8, patience=None)
    ends = []
    for every in (1, 3, 1000):
        module = Breaks((9, *range(14, 18)))
        fit(module, make_batches(), replace(config, record_every=every), [[].append])
        ends.append(digest(module))
    assert len(set(ends)) == 1


def test_a_second_time_it_stops_with_the_best_weights():
    module = Breaks(range(14, 10_000))
    result = fit(module, make_batches(), replace(PLAIN, epochs=20, patience=None))
    assert "training diverged" in result.stopped_because
    assert f"the weights of epoch {result.best_epoch} are kept" in result.stopped_because
    assert all(tensor.isfinite().all() for tensor in module.state_dict().values())


@pytest.mark.parametrize("stride", [8, pytest.param(1, marks=pytest.mark.slow)])  # 7 steps an epoch
@pytest.mark.parametrize("engine", ENGINES)
def test_stopping_anywhere_among_setbacks_changes_no_bit(tmp_path, engine, stride):
    """Of so many broken rows that the weights go back."""
    config = replace(VALUES, engine=engine, optimizer="adam", epochs=9, batch_size=4)
    rows = with_broken_rows(1, 2, 8)

    def run(folder, stop_at=None, resume=False):
        folder.mkdir(exist_ok=True)
        found, log, result = run_in(folder, (regressor(), rows), config, stop_at, resume)
        return found, skipped_steps(log), result

    whole, skipped, result = run(tmp_path / "whole")
    assert len(result.notes) == 2
    for step in range(1, result.steps + 1, stride):
        with pytest.raises(Interrupted):
            run(tmp_path / str(step), stop_at=step)
        assert run(tmp_path / str(step), resume=True)[:2] == (whole, skipped), step


def test_an_epoch_of_skipped_steps_alone_leaves_a_log_and_a_checkpoint_that_can_be_read(tmp_path):
    config = replace(PLAIN, epochs=4, batch_size=64, patience=None)  # a step an epoch
    result = run_in(tmp_path, (Breaks((2,)), make_batches()), config)[2]
    assert [record.epoch for record in read_epochs(tmp_path)] == [epoch.epoch for epoch in result.epochs] == [1, 3, 4]
    again = run_in(tmp_path, (Breaks(()), make_batches()), config, resume=True)[2]
    assert [epoch.epoch for epoch in again.epochs] == [1, 3, 4]


class Hungry(nn.Module):
    """A module that finds memory for so many rows at once, and no more."""

    def __init__(self, most, error):
        super().__init__()
        self.inner, self.most, self.error = make_module(dropout=0.0, normalization="none").double(), most, error

    def forward(self, numeric, codes):
        if self.training and len(numeric) > self.most:
            raise self.error
        return self.inner(numeric, codes)


def in_double(batches):
    def wide(inputs):
        return (inputs[0].double(), *inputs[1:])

    return replace(batches, train_inputs=wide(batches.train_inputs), validation_inputs=wide(batches.validation_inputs))


ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory."),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 80 bytes."),
    MemoryError(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_batch_without_room_is_taken_in_parts_with_the_same_gradient(error):
    config, rows = replace(PLAIN, optimizer="adam", patience=None), in_double(make_batches())
    modules, results = [Hungry(3, error), Hungry(10**9, error)], []
    for module in modules:
        results.append(fit(module, rows, config))
    for one, other in zip(modules[0].state_dict().values(), modules[1].state_dict().values(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-11)
    assert "each batch was taken in" in results[0].notes[0]
    assert not results[1].notes


def test_no_room_for_the_smallest_part_is_said():
    with pytest.raises(RunError, match=r"memory has no room .* not even in parts of 2 of its"):
        fit(Hungry(0, MemoryError()), in_double(make_batches()), PLAIN)


def test_an_error_of_another_kind_goes_through():
    with pytest.raises(RuntimeError, match="wrong shape"):
        fit(Hungry(0, RuntimeError("wrong shape")), in_double(make_batches()), PLAIN)


def test_notes_count_what_was_skipped():
    setbacks = Setbacks()
    assert notes_on(setbacks, CONFIG) == ()
    assert take_note(setbacks, 10, [False, True, True]) == [12, 13]
    assert setbacks.in_a_row == 2
    assert take_note(setbacks, 13, [False, True]) == [15]
    assert setbacks.in_a_row == 1
    assert notes_on(setbacks, CONFIG) == ("3 steps were skipped because the loss was not finite, the first at step 12",)
