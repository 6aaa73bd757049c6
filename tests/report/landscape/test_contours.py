import numpy as np
import pytest

from netwright.report.landscape.contours import contour


def test_a_contour_of_a_cone_is_a_circle():
    y, x = np.mgrid[-10:11, -10:11].astype(float)
    ends = contour(np.hypot(x, y), 6.5).reshape(-1, 2) - 10.0
    assert np.hypot(*ends.T) == pytest.approx(6.5, abs=0.05)
    length = np.linalg.norm(np.diff(contour(np.hypot(x, y), 6.5), axis=1), axis=-1).sum()
    assert length == pytest.approx(2 * np.pi * 6.5, rel=0.02)


@pytest.mark.parametrize("case", range(16))
def test_every_cell_is_cut_where_the_level_lies_between_its_corners(case):
    corners = np.array([case >> k & 1 for k in range(4)], float)
    found = contour(np.array([[corners[0], corners[1]], [corners[3], corners[2]]]), 0.5)
    changes = sum(corners[k] != corners[(k + 1) % 4] for k in range(4))
    assert len(found) == changes // 2
    middles = {tuple(end) for segment in found for end in segment}
    assert middles <= {(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)}


def test_a_level_outside_has_no_line():
    assert contour(np.ones((4, 4)), 2.0).shape == (0, 2, 2)
