"""A save that dies, fails or loses the power anywhere leaves the old state or the new; careless writers are caught."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.power_loss import Disk
from tests.faults.recorded_io import recording
from tests.faults.save_replay import CONTROLS, SCENARIOS, deaths, errors, power, trace, training


def named(scenarios):
    return [pytest.param(scenario, id=scenario.name) for scenario in scenarios]


@pytest.mark.parametrize("scenario", named(SCENARIOS))
def test_a_process_that_ends_before_any_operation_leaves_the_old_or_the_new(scenario):
    count = deaths(scenario)
    assert count.tried == len(trace(scenario)[0]) > 5
    assert not count.wrong


@pytest.mark.parametrize("scenario", named(SCENARIOS))
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_any_operation_that_fails_is_tried_again_or_said(scenario, lasting):
    assert not errors(scenario, lasting).wrong


@pytest.mark.parametrize("scenario", named(SCENARIOS))
def test_a_loss_of_power_after_any_operation_leaves_the_old_or_the_new(scenario):
    count = power(scenario)
    assert count.tried >= len(trace(scenario)[0])
    assert not count.wrong


@pytest.mark.parametrize(("control", "dies"), [pytest.param(*control, id=control[0].name) for control in CONTROLS])
def test_a_careless_writer_is_caught(control, dies):
    assert power(control).wrong
    assert not dies or deaths(control).wrong


def test_one_operation_of_a_checkpoint_that_fails_does_not_end_its_save():
    scenario = training("", (1, 2), (3,))
    operations = [operation for operation in trace(scenario)[0] if "checkpoints" in operation.path]
    assert errors(scenario, lasting=False).returned >= len(operations)


def test_the_disk_in_memory_forgets_what_was_not_synced(tmp_path):
    empty, folder = tmp_path / "empty", tmp_path / "folder"
    empty.mkdir()
    folder.mkdir()
    with recording(folder) as recorder:
        (folder / "a").write_bytes(b"four")
    disk = Disk(empty)
    for operation in recorder.operations:
        disk.apply(operation)
    assert set(disk.states()) == {(), (("a", b""),), (("a", b"fo"),), (("a", bytes(4)),), (("a", b"four"),)}


def test_the_script_runs_by_itself():
    script = Path(__file__).with_name("save_replay.py")
    done = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
