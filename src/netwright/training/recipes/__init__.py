"""Recipes by name. Each file holds `choices(task, train_rows)`: what it sets, and why, for a task and its rows."""

from collections.abc import Callable

from netwright.core.values import Choice, Task
from netwright.training.recipes import (
    bag,
    convnet,
    convnext,
    fcn,
    inception,
    netwright,
    realmlp,
    recurrent,
    resnet,
    rocket,
    seed,
    series_recurrent,
    single,
    tabm,
    textcnn,
    transformer,
    waves,
)

RECIPES: dict[str, Callable[[Task, int], tuple[Choice, ...]]] = {
    "bag": bag.choices,
    "convnet": convnet.choices,
    "convnext": convnext.choices,
    "fcn": fcn.choices,
    "gru": recurrent.read_by("gru"),
    "gru_series": series_recurrent.read_by("gru"),
    "inception": inception.choices,
    "lstm": recurrent.read_by("lstm"),
    "lstm_series": series_recurrent.read_by("lstm"),
    "netwright": netwright.choices,
    "realmlp": realmlp.choices,
    "resnet": resnet.choices,
    "rnn": recurrent.read_by("rnn"),
    "rocket": rocket.choices,
    "seed": seed.choices,
    "single": single.choices,
    "tabm": tabm.choices,
    "textcnn": textcnn.choices,
    "transformer": transformer.choices,
    "waves": waves.choices,
}

BOUNDS: dict[str, Callable[[int], tuple[Choice, ...]]] = {"realmlp": realmlp.bounds}  # as a contender
