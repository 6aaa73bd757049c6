"""What a report shows of the test rows of a run: images, texts and time series, and what all answers rest on."""

from netwright.explanation.gallery import show_rows
from netwright.explanation.noted_importance import note_importance
from netwright.explanation.series_gallery import show_series
from netwright.training.stage import Tested


def show_test_rows(tested: Tested) -> None:
    """Write the galleries of a run that can be looked at; of tables the importance of their columns."""
    show_rows(tested)
    show_series(tested)
    note_importance(tested)
