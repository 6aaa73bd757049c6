"""Texts as a linear model reads them: words and neighbouring pairs, weighted by how seldom they are.

A cell with n of a word weighs it (1 + log n) (1 + log((1 + N) / (1 + cells with it))), each cell's weights then of
length 1. Source: G. Salton, C. Buckley, Term-weighting approaches in automatic text retrieval, 1988.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from netwright.core.values import TextInput
from netwright.data import Prepared
from netwright.networks.layers.text import MULTIPLIER

PAIRS = 1 << 18  # columns that all pairs of words share
LEAST_CELLS = 2  # training cells that hold a word or pair: others say nothing of new ones


def weigh(train: Prepared, rows: Prepared, texts: tuple[TextInput, ...]) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return the weights of training rows and of others, [rows, features], as learnt from the training rows.

    Args:
        train: texts after the embedded columns of the categorical input.
        rows: of the same columns.
        texts: what they are; at least one.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    at = train.categorical.shape[1] - sum(text.columns for text in texts)
    found: list[tuple[sparse.csr_array, sparse.csr_array]] = []
    for text in texts:
        columns = slice(at, at + text.length)
        counted = [_counts(part.categorical[:, columns], text.words) for part in (train, rows)]
        told = np.flatnonzero(np.bincount(counted[0].indices, minlength=counted[0].shape[1]) >= LEAST_CELLS)
        counted = [part[:, told] for part in counted]
        weights = TfidfTransformer(sublinear_tf=True).fit(counted[0])
        found.append((sparse.csr_array(weights.transform(counted[0])), sparse.csr_array(weights.transform(counted[1]))))
        at += text.columns
    learnt, asked = zip(*found, strict=True)
    return sparse.csr_array(sparse.hstack(learnt)), sparse.csr_array(sparse.hstack(asked))


def _counts(text: NDArray[np.int64], words: int) -> sparse.csr_array:
    """Return how often each word, and each pair, stands in each row."""
    first, second = text[:, :-1], text[:, 1:]
    pairs = np.where(second == 0, 0, words + (first * MULTIPLIER + second) % PAIRS)
    every = np.concatenate([text, pairs], axis=1)
    rows, columns = np.nonzero(every)
    counts = np.ones(len(rows), dtype=np.float32)
    shape = (len(text), words + PAIRS)
    return sparse.csr_array(sparse.coo_array((counts, (rows, every[rows, columns])), shape=shape))
