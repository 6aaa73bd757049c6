"""Embeddings of numbers from their definitions, number by number, in NumPy float64."""

import math
from itertools import pairwise

import numpy as np


def periodic(x, frequency, phase, weight, bias):
    """Return [features, size] for the numbers of one row: each number, then its mixtures of waves."""
    rows = []
    for f, value in enumerate(x):
        waves = [math.cos(2 * math.pi * w * value + b) for w, b in zip(frequency[f], phase[f], strict=True)]
        mixed = [sum(v * wave for v, wave in zip(weights, waves, strict=True)) for weights in weight[f]]
        rows.append([value, *(m + c for m, c in zip(mixed, bias[f], strict=True))])
    return np.array(rows)


def piecewise(x, edges, weight, slope, bias):
    """Return [features, size] for the numbers of one row: a line, and for each bin below or around x its share."""
    rows = []
    for f, value in enumerate(x):
        own = sorted(set(edges[f]))
        out = value * slope[f] + bias[f]
        for t, (low, high) in enumerate(pairwise(own)):
            share = (value - low) / (high - low)
            if share < 0 and t > 0:
                share = 0.0
            if share > 1 and t < len(own) - 2:
                share = 1.0
            out = out + share * weight[f][t]
        rows.append(out)
    return np.array(rows)
