"""Run directories: numbered, named safely, locked by the kernel."""

import os
import signal
import subprocess
import sys
import time

import pytest

from netwright.core.errors import RunError
from netwright.core.values import EpochRecord, Rejected
from netwright.training.records import RecordSink
from netwright.training.run_directory import locked, new_run, read_epochs, write_rejected


def test_runs_are_numbered(tmp_path):
    assert [new_run(tmp_path, "ad ult.v1").name for _ in range(3)] == ["ad-ult.v1-1", "ad-ult.v1-2", "ad-ult.v1-3"]


@pytest.mark.parametrize("name", ["../x", "/etc", "a/b", "", ".", "..", "x" * 200, "a\x00b", "a\nb"])
def test_a_name_cannot_leave_the_folder(tmp_path, name):
    with pytest.raises(RunError):
        new_run(tmp_path / "runs", "stem", name)
    assert not (tmp_path / "runs").exists()


def test_a_lock_is_refused_twice_and_freed_by_death(tmp_path):
    code = (
        "import sys, time, pathlib; from netwright.training.run_directory import locked\n"
        f"with locked(pathlib.Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(RunError, match=f"in use by process {holder.pid}"), locked(tmp_path):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    time.sleep(0.05)
    with locked(tmp_path):
        assert (tmp_path / "run.lock").read_text() == str(os.getpid())


def test_epochs_are_read_back_and_a_cut_line_is_left_out(tmp_path):
    record = EpochRecord(1, 10, 0.5, 0.01, 0.6, 0.7, 1.0, True)
    with RecordSink(tmp_path / "records.jsonl") as sink:
        sink.append(record)
    with (tmp_path / "records.jsonl").open("ab") as file:
        file.write(b'{"epoch":2,"kind":"epo')
    assert read_epochs(tmp_path) == (record,)


def test_rejected_rows_are_csv_with_quotes_where_needed(tmp_path):
    write_rejected(tmp_path, [("t.csv", Rejected(7, "age", 'x,"y', "not a number"))])
    expected = 'row,column,value,reason,source\n7,age,"x,""y",not a number,t.csv\n'
    assert (tmp_path / "rejected.csv").read_text() == expected
