"""What fitted networks say of new rows, in float64 so that a row's answer does not depend on the rows beside it."""

import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp

from netwright.core.devices import cpu_threads
from netwright.core.values import Task
from netwright.sklearn.inputs import answered_blocks
from netwright.sklearn.learning import Learned
from netwright.sklearn.parameters import NetworkParameters
from netwright.training.predict import predict_logits


def logits_of(estimator: NetworkParameters, learned: Learned, features: Any) -> NDArray[np.float64]:
    """Return float64 (networks, rows, outputs), computed on as many threads as the networks were trained on."""
    with cpu_threads(learned.recipe.training.threads):
        return _logits(estimator, learned, features)


def _logits(estimator: NetworkParameters, learned: Learned, features: Any) -> NDArray[np.float64]:
    networks = [copy.deepcopy(network).double().cpu() for network in learned.networks]
    pieces = [torch.empty(len(networks), 0, learned.outputs, dtype=torch.float64)]
    for numeric, categorical in answered_blocks(estimator, learned.contract, features):
        inputs = (torch.from_numpy(numeric).double(), torch.from_numpy(categorical))
        pieces.append(torch.stack([predict_logits(network, inputs) for network in networks]))
    return torch.cat(pieces, dim=1).numpy()


def log_probabilities(logits: NDArray[np.float64], task: Task) -> NDArray[np.float64]:
    """Return the log of the networks' mean probability of each class, float64 [rows, classes].

    log 1/m sum_i p_i = logsumexp_i log p_i - log m, which loses no digits where all p_i are small.
    """
    if task == "binary":
        logits = np.concatenate([np.zeros_like(logits), logits], axis=2)
    each = log_softmax(logits, axis=2)
    return np.asarray(logsumexp(each, axis=0) - np.log(len(logits)))


def mean_values(logits: NDArray[np.float64], learned: Learned) -> NDArray[np.float64]:
    """Return the networks' mean answer in y's own unit and shape."""
    assert learned.values is not None
    return learned.values.decode(logits.mean(axis=0), learned.recipe.preparation.clamp_target)
