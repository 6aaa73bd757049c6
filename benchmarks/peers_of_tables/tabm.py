"""TabM by its public package, trained as its authors' example does.

Quantile transform, piecewise-linear embeddings of 48 bins, AdamW at 0.002, batches of 256, a fifth of the rows to stop
by, patience 16. It stops by the metric that leads the table. It forbids missing numbers and unseen categories: numbers
become the median, categories a code of their own.
"""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import rtdl_num_embeddings
import torch
from numpy.typing import NDArray
from sklearn.preprocessing import QuantileTransformer
from tabm import TabM
from torch import Tensor, nn

from peers_of_tables.problem import Floats, Problem, imputed, load_problem
from peers_of_tables.tables import Division

BINS, WIDTH, BATCH, RATE, DECAY, CLIP, PATIENCE = 48, 16, 256, 2e-3, 3e-4, 1.0, 16
Inputs = tuple[Tensor, Tensor | None]


@dataclass(frozen=True)
class Scaled:
    """The target as it is learnt; `back` undoes it."""

    learnt: Tensor
    mean: float = 0.0
    deviation: float = 1.0

    def back(self, logits: Tensor) -> Floats:
        """Return the mean over members of probabilities [n, classes] or values [n]."""
        if self.learnt.is_floating_point():
            return logits.squeeze(-1).mean(1).double().numpy() * self.deviation + self.mean
        return logits.softmax(-1).mean(1).double().numpy()


def measure(division: Division, seed: int) -> dict[str, float]:
    torch.manual_seed(seed)
    problem = load_problem(division)
    order = np.random.default_rng(seed).permutation(len(problem.train.truth))
    held, kept = np.split(order, [len(order) // 5])
    inputs, test = _inputs(problem, kept)
    target = _scaled(problem, kept)
    model = _model(problem, inputs, kept)
    parts = (_rows(inputs, kept), _rows(inputs, held))
    _train(model, problem, parts, (target, problem.train.truth[held]))
    return problem.score(target.back(_logits(model, test)))


def _inputs(problem: Problem, kept: NDArray[np.int64]) -> tuple[Inputs, Inputs]:
    """Return the inputs of training and test rows; a column that is constant on the rows kept is left out."""
    numbers, test_numbers = imputed(problem)
    varies = np.ptp(numbers[kept], axis=0) > 0
    quantiles = max(min(len(kept) // 30, 1000), 10)
    transform = QuantileTransformer(
        n_quantiles=quantiles, output_distribution="normal", subsample=10**9, random_state=0
    )
    noise = np.random.default_rng(0).normal(0.0, 1e-5, (len(kept), varies.sum()))
    transform.fit(numbers[kept][:, varies] + noise)

    def ready(values: Floats, codes: NDArray[np.int64]) -> Inputs:
        known = np.where(codes < 0, np.array(problem.cardinalities, dtype=np.int64), codes)
        moved = torch.tensor(transform.transform(values[:, varies]), dtype=torch.float32)
        return moved, torch.from_numpy(known) if problem.cardinalities else None

    return ready(numbers, problem.train.codes), ready(test_numbers, problem.test.codes)


def _scaled(problem: Problem, kept: NDArray[np.int64]) -> Scaled:
    truth = problem.train.truth[kept]
    if not problem.table.regression:
        return Scaled(torch.from_numpy(truth.astype(np.int64)))
    values = truth.astype(np.float64)
    mean, deviation = float(values.mean()), float(values.std())
    return Scaled(torch.tensor((values - mean) / deviation, dtype=torch.float32), mean, deviation)


def _model(problem: Problem, inputs: Inputs, kept: NDArray[np.int64]) -> nn.Module:
    bins = rtdl_num_embeddings.compute_bins(inputs[0][kept], n_bins=BINS)
    embeddings = rtdl_num_embeddings.PiecewiseLinearEmbeddings(bins, WIDTH, activation=False, version="B")
    model: nn.Module = TabM.make(
        n_num_features=inputs[0].shape[1],
        cat_cardinalities=[count + 1 for count in problem.cardinalities],
        d_out=max(1, len(problem.classes)),
        num_embeddings=embeddings,
    )
    return model


def _train(
    model: nn.Module, problem: Problem, parts: tuple[Inputs, Inputs], targets: tuple[Scaled, NDArray[np.generic]]
) -> None:
    """Train until the held-out rows have not got better for PATIENCE epochs, and go back to the best weights."""
    (learnt, held), (target, truth) = parts, targets
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    best, weights, left = -np.inf, deepcopy(model.state_dict()), PATIENCE
    while left >= 0:
        model.train()
        for batch in torch.randperm(len(target.learnt)).split(BATCH):
            optimizer.zero_grad()
            _loss(model(*_rows(learnt, batch)), target.learnt[batch]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimizer.step()
        score = problem.leading(truth, target.back(_logits(model, held)))
        left -= 1
        if score > best:
            best, weights, left = score, deepcopy(model.state_dict()), PATIENCE
    model.load_state_dict(weights)


def _loss(logits: Tensor, y: Tensor) -> Tensor:
    """Return the mean loss of all members [batch, members, outputs], each on its own."""
    members = logits.shape[1]
    if y.is_floating_point():
        return nn.functional.mse_loss(logits.squeeze(-1), y[:, None].expand(-1, members))
    return nn.functional.cross_entropy(logits.flatten(0, 1), y.repeat_interleave(members))


@torch.inference_mode()
def _logits(model: nn.Module, inputs: Inputs) -> Tensor:
    model.eval()
    pieces = torch.arange(len(inputs[0])).split(8096)
    return torch.cat([model(*_rows(inputs, piece)) for piece in pieces])


def _rows(inputs: Inputs, rows: Tensor | NDArray[np.int64]) -> Inputs:
    numbers, codes = inputs
    return numbers[rows], None if codes is None else codes[rows]
