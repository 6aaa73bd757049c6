"""Atomic writing: flushed, synced and renamed in this order; nothing is left behind by a failure."""

import os

import msgspec
import pytest

from netwright.core.files import from_json, sha256_of, write_atomic


def test_the_order_is_fsync_rename_fsync_of_the_folder(tmp_path, monkeypatch):
    calls = []
    real_fsync, real_rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (calls.append("fsync"), real_fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (calls.append("rename"), real_rename(a, b)))
    write_atomic(tmp_path / "a.json", b"new")
    assert calls == ["fsync", "rename", "fsync"]
    assert (tmp_path / "a.json").read_bytes() == b"new"


def test_a_failed_write_leaves_the_old_content_alone(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


def test_sha256_is_that_of_the_content(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a").startswith("ba7816bf")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b'{"a": "\xff"}', "not UTF-8"), (b'{"a": ' + b"[" * 5000, "nested too deeply"), (b"{", "truncated")],
)
def test_json_that_cannot_be_read_is_an_error_of_decoding(content, words):
    with pytest.raises(msgspec.DecodeError, match=words):
        from_json(content, dict)
