"""Texts as words and parts of words, against their definitions."""

import zlib

import numpy as np
import polars as pl
import pytest

from netwright.core.files import from_json, to_json
from netwright.data.transforms.words import (
    MOST_LENGTH,
    PART_SLOTS,
    Words,
    fit_words,
    parts_of,
    words_of,
)

CELLS = pl.Series("said", ["The cat sat.", "the DOG sat!", None, "", "a cat, a cat"])


def written(words, cells):
    out = np.full((len(cells), words.columns), -1, np.int64)
    words.write(cells, out)
    return out[:, : words.length], out[:, words.length :]


def test_words_are_runs_of_letters_and_single_signs_in_lower_case():
    assert list(words_of(CELLS)) == [
        ["the", "cat", "sat", "."],
        ["the", "dog", "sat", "!"],
        [],
        [],
        ["a", "cat", ",", "a", "cat"],
    ]
    assert list(words_of(pl.Series(["Straße naïve 你好 x_1"]))) == [["straße", "naïve", "你好", "x_1"]]


def test_the_vocabulary_holds_words_of_two_cells_the_most_frequent_first():
    words = fit_words(pl.concat([CELLS, pl.Series("said", ["the end", "sat"])]))
    assert words.vocabulary == ("sat", "the", "cat")  # three cells each, then two
    assert (words.column, words.slots) == ("said", 5)


def test_positions_are_those_of_the_vocabulary_and_what_is_longer_is_cut_and_counted():
    words = Words("said", ("cat", "the"), length=3, parts=4)
    places, _ = written(words, CELLS)
    assert places.tolist() == [[3, 2, 1], [3, 1, 1], [0, 0, 0], [0, 0, 0], [1, 2, 1]]
    assert words.cut(CELLS) == 3


def test_parts_are_hashed_runs_of_letters_each_once():
    runs = ["<ca", "cat", "at>", "<cat", "cat>", "<cat>"]
    assert parts_of("cat") == [1 + zlib.crc32(run.encode()) % (PART_SLOTS - 1) for run in runs]
    _, parts = written(Words("said", (), length=2, parts=40), pl.Series("said", ["cat cat", "a", None]))
    assert parts[0, : len(runs)].tolist() == parts_of("cat")
    assert not parts[0, len(runs) :].any()
    assert parts[1, :2].tolist() == [*parts_of("a"), 0]
    assert not parts[2].any()
    assert parts[0, : len(runs)].min() > 0 and parts.max() < PART_SLOTS  # noqa: PT018


def test_nearly_all_training_cells_are_read_whole_but_none_without_end():
    cells = pl.Series("said", ["one two three"] * 99 + ["word " * 10_000])
    assert fit_words(cells).length < 200
    assert fit_words(pl.Series("said", ["word " * 10_000] * 20)).length == MOST_LENGTH
    assert fit_words(pl.Series("said", [None, ""], pl.String)).length == 2


@pytest.mark.parametrize("cells", [["\x00 \ud7ff", "🤖🤖 ‮abc", "a" * 100_000], [1.5, None, -3.0], [True, False, None]])
def test_whatever_a_cell_holds_becomes_slots(cells):
    series = pl.Series("said", cells)
    words = fit_words(series)
    places, parts = written(words, series)
    assert places.min() >= 0 and places.max() < words.slots  # noqa: PT018
    assert parts.min() >= 0 and parts.max() < PART_SLOTS  # noqa: PT018


def test_it_goes_to_json_and_back():
    words = fit_words(CELLS)
    assert from_json(to_json(words), Words) == words
