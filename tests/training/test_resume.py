"""A training that was stopped anywhere and resumed is, bit for bit, the one that was not."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch

from netwright.core.errors import CheckpointError, Interrupted, RecipeError
from netwright.training.checkpoints import Checkpoint, committed, load_checkpoint, save_checkpoint
from netwright.training.fit import fit
from netwright.training.optimizers import OPTIMIZERS
from netwright.training.records import read_records
from netwright.training.session import Session
from tests.training.small_runs import CONFIG, config_for, make_batches, make_module, run_in

STEPS = 9  # of three epochs of 27 rows in batches of 8, 8 and 11 or so


def without_clock(records):
    return [replace(record, seconds=0.0) if record.kind == "epoch" else record for record in records]


def run(folder, config, stop_at=None, resume=False):
    """Return the module's digest, the log without its clock, and the result."""
    found, log, result = run_in(folder, (make_module(), make_batches()), config, stop_at, resume)
    return found, without_clock(log), result


ONE_A_KIND = ("sgd", "momentum", "adamw", "muon")  # of what they remember: nothing, one average, two, either


def slow_unless(names, quick):
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("optimizer", slow_unless(OPTIMIZERS, ONE_A_KIND))
def test_stopping_at_any_step_changes_no_bit(tmp_path, optimizer):
    config = config_for(optimizer)
    (tmp_path / "whole").mkdir()
    expected, log, whole = run(tmp_path / "whole", config)
    assert whole.steps > STEPS
    for step in range(1, whole.steps + 1):
        folder = tmp_path / str(step)
        folder.mkdir()
        with pytest.raises(Interrupted, match="SIGTERM"):
            run(folder, config, stop_at=step)
        found, resumed_log, result = run(folder, config, resume=True)
        assert found == expected, step
        assert resumed_log == log
        assert without_clock(result.epochs) == without_clock(whole.epochs)
        assert result.best_epoch == whole.best_epoch


@pytest.mark.parametrize("engine", ["eager", "fused"])
def test_schedules_of_shares_go_on_where_they_were(tmp_path, engine):
    falling = replace(CONFIG, engine=engine, weight_decay_schedule="flat_cosine", dropout_schedule="flat_cosine")
    (tmp_path / "whole").mkdir()
    expected, log, whole = run(tmp_path / "whole", falling)
    with pytest.raises(Interrupted):
        run(tmp_path, falling, stop_at=whole.steps * 3 // 4)
    found, resumed_log, _ = run(tmp_path, falling, resume=True)
    assert (found, resumed_log) == (expected, log)


def test_stopping_at_every_step_of_one_training_changes_no_bit(tmp_path):
    (tmp_path / "whole").mkdir()
    expected, log, whole = run(tmp_path / "whole", CONFIG)
    for step in range(1, whole.steps + 1):
        with pytest.raises(Interrupted):
            run(tmp_path, CONFIG, stop_at=step, resume=True)
    found, resumed_log, _ = run(tmp_path, CONFIG, resume=True)
    assert found == expected
    assert resumed_log == log


def test_checkpoints_on_the_way_change_no_bit(tmp_path):
    for name, config in (("none", CONFIG), ("all", replace(CONFIG, checkpoint_every=0.0))):
        (tmp_path / name).mkdir()
        run(tmp_path / name, config)
    digests = {run(tmp_path / name, CONFIG, resume=True)[0] for name in ("none", "all")}
    assert len(digests) == 1
    assert len(committed(tmp_path / "all" / "checkpoints")) == 2


def test_resuming_a_finished_training_trains_nothing(tmp_path):
    expected, log, whole = run(tmp_path, CONFIG)
    found, resumed_log, again = run(tmp_path, CONFIG, resume=True)
    assert (found, resumed_log, again.steps) == (expected, log, whole.steps)
    assert again.stopped_because == whole.stopped_because


def test_a_damaged_newest_checkpoint_falls_back_and_says_so(tmp_path):
    expected = run(tmp_path, replace(CONFIG, checkpoint_every=0.0))[0]
    newest = committed(tmp_path / "checkpoints")[-1]
    (newest / "tensors.safetensors").write_bytes(b"")
    found, _, result = run(tmp_path, CONFIG, resume=True)
    assert found == expected
    assert f"{newest.name} is damaged" in result.notes[0]


def test_resuming_where_nothing_was_saved_starts_from_the_beginning(tmp_path):
    (tmp_path / "whole").mkdir()
    expected, log, _ = run(tmp_path / "whole", CONFIG)
    (tmp_path / "records.jsonl").write_text('{"kind": "step", "left": "by a kill before the first checkpoint"}\n')
    found, resumed_log, _ = run(tmp_path, CONFIG, resume=True)
    assert (found, resumed_log) == (expected, log)


def test_an_earlier_training_is_not_overwritten(tmp_path):
    run(tmp_path, CONFIG)
    with pytest.raises(CheckpointError, match="earlier training"):
        run(tmp_path, CONFIG)


def test_another_recipe_other_rows_or_another_network_are_refused(tmp_path):
    with pytest.raises(Interrupted):
        run(tmp_path, CONFIG, stop_at=3)
    session = Session(tmp_path / "checkpoints", resume=True)
    with pytest.raises(RecipeError, match=r"training.learning_rate is 0.1 .* 0.005"):
        fit(make_module(), make_batches(), replace(CONFIG, learning_rate=0.1), (), session)
    with pytest.raises(RecipeError, match="rows"):
        fit(make_module(), make_batches(rows=26), CONFIG, (), session)
    with pytest.raises(CheckpointError, match="another network"):
        fit(make_module(normalization="layer"), make_batches(), CONFIG, (), session)


def test_a_checkpoint_of_another_version_is_refused(tmp_path):
    save_checkpoint(tmp_path / "checkpoints", Checkpoint(3, {"w": torch.ones(1)}, {"origin": {"config": {}}}))
    with pytest.raises(CheckpointError, match="another version"):
        run(tmp_path, CONFIG, resume=True)


def test_another_thread_count_is_said(tmp_path):
    with pytest.raises(Interrupted):
        run(tmp_path, replace(CONFIG, threads=1), stop_at=3)
    result = run(tmp_path, replace(CONFIG, threads=2), resume=True)[2]
    assert "threads was 1 and is now 2" in result.notes[0]


KILLED = """
import sys, pathlib, torch
torch.set_num_threads(1)
from dataclasses import replace
from netwright.training.fit import fit
from netwright.training.session import Session
from netwright.training.records import RecordSink
from tests.training.small_runs import CONFIG, digest, make_batches, make_module
folder = pathlib.Path(sys.argv[1])
module = make_module()
with RecordSink(folder / "records.jsonl") as records:
    session = Session(folder / "checkpoints", resume=True, records=records)
    fit(module, make_batches(), replace(CONFIG, epochs=20, patience=None, checkpoint_every=0.0), (), session)
print(digest(module))
"""


def start(folder):
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_being_killed_changes_no_bit(tmp_path):
    whole, _ = start(tmp_path / "whole").communicate(timeout=120)
    folder = tmp_path / "killed"
    for wait in (0.02, 0.11):  # seconds of training before the kill
        process = start(folder)
        until = time.monotonic() + 60
        while not (folder / "checkpoints").exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(wait)
        process.kill()
        process.communicate()
    resumed, _ = start(folder).communicate(timeout=120)
    assert len(whole) == 65
    assert resumed == whole
    logs = [without_clock(read_records(tmp_path / name / "records.jsonl")) for name in ("whole", "killed")]
    assert logs[0] == logs[1]


def test_the_caller_s_generator_is_put_back():
    before = torch.get_rng_state()
    fit(make_module(), make_batches(), CONFIG)
    assert torch.equal(before, torch.get_rng_state())


def test_a_setting_that_an_older_version_did_not_have_is_at_its_default(tmp_path):
    (tmp_path / "whole").mkdir()
    expected = run(tmp_path / "whole", CONFIG)
    folder = tmp_path / "older"
    folder.mkdir()
    with pytest.raises(Interrupted):
        run(folder, CONFIG, stop_at=4)
    checkpoint, _ = load_checkpoint(folder / "checkpoints")
    del checkpoint.state["origin"]["config"]["stop_at_cycle"]
    shutil.rmtree(folder / "checkpoints")
    save_checkpoint(folder / "checkpoints", checkpoint)
    assert run(folder, CONFIG, resume=True)[0] == expected[0]
