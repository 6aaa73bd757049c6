"""Blocks of images: all the loss is at the block that decides, as much as dealing its pixels by hand gives."""

import numpy as np
import pytest

from netwright.data import Prepared
from netwright.explanation.permutation import Labelled, losses_of
from netwright.explanation.places import blocks
from tests.explanation.places.made import model_of

ROWS = 200
PIXELS = np.random.default_rng(0).integers(0, 256, (ROWS, 14, 14), dtype=np.uint8)
DECIDES = PIXELS[:, 4:6, 6:8].mean(axis=(1, 2)) / 255.0 - 0.5


@pytest.fixture(scope="module")
def asked():
    labels = np.where(DECIDES > 0, "yes", "no")
    return model_of(lambda x: 12.0 * (x[:, :, 4:6, 6:8].float().mean(dim=(2, 3)) / 255.0 - 0.5), (PIXELS, labels))


@pytest.fixture(scope="module")
def found(asked):
    return blocks.block_importance(*asked)


def test_the_block_that_decides_is_all_that_matters(found):
    first, *others = found.columns
    assert (first.name, len(others)) == ("block 3, 4", 48)
    assert 0.0 < first.low <= first.amount <= first.high
    assert all(one.low == one.amount == one.high == 0.0 for one in others)
    assert (found.unit, found.rows, found.method) == ("growth of log loss", ROWS, blocks.METHOD)


def test_the_amount_is_that_of_every_pair_of_images(found):
    sides = np.where(DECIDES > 0, 1.0, -1.0)
    losses = np.log1p(np.exp(-12.0 * sides[:, None] * DECIDES))  # of the truth of a row and the block of a column
    assert found.columns[0].amount == pytest.approx(losses.mean() - np.diag(losses).mean(), rel=0.15)


def test_the_heat_lies_on_the_block_and_adds_up_to_its_amount(found):
    heat = np.array(found.image.amounts)
    assert found.image.picture.startswith("data:image/png")
    assert heat[4:6, 6:8].sum() == pytest.approx(heat.sum()) == pytest.approx(found.columns[0].amount, rel=1e-3)


def test_the_same_rows_give_the_same_table(asked, found):
    assert blocks.block_importance(*asked) == found
    assert blocks.block_importance(*asked, seed=1) != found


def test_coarser_blocks_where_time_is_short_and_none_where_it_is_not_enough(asked, monkeypatch):
    monkeypatch.setattr(blocks, "seconds_of", lambda *_: 8.0 / (9 * 40))
    coarse = blocks.block_importance(*asked)
    assert (len(coarse.columns), coarse.rows) == (9, 40)
    monkeypatch.setattr(blocks, "seconds_of", lambda *_: 8.0 / (9 * 29))
    assert blocks.block_importance(*asked) is None


@pytest.mark.parametrize(("rows", "shuffles", "least"), [(60, 1, 0.84), (200, 1, 0.88), (200, 4, 0.91)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(asked, rows, shuffles, least):
    chance, held, truth = np.random.default_rng(0), [], _loss(*_drawn(np.random.default_rng(1), 4000)[:2])
    deal = {"block": blocks._dealing(((4, 6), (6, 8)))}
    for seed in range(300):
        _, labels, pixels = _drawn(chance, rows)
        nothing = np.zeros((rows, 0), np.float32), np.zeros((rows, 0), np.int64)
        drawn = Labelled(Prepared(*nothing, labels, pixels), labels)
        _, (found,) = losses_of(asked[0], drawn, deal, shuffles, seed, headline=False)
        held.append(found.low <= truth <= found.high)
    assert np.mean(held) >= least


def _drawn(chance, rows):
    """Images, what decides of each, and labels that follow it but for some noise."""
    pixels = chance.integers(0, 256, (rows, 1, 14, 14), dtype=np.uint8)
    decides = pixels[:, 0, 4:6, 6:8].mean(axis=(1, 2)) / 255.0 - 0.5
    return decides, (decides + 0.15 * chance.normal(size=rows) > 0).astype(np.int64), pixels


def _loss(decides, labels):
    """The growth of the log loss over all pairs of a row and the block of another."""
    losses = np.log1p(np.exp(-12.0 * (2 * labels - 1)[:, None] * decides))
    return losses.mean() - np.diag(losses).mean()


def test_parts_are_as_equal_as_may_be_and_leave_nothing_out():
    assert blocks.edges_of(28, 7) == [(start, start + 4) for start in range(0, 28, 4)]
    edges = blocks.edges_of(10, 4)
    assert [start for start, _ in edges] == [0, *(stop for _, stop in edges[:-1])]
    assert edges[-1][1] == 10
    assert {stop - start for start, stop in edges} == {2, 3}
    assert blocks.edges_of(2, 7) == [(0, 1), (1, 2)]
