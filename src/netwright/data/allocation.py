"""Handing groups of rows to training, validation and test by share, within strata."""

from dataclasses import dataclass

import numpy as np

TRAIN, VALIDATION, TEST = 0, 1, 2


@dataclass(frozen=True)
class Shares:
    """`test` is a share of all rows, `validation` one of what is left."""

    test: float
    validation: float

    def quotas(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Test and validation rows of strata with so many `rows`: at least one each from three rows on."""
        test = _quota(rows, self.test, 1)
        return test, _quota(rows - test, self.validation, 1 - (test > 0))


def _quota(rows: np.ndarray, share: float, spare: int | np.ndarray) -> np.ndarray:
    least = (rows >= 2 + spare) & (share > 0)
    wanted = np.maximum(np.round(rows * share).astype(np.int64), least)
    quota: np.ndarray = np.minimum(wanted, np.maximum(rows - 1 - spare, 0))
    return quota


def allocate(groups: np.ndarray, strata: np.ndarray | None, shares: Shares, seed: int) -> np.ndarray:
    """Return the part of each row, whole groups at a time.

    Args:
        groups: int64 [rows], numbers from 0 without gaps or with; rows of one number stay together.
        strata: int64 [rows], equal within a group; each is split by the shares on its own. None: one stratum.
        shares: of rows, met as closely as whole groups allow.
        seed: decides which groups go where.
    """
    _, first, inverse, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    stratum = np.zeros(len(first), np.int64) if strata is None else strata[first]
    rows = np.bincount(stratum, weights=sizes).astype(np.int64)
    test, validation = shares.quotas(rows)
    # A group larger than the smallest part of its stratum would overfill that part, so it goes to training.
    smallest = np.where((test > 0) & (validation > 0), np.minimum(test, validation), np.maximum(test, validation))
    large = sizes > np.maximum(smallest, 1)[stratum]
    order = np.lexsort((np.random.default_rng(seed).random(len(first)), large, stratum))
    running = np.cumsum(sizes[order])
    start = np.concatenate(([0], np.cumsum(rows)[:-1]))
    before = running - sizes[order] - start[stratum[order]]
    parts = np.full(len(first), TRAIN)
    in_test = before < test[stratum[order]]
    in_validation = ~in_test & (before < (test + validation)[stratum[order]])
    parts[order[in_test]] = TEST
    parts[order[in_validation]] = VALIDATION
    return parts[inverse]


def join_groups(codes: np.ndarray, same: np.ndarray) -> tuple[np.ndarray, bool]:
    """Join groups that share identical rows, unless that leaves one group; tell whether any were joined."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    width = int(codes.max()) + 1
    size = width + int(same.max()) + 1
    edges = coo_array((np.ones(len(codes), np.int8), (codes, same + width)), shape=(size, size))
    count, labels = connected_components(edges, directed=False)
    if count < min(width, 3):
        return codes, False
    return labels[codes].astype(np.int64), bool(count < width)
