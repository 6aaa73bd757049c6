"""The time series that a report shows of a run: errors, right answers, and where in time the evidence lies."""

import numpy as np
import torch
from numpy.typing import NDArray

from netwright.core.evidence import SeriesGallery, ShownSeries
from netwright.data.series_store import lengths_of
from netwright.explanation.chosen_rows import classes_said, surprise_of
from netwright.explanation.flattening import flattening
from netwright.explanation.gallery import names_of
from netwright.explanation.words import label_of
from netwright.networks.layers.series import SeriesLayer
from netwright.training.parts import inputs_of
from netwright.training.run_directory import SERIES_GALLERY, write_part
from netwright.training.stage import Tested

SHOWN = 6  # series of errors, and of right answers
MOST_VALUES = 240  # of a channel that are drawn: of longer ones every second, third, ...
MOST_CHANNELS = 6


def show_series(tested: Tested) -> None:
    """Write the gallery of a run that has time series; of others nothing."""
    if not any(isinstance(layer, SeriesLayer) for layer in tested.module.modules()):
        return
    classes, truth = tested.stage.material.schema.classes, tested.truth
    said = classes_said(tested.predicted, tested.threshold) if classes else tested.predicted
    wrong = np.flatnonzero(said != truth) if classes else np.arange(len(truth))
    surprise = surprise_of(tested.predicted, truth)
    worst = wrong[np.argsort(-surprise[wrong], kind="stable")][:SHOWN]
    right = _spread_over_classes(np.flatnonzero(said == truth), truth) if classes else worst[:0]
    gallery = SeriesGallery(_shown(tested, worst, said), _shown(tested, right, said))
    write_part(tested.stage.folder, SERIES_GALLERY, gallery)


def _spread_over_classes(rows: NDArray[np.int64], truth: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return the first rows of each class in turn."""
    turn = np.zeros(len(rows), np.int64)
    for label in np.unique(truth[rows]):
        of_class = truth[rows] == label
        turn[of_class] = np.arange(of_class.sum())
    return rows[np.lexsort((truth[rows], turn))][:SHOWN]


def _shown(tested: Tested, rows: NDArray[np.int64], said: NDArray[np.generic]) -> tuple[ShownSeries, ...]:
    if not len(rows):
        return ()
    part = tested.stage.parts.test.rows(rows)
    assert part.series is not None
    classes = tested.stage.material.schema.classes
    device = next(tested.module.parameters()).device
    answered = torch.from_numpy(said[rows].astype(np.int64)).to(device) if classes else None
    heats = flattening(tested.module, tuple(one.to(device) for one in inputs_of(part)), answered).cpu().numpy()
    names, lengths = names_of(tested, rows), lengths_of(part.series)
    found: list[ShownSeries] = []
    for number, row in enumerate(rows.tolist()):
        truth, prediction = (label_of(value, classes) for value in (tested.truth[row], said[row]))
        channels = _drawn(part.series[number, :MOST_CHANNELS, : lengths[number]])
        heat = tuple(round(float(value), 3) for value in heats[number])
        found.append(ShownSeries(channels, heat, truth, prediction, names[number]))
    return tuple(found)


def _drawn(series: NDArray[np.float32]) -> tuple[tuple[float | None, ...], ...]:
    step = max(1, -(-series.shape[1] // MOST_VALUES))
    return tuple(
        tuple(float(f"{value:.4g}") if np.isfinite(value) else None for value in channel[::step].tolist())
        for channel in series
    )
