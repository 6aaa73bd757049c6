"""Images fall into blocks and series into stretches: every place into one, and into one only."""

import pytest
import torch

from netwright.explanation.image_pieces import SIDE, image_pieces
from netwright.explanation.maps import map_amounts
from netwright.explanation.series_pieces import STRETCHES, series_pieces
from tests.explanation.networks import image_case


@pytest.mark.parametrize(("height", "width"), [(28, 28), (30, 17), (3, 5)])
def test_every_pixel_lies_in_one_block(height, width):
    inputs = (torch.zeros(2, 0), torch.zeros(2, 3, height, width))
    pieces = image_pieces(inputs, 1)
    assert len(pieces.names) == min(SIDE, height) * min(SIDE, width)
    assert torch.equal(pieces.shares[1].sum(dim=0), torch.ones(3, height, width))
    assert pieces.shares[1][0, 0, 0, 0] == 1.0
    assert pieces.names[-1] == f"block {min(SIDE, height)}, {min(SIDE, width)}"


@pytest.mark.parametrize("length", [1, 5, 24, 50, 64])
def test_every_step_lies_in_one_stretch_up_to_the_end(length):
    inputs = (torch.zeros(1, 2, 64),)
    pieces = series_pieces(inputs, 0, 2, length)
    assert len(pieces.names) == min(STRETCHES, length)
    assert torch.equal(pieces.shares[0].sum(dim=0)[0], (torch.arange(64) < length).float())
    for name, share in zip(pieces.names, pieces.shares[0][:, 0], strict=True):
        places = share.nonzero()[:, 0] + 1
        ends = (int(places[0]), int(places[-1]))
        assert name == (f"step {ends[0]}" if ends[0] == ends[1] else f"steps {ends[0]} to {ends[1]}")


def test_grad_cam_gives_each_block_what_lies_in_it():
    asked = image_case("convnet").asked()
    asked = type(asked)(asked.question, asked.inputs, asked.references, (image_pieces(asked.inputs, 2),) * asked.rows)
    found = map_amounts(asked, "grad-cam")
    assert found.gap is None
    assert found.places is not None
    for row in range(asked.rows):
        assert float(found.parts[row].sum()) == pytest.approx(float(found.places[2][row].sum()))
        assert float(found.places[2][row].min()) >= 0.0
