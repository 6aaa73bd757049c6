import gzip
import hashlib
import subprocess
import sys

import pytest

from netwright.core.errors import SourceError
from netwright.data.corpus import reading
from netwright.data.corpus.reading import read_corpus

TEXT = "Übermut — tut selten gut.\r\n日本語 and 🙂\n"


def written(folder, content):
    path = folder / "a.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("block", [1, 2, 3, 5, 1 << 20])
def test_every_character_is_kept_whatever_block_it_falls_into(tmp_path, monkeypatch, block):
    monkeypatch.setattr(reading, "BLOCK", block)
    corpus = read_corpus(written(tmp_path, TEXT))
    assert corpus.text() == TEXT
    assert len(corpus) == len(TEXT)
    assert corpus.text(3, 9) == TEXT[3:9]
    assert "".join(corpus.pieces(2, 30, 7)) == TEXT[2:30]
    assert corpus.alphabet == "".join(dict.fromkeys(TEXT))
    assert (corpus.count.total, corpus.count.rejected) == (len(TEXT.encode()), 0)
    assert corpus.fingerprint == hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_gz_is_read_as_what_is_in_it(tmp_path):
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert read_corpus(path).text() == TEXT


def test_a_byte_order_mark_is_no_character(tmp_path):
    corpus = read_corpus(written(tmp_path, b"\xef\xbb\xbfab"))
    assert corpus.text() == "ab"
    assert (corpus.count.total, corpus.count.used, corpus.count.rejected) == (5, 2, 3)


def test_bytes_that_are_no_characters_are_set_aside_and_counted(tmp_path):
    corpus = read_corpus(written(tmp_path, b"good " * 200 + b"b\xffd\xc3"))
    assert corpus.text() == "good " * 200 + "bd"
    assert (corpus.count.total, corpus.count.used, corpus.count.rejected) == (1004, 1002, 2)
    assert "2 of 1,004 bytes" in corpus.choices[0].reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "got no text: the file is empty"),
        (b"ab\0cd", "no text: zero byte at offset 2"),
        (b"caf\xe9 " * 30, "30 of 150 bytes .20.0%. that are not"),
        (b" \n\t ", "nothing but blanks"),
        ("words".encode("utf-16"), "zero byte at offset 3.*iconv"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(tmp_path, content, said):
    with pytest.raises(SourceError, match=said):
        read_corpus(written(tmp_path, content))


def test_as_many_bad_bytes_as_allowed_are_taken(tmp_path):
    assert read_corpus(written(tmp_path, b"caf\xe9 " * 30), most_invalid=0.2).text() == "caf " * 30


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match="there is none of that name"):
        read_corpus(tmp_path / "none.txt")


@pytest.mark.slow
def test_a_line_of_a_hundred_megabytes_takes_bounded_memory(tmp_path):
    path = tmp_path / "line.txt"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"All work and no play. " * 47_662)
    code = f"""
import resource
from netwright.data.corpus.reading import read_corpus
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
corpus = read_corpus({str(path)!r})
print(len(corpus), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    letters, megabytes = map(int, done.stdout.split())
    assert letters == path.stat().st_size
    assert megabytes < 600  # two bytes a character, twice while they are joined, and a block
