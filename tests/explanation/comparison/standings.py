"""Models as claims and recommendations see them, made by hand: scores whose resamples are known."""

import numpy as np

from netwright.core.evidence import Measure
from netwright.explanation.comparison.standing import Standing
from netwright.training.evaluation.bootstrap import Sampled

NOISE = np.random.default_rng(0).normal(size=1000)


def sampled(value, own=0.0, shared=0.02):
    """Return a score whose resamples move with all others by `shared`, and by `own` on its own."""
    return Sampled(value, value + shared * NOISE + own * np.random.default_rng(int(1e6 * value)).normal(size=1000))


def standing(name="a", side="shallow", full=0.8, **known):
    """Return a model; `full`, `small` and `raw` are its scores, `own` how far they move on their own."""
    own = known.pop("own", 0.001)
    scores = {key: sampled(known.pop(key), own) for key in ("small", "raw") if key in known}
    values = {"validation": full, "seconds": 1.0, "row_seconds": 1e-4, "reaching": 100} | known
    return Standing(name, side, full=sampled(full, own), **scores, **values)


def agreed(value, half=0.01):
    return Measure(value, value - half, value + half)
