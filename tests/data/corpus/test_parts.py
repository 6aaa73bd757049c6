import pytest

from netwright.core.errors import RecipeError
from netwright.data.corpus.parts import split_choice, split_text


def test_parts_follow_each_other_and_lose_no_character():
    split = split_text(1003, 0.1, 0.05)
    assert split.train[0] == 0
    assert split.train[1] == split.validation[0]
    assert split.validation[1] == split.test[0]
    assert split.test[1] == 1003
    assert sum(split.sizes.values()) == 1003


def test_the_last_tenth_validates_where_no_test_part_is_asked_for():
    split = split_text(1_000, 0.1, 0.0)
    assert split.sizes == {"train": 900, "validation": 100, "test": 0}
    assert "in order" in split_choice(split).reason


@pytest.mark.parametrize(("validation", "test"), [(0.0, 0.1), (-0.1, 0.0), (1.0, 0.0), (0.5, 0.5), (0.1, 1.0)])
def test_shares_that_leave_nothing_are_refused(validation, test):
    with pytest.raises(RecipeError, match="split"):
        split_text(100, validation, test)
