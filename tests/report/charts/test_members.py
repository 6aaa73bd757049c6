from dataclasses import replace

from netwright.report.charts.members import member_curves


def test_a_line_a_network_with_its_kept_epoch(crossed):
    drawn = member_curves(crossed.ensemble.members)
    assert drawn.count("<path") == 40
    assert drawn.count("<circle") == 40
    assert "network 1: epoch 12 is kept" in drawn


def test_a_network_that_was_left_out_keeps_no_epoch(crossed):
    first, second = crossed.ensemble.members[:2]
    drawn = member_curves([replace(first, left_out="diverged"), second])
    assert "thin dropped" in drawn
    assert drawn.count("<circle") == 1


def test_a_line_breaks_where_a_value_is_missing(crossed):
    member = replace(crossed.ensemble.members[0], validation_losses=(0.5, None, 0.4, 0.3), best_epoch=2)
    assert member_curves([member]).count("M") == 2
    assert "<circle" not in member_curves([member])


def test_nothing_is_drawn_of_nothing(crossed):
    assert member_curves([]) == ""
    assert member_curves([replace(crossed.ensemble.members[0], validation_losses=())]) == ""
