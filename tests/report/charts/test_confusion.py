from netwright.report.charts.confusion import MOST_CLASSES, heat_map, most_confused


def test_every_count_is_in_its_cell():
    drawn = heat_map(((70, 2), (3, 39)), ("benign", "malignant"))
    assert "benign taken for malignant: 2 of 72 rows (3%)" in drawn
    assert "malignant taken for malignant: 39 of 42 rows (93%)" in drawn


def test_of_many_classes_the_most_confused_are_drawn_in_their_order():
    size = MOST_CLASSES + 5
    matrix = [[10 if row == column else 0 for column in range(size)] for row in range(size)]
    matrix[size - 1][0] = 4
    kept = most_confused(matrix)
    assert len(kept) == MOST_CLASSES
    assert kept == sorted(kept)
    assert {0, size - 1} <= set(kept)


def test_a_class_without_rows_has_no_share():
    assert "of 0 rows (–)" in heat_map(((5, 0), (0, 0)), ("a", "b"))


def test_nothing_is_drawn_of_nothing():
    assert heat_map((), ()) == ""
