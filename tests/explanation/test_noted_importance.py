"""What a run stores of its columns when it is tested."""

import msgspec
import pytest

from netwright.core.explanations import Explained
from netwright.explanation.noted_importance import LEAST_ROWS, MOST_ROWS, MOST_WORK, SHUFFLES, extent_of


def test_a_run_on_a_table_knows_how_much_its_answers_rest_on_each_column(finished_run):
    stored = msgspec.json.decode((finished_run / "explanations.json").read_bytes(), type=Explained)
    assert {one.name for one in stored.importance.columns} == {"width", "height", "colour"}
    assert all(one.low <= one.amount <= one.high for one in stored.importance.columns)
    assert "Permutation importance" in (finished_run / "report.html").read_text()


@pytest.mark.parametrize("weights", [10, 10_000, 100_000, 1_000_000, 100_000_000])
def test_the_work_follows_from_sizes_and_is_bounded(weights):
    rows, shuffles = extent_of(10_000, 30, weights)
    assert rows * shuffles * 30 * weights <= MOST_WORK
    assert (rows, shuffles) in ((MOST_ROWS, SHUFFLES), (MOST_ROWS // 2, 2), (MOST_ROWS // 5, 1), (0, 0))


def test_few_rows_are_all_asked():
    assert extent_of(LEAST_ROWS, 3, 1000) == (LEAST_ROWS, SHUFFLES)
