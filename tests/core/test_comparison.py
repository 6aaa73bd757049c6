"""Values of a comparison go to JSON and back."""

from netwright.core.comparison import Comparison
from netwright.core.files import from_json, to_json
from tests.report.contests import comparison


def test_a_comparison_comes_back_as_it_was():
    assert from_json(to_json(comparison()), Comparison) == comparison()


def test_a_model_is_found_by_its_name():
    assert comparison().contestant("decision tree").side == "shallow"
