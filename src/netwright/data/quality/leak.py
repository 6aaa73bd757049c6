"""A feature that alone tells the target: usually a copy of it, or something known only afterwards.

Measured on held-out rows: each feature is cut into its values or its quantile bins, the target's mean (or most frequent
class) in each is learnt on half of at most 50,000 rows, and scored on the other half. Warned from an area under the ROC
curve or an accuracy of 0.995, or an R2 of 0.99; an accuracy must also beat that of always saying the most frequent
class by 98% of what is left.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from netwright.core.findings import Curve, Finding, Sketch
from netwright.core.seeds import derive_seed
from netwright.core.values import Schema
from netwright.data.row_identity import row_hashes
from netwright.data.table import Table
from netwright.data.transforms.numbers import as_float
from netwright.data.transforms.one_hot import category_codes

MOST_ROWS = 50_000
LEAST_ROWS = 40
MOST_BINS = 1_000
ROWS_PER_BIN = 5
LEAST_AUC = LEAST_ACCURACY = 0.995
LEAST_R2 = 0.99
LEAST_LIFT = 0.98
MOST_DRAWN = 4  # columns in the picture


def find_leak(table: Table, schema: Schema) -> Iterator[Finding]:
    """A warning for each feature that alone predicts the target."""
    rows = _sample(table, schema)
    if len(rows) < LEAST_ROWS:
        return
    frame = table.frame[rows.tolist()] if len(rows) < table.frame.height else table.frame
    target = _target(frame[schema.target], schema)
    found = {
        column.name: _strength(frame[column.name], bin_codes(frame[column.name]), target, schema.task)
        for column in schema.features
    }
    for name, (measure, value, limit) in found.items():
        if value >= limit:
            evidence = f"alone it predicts held-out rows with {measure} {value:.4f} (warned from {limit})"
            remedy = f"if it is not known when predicting, leave it out: --ignore {name!r}"
            sketch = _sketch({other: strength for other, (_, strength, _) in found.items()}, measure, limit)
            title = f"{name!r} gives the target away"
            yield Finding("data.leak", "warning", title, evidence, remedy, name, sketch=sketch)


def _sketch(strengths: dict[str, float], measure: str, limit: float) -> Sketch:
    """Draw the columns that alone tell most of the target."""
    best = sorted(strengths, key=lambda name: -strengths[name])[:MOST_DRAWN]
    curve = Curve(measure, tuple(map(float, range(len(best)))), tuple(strengths[name] for name in best))
    title = "What each column alone tells of the target"
    return Sketch(title, "column", measure, (curve,), (("warned from", limit),), ticks=tuple(best))


def _sample(table: Table, schema: Schema) -> np.ndarray:
    """Distinct rows in random order: a copy of a row in both halves would look like a leak."""
    features = [column.name for column in schema.features]
    generator = np.random.default_rng(derive_seed(0, "leak"))
    rows = generator.permutation(table.frame.height)[: 2 * MOST_ROWS]
    hashes = row_hashes(table.frame[np.sort(rows).tolist()].select(features), features)
    _, first = np.unique(hashes, return_index=True)
    return generator.permutation(np.sort(rows)[first])[:MOST_ROWS]


def _target(cells: pl.Series, schema: Schema) -> np.ndarray:
    if schema.task == "regression":
        return _unit(as_float(cells))
    return category_codes(cells, schema.classes).to_numpy()


def _unit(values: np.ndarray) -> np.ndarray:
    """Divide by the greatest absolute value, so that squares neither overflow nor vanish."""
    peak = float(np.nanmax(np.abs(values))) if not np.isnan(values).all() else 0.0
    scaled: np.ndarray = values / peak if peak > 0 else values
    return scaled


def bin_codes(cells: pl.Series) -> np.ndarray:
    """Return int64 [rows]: a number for each value, or for each quantile bin where numbers have many values."""
    count = cells.n_unique()
    codes = cells.rank("dense").fill_null(0).to_numpy().astype(np.int64)
    bins = min(MOST_BINS, max(2, len(cells) // (2 * ROWS_PER_BIN)))
    if count <= bins or cells.dtype in (pl.String, pl.Categorical):
        return codes
    edges = np.unique(np.quantile(codes, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.where(codes == 0, 0, 1 + np.searchsorted(edges, codes, side="right"))


def _strength(cells: pl.Series, codes: np.ndarray, target: np.ndarray, task: str) -> tuple[str, float, float]:
    """Return what was measured, its value, and the value from which to warn."""
    half = len(codes) // 2
    if task == "regression":
        binned = _r2(target[half:], _means(codes[:half], target[:half], codes[half:]))
        return "R2", max(binned, _linear_r2(cells, target, half)), LEAST_R2
    if task == "binary":
        return (
            "area under the ROC curve",
            _auc(target[half:], _means(codes[:half], target[:half], codes[half:])),
            LEAST_AUC,
        )
    return "accuracy", _accuracy(codes, target, half), LEAST_ACCURACY


def _means(codes: np.ndarray, target: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Mean of the target in the bins of `asked`; the overall mean in bins that were not seen."""
    size = int(max(codes.max(), asked.max())) + 1
    count = np.bincount(codes, minlength=size)
    total = np.bincount(codes, weights=target, minlength=size)
    means: np.ndarray = np.where(count > 0, total / np.maximum(count, 1), target.mean())[asked]
    return means


def _r2(truth: np.ndarray, guess: np.ndarray) -> float:
    spread = float(np.square(truth - truth.mean()).sum())
    return 1.0 - float(np.square(truth - guess).sum()) / spread if spread > 0 else 0.0


def _linear_r2(cells: pl.Series, target: np.ndarray, half: int) -> float:
    if not cells.dtype.is_numeric():
        return 0.0
    values = _unit(as_float(cells))
    fitted = ~np.isnan(values)
    learnt, held = fitted[:half], fitted[half:]
    if learnt.sum() < 3 or held.mean() < 0.5 or np.ptp(values[:half][learnt]) == 0:
        return 0.0
    centre, spread = values[:half][learnt].mean(), values[:half][learnt].std()
    if not spread > 0:
        return 0.0
    slope, offset = np.polyfit((values[:half][learnt] - centre) / spread, target[:half][learnt], 1)
    guess = np.where(held, slope * (values[half:] - centre) / spread + offset, target[:half].mean())
    return _r2(target[half:], guess)


def _auc(truth: np.ndarray, score: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    if min(truth.sum(), len(truth) - truth.sum()) < 5:
        return 0.5
    return float(roc_auc_score(truth, score))


def _accuracy(codes: np.ndarray, target: np.ndarray, half: int) -> float:
    """Held-out rows whose class is the most frequent of their bin, a share; 0 where one guess is hardly worse."""
    size, classes = int(codes.max()) + 1, int(target.max()) + 1
    table = np.zeros((size, classes), np.int32)
    np.add.at(table, (codes[:half], target[:half]), 1)
    common = int(table.sum(axis=0).argmax())
    guess = np.where(table.sum(axis=1) > 0, table.argmax(axis=1), common)[codes[half:]]
    right, base = float((guess == target[half:]).mean()), float((target[half:] == common).mean())
    return right if right - base >= LEAST_LIFT * (1 - base) and base < 1 else 0.0
