import pytest
import torch
from torch import nn

from netwright.explanation.landscape.snapshots import MOST_KEPT, Snapshots, flat_weights
from netwright.explanation.landscape.trajectory import Way, principal_plane, trajectory_of
from tests.explanation.landscape.nets import tiny_subject


def test_offsets_in_a_plane_lie_where_they_lie():
    module = nn.Linear(5, 1, bias=False).double()
    axes = torch.linalg.qr(torch.randn(5, 2, dtype=torch.float64)).Q.T
    places = torch.tensor([[4.0, 0.5], [2.0, -1.0], [1.0, 1.0], [0.3, 0.1]], dtype=torch.float64)
    found = principal_plane(places @ axes, module)
    assert sum(found.shares) == pytest.approx(1.0)
    assert found.shares[0] > found.shares[1]
    torch.testing.assert_close(torch.cdist(found.places, found.places), torch.cdist(places, places))
    assert (found.places[0] >= 0).all()
    lengths = [float(direction["weight"].norm()) for direction in found.directions]
    assert lengths == pytest.approx([1.0, 1.0])


def test_a_way_along_one_line_spans_no_plane():
    module = nn.Linear(3, 1, bias=False).double()
    line = torch.tensor([[1.0, 2.0, 3.0]]).double()
    assert principal_plane(torch.cat([3 * line, 2 * line, line]), module) is None
    assert principal_plane(line, module) is None


def test_a_way_ends_in_the_middle_with_the_losses_of_its_weights():
    subject = tiny_subject()
    snapshots, optimizer = Snapshots(subject.module, subject), torch.optim.SGD(subject.module.parameters(), 0.1)
    for epoch in range(1, 7):
        snapshots.epoch_begins(epoch)
        subject.loss(subject.module(*subject.inputs), subject.targets).backward()
        optimizer.step()
    found = trajectory_of(subject, Way(snapshots, 6, "", True), 9)
    assert [stop.epoch for stop in found.stops] == [0, 1, 2, 3, 4, 5, 6]
    assert (found.stops[-1].across, found.stops[-1].up) == (0.0, 0.0)
    losses = [stop.loss for stop in found.stops]
    assert losses == sorted(losses, reverse=True)
    assert len(found.surface.losses) == 9
    assert found.surface.across[0] < min(stop.across for stop in found.stops)


def test_snapshots_that_grow_too_many_are_thinned_evenly():
    subject = tiny_subject()
    snapshots = Snapshots(subject.module, subject)
    for epoch in range(1, 3 * MOST_KEPT):
        snapshots.epoch_begins(epoch)
    assert MOST_KEPT // 2 < len(snapshots.vectors) <= MOST_KEPT
    assert {later - before for before, later in zip(snapshots.epochs, snapshots.epochs[1:], strict=False)} == {
        snapshots.every
    }
    assert torch.equal(snapshots.vectors[0], flat_weights(subject.module))
