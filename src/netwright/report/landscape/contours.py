"""Contour lines of a grid by marching squares."""

import numpy as np
from numpy.typing import NDArray

Segments = NDArray[np.float64]  # [segment, end, (across, up)] in steps of the grid

# Corners 0 to 3 go round the cell from (0, 0); edge k lies between corners k and k + 1.
CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))
CASES = {
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 2), (1, 0)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((2, 0),),
    10: ((0, 3), (2, 1)),
    11: ((2, 1),),
    12: ((1, 3),),
    13: ((1, 0),),
    14: ((0, 3),),
}


def contour(heights: NDArray[np.float64], level: float) -> Segments:
    """Return the segments of the line at a level through a grid [up, across]."""
    corners = np.stack([heights[y : y + len(heights) - 1, x : x + heights.shape[1] - 1] for x, y in CORNERS])
    case = ((corners > level) * np.array([1, 2, 4, 8])[:, None, None]).sum(axis=0)
    found = [_cut(corners, np.nonzero(case == number), edges, level) for number, edges in CASES.items()]
    return np.concatenate([segment for segments in found for segment in segments])


def _cut(
    corners: NDArray[np.float64], cells: tuple[NDArray[np.int64], ...], edges: tuple[tuple[int, int], ...], level: float
) -> list[Segments]:
    up, across = cells
    at = corners[:, up, across]
    return [np.stack([_point(at, edge, level, (across, up)) for edge in pair], axis=1) for pair in edges]


def _point(
    at: NDArray[np.float64], edge: int, level: float, cell: tuple[NDArray[np.int64], ...]
) -> NDArray[np.float64]:
    first, second = edge, (edge + 1) % 4
    share = (level - at[first]) / (at[second] - at[first])
    (x0, y0), (x1, y1) = CORNERS[first], CORNERS[second]
    return np.stack([cell[0] + x0 + share * (x1 - x0), cell[1] + y0 + share * (y1 - y0)], axis=1)
