"""What a report shows of test rows that can be looked at: images, texts and time series."""

from netwright.explanation.gallery import show_rows
from netwright.explanation.series_gallery import show_series
from netwright.training.stage import Tested


def show_test_rows(tested: Tested) -> None:
    """Write the galleries of a run; of tables of numbers nothing."""
    show_rows(tested)
    show_series(tested)
