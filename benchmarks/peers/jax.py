"""JAX: one compiled function for the whole epoch, a scan over its batches; the layers and Adam by hand.

Its CPU client keeps a thread for each core whatever XLA_FLAGS say (1.7 cores at 20-64-32-3 on two), so that one thread
means a process on one core.
"""

import time
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from peers.work import BATCH, DROPOUT, RATE, Epoch, Work

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8  # of Adam
KEPT, SMALL = 0.9, 1e-5  # of batch normalisation: share of the old running statistics that stays; beside the variance

Layers = list[dict[str, Array]]


class State(NamedTuple):
    layers: Layers
    first: Layers  # moments of the gradients
    second: Layers
    running: list[tuple[Array, Array]]  # mean and variance of each hidden layer
    step: Array
    key: Array


def epoch(work: Work, rows: tuple[np.ndarray, np.ndarray]) -> Epoch:
    x, y = jnp.asarray(rows[0]), jnp.asarray(rows[1], jnp.int32)
    state = jax.block_until_ready(train(start(work.sizes), x, y))
    began = time.perf_counter()
    state = jax.block_until_ready(train(state, x, y))
    return Epoch(time.perf_counter() - began, float(loss_after(state, x, y)))


def start(sizes: tuple[int, ...]) -> State:
    keys = jax.random.split(jax.random.key(0), len(sizes))
    layers = [layer(key, wide, narrow) for key, (wide, narrow) in zip(keys, pairwise(sizes), strict=False)]
    running = [(jnp.zeros(size), jnp.ones(size)) for size in sizes[1:-1]]
    first, second = (jax.tree.map(jnp.zeros_like, layers) for _ in range(2))
    return State(layers, first, second, running, jnp.zeros(()), keys[-1])


def layer(key: Array, wide: int, narrow: int) -> dict[str, Array]:
    weight = jax.random.normal(key, (wide, narrow)) * jnp.sqrt(2 / wide)
    return {"weight": weight, "bias": jnp.zeros(narrow), "scale": jnp.ones(narrow), "shift": jnp.zeros(narrow)}


@jax.jit
def train(state: State, x: Array, y: Array) -> State:
    """Visit every row once, in a new order; the ragged last batch comes after the scan: one shape goes through it."""
    key, shuffle = jax.random.split(state.key)
    order = jax.random.permutation(shuffle, len(y))
    x, y, full = x[order], y[order], len(y) // BATCH * BATCH
    batches = x[:full].reshape(-1, BATCH, x.shape[1]), y[:full].reshape(-1, BATCH)
    state, _ = jax.lax.scan(step, state._replace(key=key), batches)
    return step(state, (x[full:], y[full:]))[0] if full < len(y) else state


def step(state: State, batch: tuple[Array, Array]) -> tuple[State, None]:
    key, noise = jax.random.split(state.key)
    slopes, running = jax.grad(loss, has_aux=True)(state.layers, state.running, batch, noise)
    count = state.step + 1
    first = jax.tree.map(lambda mean, slope: BETA_1 * mean + (1 - BETA_1) * slope, state.first, slopes)
    second = jax.tree.map(lambda mean, slope: BETA_2 * mean + (1 - BETA_2) * slope**2, state.second, slopes)
    rate, root = RATE / (1 - BETA_1**count), jnp.sqrt(1 - BETA_2**count)
    layers = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) / root + EPSILON), state.layers, first, second)
    return State(layers, first, second, running, count, key), None


def loss(layers: Layers, running: list[tuple[Array, Array]], batch: tuple[Array, Array], key: Array) -> Any:
    x, y = batch
    renewed = []
    for number, (now, (mean, variance)) in enumerate(zip(layers, running, strict=False)):
        z = x @ now["weight"] + now["bias"]
        center, spread = z.mean(0), z.var(0)
        unbiased = spread * len(z) / (len(z) - 1)
        renewed.append((KEPT * mean + (1 - KEPT) * center, KEPT * variance + (1 - KEPT) * unbiased))
        kept = jax.random.bernoulli(jax.random.fold_in(key, number), 1 - DROPOUT, z.shape)
        x = jnp.where(kept, activated(now, z, center, spread) / (1 - DROPOUT), 0.0)
    return cross_entropy(layers[-1], x, y), renewed


def activated(now: dict[str, Array], z: Array, mean: Array, variance: Array) -> Array:
    return jax.nn.leaky_relu((z - mean) * jax.lax.rsqrt(variance + SMALL) * now["scale"] + now["shift"], 0.01)


def cross_entropy(output: dict[str, Array], x: Array, y: Array) -> Array:
    logits = x @ output["weight"] + output["bias"]
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()


@jax.jit
def loss_after(state: State, x: Array, y: Array) -> Array:
    for now, (mean, variance) in zip(state.layers, state.running, strict=False):
        x = activated(now, x @ now["weight"] + now["bias"], mean, variance)
    return cross_entropy(state.layers[-1], x, y)
