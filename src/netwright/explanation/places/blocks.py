"""How much all answers rest on each block of an image: its pixels are dealt out among the images anew.

Source: L. Breiman, Random forests, 2001 (permutation).
"""

import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from netwright.core.explanations import ImageHeat, Importance, ImportanceTable
from netwright.data import Prepared, Table
from netwright.explanation.gallery import picture_of
from netwright.explanation.permutation import Dealing, labelled_rows, losses_of, spread
from netwright.explanation.places.extent import finest, seconds_of
from netwright.training.inference import Model
from netwright.training.parts import inputs_of

SIDES = (7, 5, 3)  # blocks in each direction, the finest first: fewer where there is no time for all
METHOD = "permutation of blocks"
Ends = tuple[tuple[int, int], tuple[int, int]]  # of a block: rows of pixels, then columns


def block_importance(model: Model, table: Table, seed: int = 0) -> ImportanceTable | None:
    """Return by how much the error grows, block by block, most important first; None where it would take long.

    Args:
        model: a trained network that reads images, with its contract.
        table: a conforming table with its target.
        seed: of shuffles and resamples.

    Raises:
        ContractError: the table has no target, or too few rows.
    """
    rows = np.arange(table.frame.height)
    few = labelled_rows(model, table, rows[:2]).part
    assert few.pixels is not None
    size = few.pixels.shape[2:]
    choices = {side: len(blocks_of(size, side)) for side in SIDES}
    side, extent = finest(len(rows), choices, seconds_of(model.module, inputs_of(few)))
    if not extent.rows:
        return None
    asked = labelled_rows(model, table, spread(rows, extent.rows))
    blocks = blocks_of(size, side)
    dealings = {name: _dealing(ends) for name, ends in blocks.items()}
    unit, found = losses_of(model, asked, dealings, extent.shuffles, seed, headline=False)
    assert asked.part.pixels is not None
    return ImportanceTable(METHOD, unit, len(asked.truth), found, _heat(asked.part.pixels, blocks, found))


def blocks_of(size: tuple[int, ...], side: int) -> dict[str, Ends]:
    """Return the ends of each block by its name: `block 2, 4` is the second from the top, the fourth from the left."""
    downs, acrosses = (edges_of(pixels, side) for pixels in size)
    return {
        f"block {i}, {j}": (down, across) for i, down in enumerate(downs, 1) for j, across in enumerate(acrosses, 1)
    }


def edges_of(length: int, parts: int) -> list[tuple[int, int]]:
    """Return the first place of each of as equal parts as there are, and the one after its last."""
    parts = max(1, min(parts, length))
    return [(-(-part * length // parts), -(-(part + 1) * length // parts)) for part in range(parts)]


def _dealing(ends: Ends) -> Dealing:
    (top, bottom), (left, right) = ends

    def deal(part: Prepared, order: NDArray[np.int64]) -> Prepared:
        assert part.pixels is not None
        pixels = part.pixels.copy()
        pixels[:, :, top:bottom, left:right] = pixels[order, :, top:bottom, left:right]
        return Prepared(part.numeric, part.categorical, None, pixels)

    return deal


def _heat(
    pixels: UInt8[np.ndarray, "images channels height width"], blocks: dict[str, Ends], found: tuple[Importance, ...]
) -> ImageHeat:
    """Return the mean image with each block's amount spread over its pixels."""
    amounts = np.zeros((pixels.shape[2], pixels.shape[3]))
    for one in found:
        (top, bottom), (left, right) = blocks[one.name]
        amounts[top:bottom, left:right] = one.amount / ((bottom - top) * (right - left))
    mean = pixels.mean(axis=0).round().clip(0, 255).astype(np.uint8)
    return ImageHeat(picture_of(mean), tuple(tuple(float(f"{value:.4g}") for value in line) for line in amounts))
