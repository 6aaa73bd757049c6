import math

from netwright.core.values import EpochRecord
from netwright.report.charts.curves import MOST_POINTS, loss_curves, metric_curve


def record(epoch, loss=0.5, **known) -> EpochRecord:
    return EpochRecord(epoch, epoch * 10, loss, 0.01, **known)


def test_the_kept_epoch_is_marked():
    epochs = [record(1, best=True), record(2, best=True), record(3)]
    assert "kept: epoch 2" in loss_curves(epochs)


def test_a_line_breaks_where_a_value_is_missing():
    epochs = [record(1), record(2, math.nan), record(3), record(4)]
    assert loss_curves(epochs).count("M") == 2


def test_one_epoch_is_a_point():
    assert "lone" in loss_curves([record(1)])


def test_many_epochs_lose_their_points_but_not_their_line():
    drawn = loss_curves([record(epoch) for epoch in range(1, MOST_POINTS + 2)])
    assert "<circle" not in drawn
    assert "<path" in drawn


def test_nothing_is_drawn_of_nothing():
    assert loss_curves([]) == ""
    assert metric_curve([record(1), record(2)], "Accuracy") == ""
    assert loss_curves([record(1, math.nan)]) == ""
