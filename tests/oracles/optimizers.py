"""Optimizers from their equations, in NumPy float64. Each is a generator: send a gradient, receive the change of w."""

import numpy as np


def sgd(c):
    g = yield
    while True:
        g = yield -c.learning_rate * g


def momentum(c):
    g, v = (yield), 0.0
    while True:
        v = c.momentum * v + g
        g = yield -c.learning_rate * v


def nesterov(c):
    g, v = (yield), 0.0
    while True:
        v = c.momentum * v + g
        g = yield -c.learning_rate * (g + c.momentum * v)


def rmsprop(c):
    g, s = (yield), 0.0
    while True:
        s = c.rho * s + (1 - c.rho) * g**2
        g = yield -c.learning_rate * g / (np.sqrt(s) + c.epsilon)


def adam(c):
    g, m, v, t = (yield), 0.0, 0.0, 0
    b1, b2 = c.betas
    while True:
        t += 1
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        g = yield -c.learning_rate * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + c.epsilon)


def muon(c):
    g, v = (yield), 0.0
    while True:
        v = c.momentum * v + (1 - c.momentum) * g
        direction = orthogonalize((1 - c.momentum) * g + c.momentum * v)
        g = yield -c.learning_rate * 0.2 * np.sqrt(max(g.shape)) * direction


def orthogonalize(g):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / np.linalg.norm(g)
    for _ in range(5):
        x = a * x + b * (x @ x.T @ x) + c * (x @ x.T @ x @ x.T @ x)
    return x


RULES = {"sgd": sgd, "momentum": momentum, "nesterov": nesterov, "rmsprop": rmsprop, "adam": adam, "adamw": adam}


def rule_for(optimizer: str, hidden: bool):
    if optimizer == "muon":
        return muon if hidden else adam
    return RULES[optimizer]


def trajectory(weight, gradients, rule, c, sparse=True):
    """Return the weight after all gradients, with the config's decay and, where `sparse`, its L1 around the rule."""
    w = weight.astype(np.float64)
    change = rule(c)
    next(change)
    for g in gradients.astype(np.float64):
        if c.weight_decay_form == "coupled":
            g = g + c.weight_decay * w
        else:
            w = w * (1 - c.learning_rate * c.weight_decay)
        w = w + change.send(g)
        if sparse and c.l1:
            w = np.sign(w) * np.maximum(np.abs(w) - c.learning_rate * c.l1, 0)
    return w
