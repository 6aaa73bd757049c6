"""How much the answers of a run that has just been tested rest on each column: stored with it, for its report.

How many rows and shuffles are asked follows from sizes alone, never from a clock: the same run stores the same bytes.
"""

import numpy as np

from netwright.core.explanations import Explained
from netwright.explanation.permutation import permutation_importance
from netwright.explanation.players import players_of
from netwright.training.inference import Model
from netwright.training.run_directory import EXPLANATIONS, read_calibration, write_part
from netwright.training.stage import Tested

MOST_ROWS, LEAST_ROWS = 500, 10
SHUFFLES = 3
MOST_WORK = 1e10  # weights times rows that are asked: about a second


def note_importance(tested: Tested) -> None:
    """Store the importance of each column; of images, series and single texts nothing, nor where it would take long."""
    stage = tested.stage
    columns, weights = len(players_of(stage.preparation)), sum(one.numel() for one in tested.module.parameters())
    rows, shuffles = extent_of(len(stage.material.test_rows), columns, weights)
    if columns < 2 or rows < LEAST_ROWS or stage.preparation.image is not None or stage.preparation.series is not None:
        return
    calibration = read_calibration(stage.folder)
    model = Model(tested.module, stage.material.schema, stage.preparation, stage.recipe, calibration)
    test = stage.material.test_rows
    chosen = test[np.unique(np.linspace(0, len(test) - 1, rows).round().astype(np.int64))]
    found = permutation_importance(model, stage.material.test, chosen, shuffles=shuffles)
    write_part(stage.folder, EXPLANATIONS, Explained(importance=found))


def extent_of(rows: int, columns: int, weights: int) -> tuple[int, int]:
    """Return how many rows and shuffles are asked, so that the work stays small; no rows where it would not be."""
    for most, shuffles in ((MOST_ROWS, SHUFFLES), (MOST_ROWS // 2, 2), (MOST_ROWS // 5, 1)):
        asked = min(rows, most)
        if asked * shuffles * max(1, columns) * max(1, weights) <= MOST_WORK:
            return asked, shuffles
    return 0, 0
