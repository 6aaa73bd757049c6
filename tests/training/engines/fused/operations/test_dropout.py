"""The mask's chance: rates, independence of elements, layers and steps; and training under it, in distribution."""

from dataclasses import replace

import numba
import numpy as np
import pytest

from netwright.training.config import TrainingConfig
from netwright.training.engines.fused.compiled import UNCOUNTED
from netwright.training.engines.fused.operations.dropout import CHANCES, mask, stream
from netwright.training.fit import fit
from tests.training.small_runs import make_batches, make_module

SIZE = 20_001


@numba.njit(**UNCOUNTED)
def draw(values, kept, place, keep, scale):
    mask(values, kept, stream(place[0], place[1], place[2], place[3]), round(keep * CHANCES), scale)


def masked(keep, seed=1, step=1, part=0, layer=0, scale=1.0):
    values, kept = np.ones(SIZE, np.float32), np.ones(SIZE, np.float32)
    draw(values, kept, (seed, step, part, layer), keep, scale)
    assert (values == kept).all()
    return values


def correlation(one, other):
    return abs(np.corrcoef(one, other)[0, 1])


LIMIT = 4.5 / np.sqrt(SIZE / 2)  # standard deviations of a correlation of independent draws


@pytest.mark.parametrize("keep", [0.05, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_the_share_kept_is_the_one_asked_for(keep):
    rates = [masked(keep, step=step).mean() for step in range(1, 21)]
    assert abs(np.mean(rates) - keep) < 4 * np.sqrt(keep * (1 - keep) / (20 * SIZE))
    assert np.std(rates) == pytest.approx(np.sqrt(keep * (1 - keep) / SIZE), rel=0.6)


def test_what_is_kept_is_scaled():
    assert set(masked(0.75, scale=4 / 3)) == {np.float32(0), np.float32(4 / 3)}


def test_elements_steps_layers_parts_and_seeds_are_independent():
    one = masked(0.5)
    half = (SIZE + 1) // 2
    assert correlation(one[: SIZE - half], one[half:]) < LIMIT  # they share their hashes
    assert all(correlation(one[:-lag], one[lag:]) < LIMIT for lag in (1, 2, 16, 32, 64))
    others = [masked(0.5, step=2), masked(0.5, layer=1), masked(0.5, part=1), masked(0.5, seed=2)]
    assert all(correlation(one, other) < LIMIT for other in others)


def test_the_same_place_gives_the_same_mask():
    assert (masked(0.3, seed=2**62 + 7, step=10**6) == masked(0.3, seed=2**62 + 7, step=10**6)).all()


@pytest.mark.parametrize(
    ("form", "schedule"), [("inverted", "constant"), ("classic", "constant"), ("inverted", "flat_cosine")]
)
def test_losses_under_dropout_are_distributed_as_autograd_s(form, schedule):
    ends = {"fused": [], "eager": []}
    for engine, found in ends.items():
        for seed in range(12):
            module = make_module(seed, dropout_form=form, dropout=0.4, normalization="layer")
            config = TrainingConfig(epochs=12, batch_size=16, seed=seed, device="cpu", engine=engine, patience=None)
            config = replace(config, dropout_schedule=schedule)
            result = fit(module, make_batches(120, 40), config)
            found.append((result.epochs[-1].train_loss, result.epochs[-1].validation_loss))
    one, other = (np.array(found) for found in ends.values())
    error = np.sqrt((one.var(0) + other.var(0)) / len(one))
    assert (abs(one.mean(0) - other.mean(0)) < 4 * error).all()
