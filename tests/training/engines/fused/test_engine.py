"""What the fused engine leaves behind: the same bytes however often it is stopped, and a state anybody can read."""

import copy
import signal
from dataclasses import replace

import pytest
import torch
from torch import nn

from netwright.core.errors import Interrupted, RecipeError
from netwright.core.interrupts import StopSignal
from netwright.networks import fit_bins
from netwright.training.fit import fit
from netwright.training.optimizers import OPTIMIZERS
from netwright.training.records import RecordSink, read_records
from netwright.training.session import Session
from tests.training.small_runs import CONFIG, digest, make_batches, make_module

FUSED = replace(CONFIG, engine="fused")


def without_clock(records):
    return [replace(record, seconds=0.0) if record.kind == "epoch" else record for record in records]


def run(folder, config, stop_at=None, resume=False, **network):
    """Train; stop as a signal would at the given record's step. Return the module's digest and the log."""
    folder.mkdir(exist_ok=True)
    stop, module = StopSignal(), make_module(**network)
    fit_bins(module, make_batches().train_inputs[0])

    def watch(record):
        if record.kind == "step" and record.step == stop_at:
            stop(signal.SIGTERM, None)

    with RecordSink(folder / "records.jsonl") as records:
        session = Session(folder / "checkpoints", stop, resume=resume, records=records)
        result = fit(module, make_batches(), config, [watch], session)
    return digest(module), without_clock(read_records(folder / "records.jsonl")), result


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_stopping_at_any_step_changes_no_bit(tmp_path, optimizer):
    config = replace(FUSED, optimizer=optimizer)
    expected, log, whole = run(tmp_path / "whole", config)
    for step in range(1, whole.steps + 1):
        with pytest.raises(Interrupted):
            run(tmp_path / "stopped", config, stop_at=step, resume=True)
    found, resumed_log, _ = run(tmp_path / "stopped", config, resume=True)
    assert (found, resumed_log) == (expected, log)


@pytest.mark.parametrize("engine", ["eager", "fused"])
@pytest.mark.parametrize(("embedding", "members"), [("periodic", 1), ("piecewise", 3)])
def test_stopping_changes_no_bit_of_embeddings_factors_and_members(tmp_path, engine, embedding, members):
    network = {"numeric_embedding": embedding, "scaling": True, "parametric": True, "members": members}
    factors = {"rate_factors": {"scaling": 6.0, "bias": 0.1}, "decay_factors": {"bias": 0.5, "weight": 0.0}}
    config = replace(CONFIG, engine=engine, optimizer="adamw", **factors)
    expected, log, whole = run(tmp_path / "whole", config, **network)
    for step in range(1, whole.steps + 1):
        with pytest.raises(Interrupted):
            run(tmp_path / "stopped", config, stop_at=step, resume=True, **network)
    found, resumed_log, _ = run(tmp_path / "stopped", config, resume=True, **network)
    assert (found, resumed_log) == (expected, log)
    other = replace(config, rate_factors={"scaling": 5.0})
    with pytest.raises(RecipeError, match="rate_factors"):
        run(tmp_path / "stopped", other, resume=True, **network)


def test_two_runs_are_the_same_bytes(tmp_path):
    config = replace(FUSED, record_every=4)
    assert run(tmp_path / "one", config)[:2] == run(tmp_path / "two", config)[:2]


def test_records_and_checkpoints_on_the_way_change_no_bit(tmp_path):
    often = replace(FUSED, checkpoint_every=0.0)
    rarely = replace(FUSED, record_every=1000)
    assert run(tmp_path / "often", often)[0] == run(tmp_path / "rarely", rarely)[0]


def test_another_engine_goes_on_where_the_first_stopped_and_says_so(tmp_path):
    with pytest.raises(Interrupted):
        run(tmp_path / "run", FUSED, stop_at=3)
    _, log, result = run(tmp_path / "run", replace(FUSED, engine="eager"), resume=True)
    assert "engine was fused and is now eager" in result.notes[0]
    assert [record.step for record in log if record.kind == "step"] == list(range(1, result.steps + 1))


def test_the_module_is_as_any_other_afterwards():
    module = make_module()
    fit(module, make_batches(), FUSED)
    inputs = make_batches().validation_inputs
    twin, copied = make_module().eval(), copy.deepcopy(module)
    twin.load_state_dict(module.state_dict())
    assert torch.equal(module(*inputs), twin(*inputs))
    assert torch.equal(module(*inputs), copied(*inputs))
    assert all(parameter.is_contiguous() for parameter in module.parameters())
    fit(module, make_batches(), replace(CONFIG, engine="eager", epochs=1))


def test_validation_rows_that_no_table_can_read_are_left_to_the_module():
    rows = make_batches()
    codes = rows.validation_inputs[1].clone()
    codes[3] = 7  # of an embedding of fewer categories: what lies behind it is other weights
    with pytest.raises(IndexError):
        fit(make_module(), replace(rows, validation_inputs=(rows.validation_inputs[0], codes)), FUSED)


def test_frozen_weights_stay():
    module = make_module()
    before = copy.deepcopy(module.state_dict())
    module.hidden[0].weight.requires_grad_(False)
    fit(module, make_batches(), replace(FUSED, ema_decay=None))
    assert torch.equal(module.hidden[0].weight, before["hidden.0.weight"])
    assert not torch.equal(module.output.weight, before["output.weight"])


def test_a_plain_sequence_of_layers_is_trained_too():
    module = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3))
    rows = make_batches(200, 50)
    rows = replace(rows, train_inputs=rows.train_inputs[:1], validation_inputs=rows.validation_inputs[:1])
    result = fit(module, rows, replace(FUSED, epochs=30, learning_rate=0.01))
    first, last = (epoch.validation_loss for epoch in (result.epochs[0], result.epochs[-1]))  # without dropout
    assert last < 0.8 * first


def test_divergence_is_seen():
    rows = make_batches(200, 50)
    wild = replace(FUSED, optimizer="sgd", learning_rate=1e30, clip_norm=None, ema_decay=None, warmup=0.0)
    with pytest.raises(Exception, match="training diverged"):
        fit(make_module(normalization="none"), rows, wild)
