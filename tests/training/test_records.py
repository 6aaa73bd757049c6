import math
from types import SimpleNamespace

import pytest

from netwright.core.errors import RunError
from netwright.core.values import EpochRecord, StepRecord
from netwright.training.records import RecordSink, read_records

STEP = StepRecord(1, 1, 0.5, 0.01, 2.0)
EPOCH = EpochRecord(1, 3, 0.4, 0.01, 0.6, 0.9, 1.5, True)


def test_records_come_back_as_they_went(tmp_path):
    path = tmp_path / "records.jsonl"
    with RecordSink(path) as sink:
        sink.append(STEP)
        sink.append(EPOCH)
    with RecordSink(path) as sink:
        sink.append(STEP)
    assert read_records(path) == [STEP, EPOCH, STEP]


def test_a_resumed_log_is_cut_where_the_checkpoint_was(tmp_path):
    path = tmp_path / "records.jsonl"
    with RecordSink(path) as sink:
        sink.append(STEP)
        offset = sink.offset
        assert offset == path.stat().st_size  # written, not waiting in a buffer
        sink.append(EPOCH)
        sink.flush()
    with RecordSink(path) as sink:
        sink.truncate(offset)
        sink.append(EPOCH)
        assert sink.offset == path.stat().st_size
    assert read_records(path) == [STEP, EPOCH]


def test_a_line_cut_short_by_a_kill_is_left_out(tmp_path):
    path = tmp_path / "records.jsonl"
    with RecordSink(path) as sink:
        sink.append(STEP)
    path.write_bytes(path.read_bytes() + b'{"step": 2, "ep')
    assert read_records(path) == [STEP]


def test_a_loss_that_is_no_number_comes_back_as_nan(tmp_path):
    path = tmp_path / "records.jsonl"
    with RecordSink(path) as sink:
        sink.append(StepRecord(1, 1, math.nan, 0.01, math.inf))
    (record,) = read_records(path)
    assert math.isnan(record.loss)


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(RunError, match="cannot be written"):
        RecordSink(tmp_path / "missing" / "records.jsonl")


def test_a_log_that_a_power_loss_left_shorter_is_not_filled_with_zeros(tmp_path):
    path = tmp_path / "records.jsonl"
    with RecordSink(path) as sink:
        sink.append(STEP)
        sink.truncate(10_000)
        sink.append(EPOCH)
    assert read_records(path) == [STEP, EPOCH]


def test_a_write_that_a_full_disk_took_in_part_is_an_error(tmp_path):
    with RecordSink(tmp_path / "records.jsonl") as sink:
        real = sink._file
        sink._file = SimpleNamespace(write=lambda line: real.write(line[:5]), close=real.close)
        with pytest.raises(OSError, match="No space left"):
            sink.append(STEP)


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"kind": "step"}',
        b'{"kind": "epoch", "epoch": "x"}',
        b'{"a": "\xff"}',
        b"{",
        b"[" * 5000,
    ],
)
def test_a_line_that_is_no_record_is_one_sentence(tmp_path, line):
    path = tmp_path / "records.jsonl"
    path.write_bytes(line + b"\n")
    with pytest.raises(RunError, match="is damaged"):
        read_records(path)
    with pytest.raises(RunError, match="cannot be read"):
        read_records(tmp_path / "none.jsonl")
