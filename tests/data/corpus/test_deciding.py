import gzip

import pytest

from netwright.data.corpus.deciding import is_text

PROSE = (
    "It was the best of times, it was the worst of times,\nit was the age.\n\nOf wisdom; of all.\nNo, yes, no, 1.\n" * 9
)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.text", "A.TXT"])
def test_prose_is_a_text(tmp_path, name):
    (tmp_path / name).write_text(PROSE)
    found, reason = is_text(tmp_path / name)
    assert found
    assert "no delimiter" in reason


@pytest.mark.parametrize(
    "content",
    ["a,b,c\n" + "1,2,x\n" * 20, "a\tb\n" + "x\ty\n" * 20, "1.5 2.5 3\n" * 20, "x|y\n" * 20, "4\n5\n6\n7\n8\n"],
)
def test_a_table_stays_a_table(tmp_path, content):
    (tmp_path / "a.txt").write_text(content)
    found, reason = is_text(tmp_path / "a.txt")
    assert not found
    assert "splits" in reason or "numbers" in reason


def test_a_gz_is_looked_into(tmp_path):
    for name, content, expected in (("a.txt.gz", PROSE, True), ("b.txt.gz", "a,b\n" * 30, False)):
        (tmp_path / name).write_bytes(gzip.compress(content.encode()))
        assert is_text(tmp_path / name)[0] == expected


@pytest.mark.parametrize("name", ["a.csv", "a", "a.zip::a.txt", "none.txt"])
def test_other_names_are_not_looked_into(tmp_path, name):
    (tmp_path / name.split("::")[0]).write_text(PROSE) if name != "none.txt" else None
    assert not is_text(tmp_path / name)[0]


@pytest.mark.parametrize(
    "content", ["one line of it", "two lines\nof words\n", "two words\n" * 50, "Emma\nOlivia\nAva\n"]
)
def test_words_between_spaces_and_a_line_or_two_are_a_text(tmp_path, content):
    (tmp_path / "a.txt").write_text(content)
    assert is_text(tmp_path / "a.txt")[0]


@pytest.mark.parametrize("content", [b"", b"\0\1\2" * 50])
def test_what_cannot_be_read_is_left_to_the_reader_of_texts(tmp_path, content):
    (tmp_path / "a.txt").write_bytes(content)
    assert is_text(tmp_path / "a.txt")[0]


def test_a_name_that_can_be_no_file_is_no_text():
    assert not is_text("x" * 4096 + ".txt")[0]
    assert not is_text("~nobody-of-this-name/a.txt")[0]
