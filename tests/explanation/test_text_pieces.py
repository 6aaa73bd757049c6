"""A text falls into its words; what several of them wrote is shared, and words can be taken out."""

import numpy as np
import polars as pl
import pytest
import torch

from netwright.data.transforms.words import fit_words
from netwright.explanation.text_pieces import pieces_with_gaps, rewritten, text_pieces

TEXTS = ["the cat, the hat", "a cat sat", "the hat sat here", "a dog"]


def written():
    words = fit_words(pl.Series("said", TEXTS))
    slots = np.empty((len(TEXTS), words.columns), np.int64)
    words.write(pl.Series("said", TEXTS), slots)
    return words, (torch.zeros(len(TEXTS), 0), torch.from_numpy(slots))


def test_what_is_read_of_a_text_is_shared_among_its_words_without_a_rest():
    words, inputs = written()
    pieces = text_pieces(words, TEXTS[0], inputs, 0)
    assert pieces.names == ("the", "cat", ",", "the", "hat")
    there = (inputs[1][0] != 0).double()
    (total,) = pieces.amounts((inputs[0][:1], there.unsqueeze(0)))
    assert float(total.sum()) == pytest.approx(float(there.sum()))
    assert total[0] == total[3]  # the same word twice: its letters count half for each


def test_a_part_of_two_words_is_halved():
    words, inputs = written()
    pieces = text_pieces(words, TEXTS[0], inputs, 0)
    letters = pieces.shares[1][:, words.length :]
    assert set(np.unique(letters.numpy()).tolist()) <= {0.0, 1 / 3, 0.5, 1.0} | {float(np.float32(1 / 3))}
    assert (letters[0] == 0.5).any()


def test_words_are_taken_out_of_the_text_itself():
    words, inputs = written()
    row = tuple(tensor[:1] for tensor in inputs)
    keep = torch.tensor([[True] * 5, [True, False, True, True, False], [False] * 5])
    found = rewritten(words, TEXTS[0], keep, row)
    wanted = np.empty((3, words.columns), np.int64)
    words.write(pl.Series("said", [TEXTS[0], "the , the", ""]), wanted)
    assert torch.equal(found[1], torch.from_numpy(wanted))
    assert found[0].shape == (3, 0)


def test_pieces_join_to_the_text():
    text = " Well -- it's, really... fine\n"
    pieces, amounts = pieces_with_gaps(text, [float(number) for number in range(12)])
    assert "".join(pieces) == text
    assert sum(amounts) == sum(range(12))
    assert pieces_with_gaps("", []) == ((), ())
