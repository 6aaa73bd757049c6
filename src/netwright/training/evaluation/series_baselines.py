"""Time series as simple models read them: a column a value; and the oldest of such models, the nearest neighbour."""

import numpy as np
from numpy.typing import NDArray

from netwright.core.values import InputSpec, SeriesInput
from netwright.data import Prepared

NEIGHBOUR = "nearest neighbour"
MOST_VALUES = 1024  # of a channel: of longer series means over blocks are taken
MOST_ROWS = 20_000  # to learn from
AT_ONCE = 1000  # rows whose distances are held


def flat_values(rows: Prepared, series: SeriesInput) -> NDArray[np.float32]:
    """Return standardised values [rows, numbers], of as many times as training had; 0 after a series' end."""
    assert rows.series is not None
    block = -(-series.length // MOST_VALUES)
    times = -(-series.length // block)
    values = np.full((len(rows), series.channels, times * block), np.nan, np.float32)
    known = min(rows.series.shape[2], series.length)
    values[:, :, :known] = rows.series[:, :, :known]
    mean, deviation = (np.array(one, np.float32)[:, None] for one in (series.mean, series.deviation))
    values = np.nan_to_num((values - mean) / deviation).reshape(len(rows), series.channels, times, block)
    return np.asarray(values.mean(axis=3).reshape(len(rows), -1), dtype=np.float32)


def nearest(train: Prepared, rows: Prepared, spec: InputSpec) -> NDArray[np.float64]:
    """Answer each row as the training series at the least Euclidean distance was.

    Returns:
        [n, classes] probabilities of 0 and 1, or [n] values in the unit of `train.target`.
    """
    assert spec.series is not None
    train = train.rows(slice(None, None, -(-len(train) // MOST_ROWS)))
    assert train.target is not None
    known, asked = flat_values(train, spec.series), flat_values(rows, spec.series)
    squares = (known**2).sum(axis=1)
    blocks = [asked[at : at + AT_ONCE] for at in range(0, len(asked), AT_ONCE)]
    found = np.concatenate([(squares - 2.0 * block @ known.T).argmin(axis=1) for block in blocks])
    answers = train.target[found]
    if spec.task == "regression":
        return np.asarray(answers, dtype=np.float64)
    return np.asarray(np.eye(max(spec.outputs, 2))[answers.astype(np.int64)])
