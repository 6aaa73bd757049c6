"""Runs that are sick on purpose."""

import netwright as nw

BOTH = {"training.epochs": 12, "training.threads": 1, "preset.quality": "fast", "evaluation.trees": False}
SIGMOIDS = {
    "network.activation": "sigmoid",
    "network.hidden_sizes": [64] * 8,
    "network.normalization": "none",
    "training.optimizer": "sgd",
}
HOT = {"training.optimizer": "sgd", "training.learning_rate": 100.0}


def fit_sick(folder, name, settings):
    """Fit @digits with settings that do it harm, and return the run's directory."""
    return nw.fit("@digits", settings={**BOTH, **settings}, options=nw.FitOptions(runs=folder, name=name)).path
