"""Files of others: regular ones alone, no links, never more than expected."""

import os

import pytest

from netwright.core.foreign import open_own, read_named, read_plain


def test_a_regular_file_is_read(tmp_path):
    (tmp_path / "a").write_bytes(b"text")
    assert read_plain(tmp_path / "a") == b"text"
    assert read_plain(tmp_path / "a", 4) == b"text"


def test_a_larger_file_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"text")
    with pytest.raises(OSError, match="4 bytes, more than the 3"):
        read_plain(tmp_path / "a", 3)


def test_a_link_is_followed_only_where_the_user_named_it(tmp_path):
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with pytest.raises(OSError, match="symbolic link"):
        read_plain(tmp_path / "link")
    assert read_named(tmp_path / "link") == b"text"


def test_a_pipe_or_a_folder_does_not_make_us_wait(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(OSError, match="no regular file"):
            read_named(tmp_path / name)


def test_a_file_of_ours_grows_at_its_end_and_has_one_name(tmp_path):
    for _ in range(2):
        with open_own(tmp_path / "log") as file:
            file.write(b"line\n")
    assert (tmp_path / "log").read_bytes() == b"line\nline\n"
    os.link(tmp_path / "log", tmp_path / "other")
    with pytest.raises(OSError, match="hard link"):
        open_own(tmp_path / "log")
