"""Training and evaluation rows compared: whether they can be told apart, what gives the target away, wrong labels."""

from dataclasses import dataclass

import torch
from torch import Tensor

from netwright.diagnosis.case import TaskKind
from netwright.diagnosis.programs.coding import is_one_hot
from netwright.diagnosis.watching.targets import class_numbers

MOST_ROWS = 1000  # of each kind
MOST_FEATURES = 256
FEWEST_ROWS = 30
FOLDS = 2
FEWEST_LABELS = 100
NEIGHBOURS = 15
FORETOLD = 0.5  # share of other rows' labels
RIDGE = 1e-2  # of the features' variance
STANDS_OUT = 0.9  # share of the target that the second best feature may say: a series' neighbours all say much


@dataclass(frozen=True)
class Leak:
    """A feature that says the target by itself."""

    feature: str = ""  # "x3", by its position
    strength: float = 0.0  # share of the target's variance that it explains


def drift_of(training: Tensor, held: Tensor) -> float | None:
    """Return the AUC with which a linear classifier of features and squares tells two sets of rows apart.

    Half of the rows are told by what the other half taught, and the other way round.

    Args:
        training: [rows, ...], numbers.
        held: [rows, ...], of evaluations.

    Source: Lopez-Paz and Oquab, Revisiting classifier two-sample tests, 2017.
    """
    if not (training.is_floating_point() and held.is_floating_point()) or training.shape[1:] != held.shape[1:]:
        return None
    here, there = _columns(training), _columns(held)
    both = torch.cat([here, there])
    if min(len(here), len(there)) < FEWEST_ROWS or not bool(torch.isfinite(both).all()):
        return None
    told = torch.cat([torch.ones(len(here)), torch.zeros(len(there))]).double()
    scaled = (both - both.mean(0)) / both.std(0).clamp(min=1e-9)
    features = torch.cat([scaled, scaled.clamp(-5.0, 5.0) ** 2], 1)
    fold = torch.cat([torch.arange(len(here)), torch.arange(len(there))]) % FOLDS
    return sum(_told_apart(features, told, fold == number) for number in range(FOLDS)) / FOLDS


def leak_of(inputs: Tensor, target: Tensor, task: TaskKind) -> Leak:
    """Return the feature that explains most of a target, where no other explains nearly as much.

    Of classes it is the share of a feature's variance that lies between them, of values the squared correlation.
    """
    single = target.numel() == len(target) or (task in ("classes", "binary") and is_one_hot(target))
    flat = inputs.dim() == 2 and inputs.is_floating_point() and 2 < inputs.shape[1] <= MOST_FEATURES
    if not single or not flat or len(inputs) < FEWEST_ROWS or task not in ("classes", "binary", "values"):
        return Leak()
    chosen = spread_rows(len(inputs))
    columns, wanted = inputs[chosen].detach().cpu().double(), target[chosen].detach().cpu()
    if not bool(torch.isfinite(columns).all()):
        return Leak()
    said = explained(columns, wanted) if task == "values" else between(columns, class_numbers(wanted, wanted).flatten())
    best, second = said.topk(2).values.tolist()
    return Leak(f"x{int(said.argmax())}", best) if second < STANDS_OUT else Leak()


def noise_of(inputs: Tensor, target: Tensor, held: Tensor, held_target: Tensor) -> float | None:
    """Return the share of labels that look wrong: how much worse nearest rows foretell them than those of other rows.

    Both are foretold from the same training labels, a training row's without its own. None where rows are few, no
    numbers, or hardly foretold at all.
    """
    numbers = inputs.is_floating_point() and held.is_floating_point() and inputs.shape[1:] == held.shape[1:]
    if not numbers or min(len(inputs), len(held)) < FEWEST_LABELS:
        return None
    here, there = _columns(inputs), _columns(held)
    if not bool(torch.isfinite(torch.cat([here, there])).all()):
        return None
    middle, scale = here.mean(0), here.std(0).clamp(min=1e-9)
    here, there = (here - middle) / scale, (there - middle) / scale
    labels, asked = (_labels(part) for part in (target, held_target))
    near = torch.cdist(here, here).fill_diagonal_(torch.inf)
    own = _foretold(near, labels, labels)
    other = _foretold(torch.cdist(there, here), labels, asked)
    chance = 3.0 * (0.25 / len(own) + 0.25 / len(other)) ** 0.5
    right, known = float(own.double().mean()), float(other.double().mean())
    return 1.0 - right / known if known > FORETOLD and known - right > chance else 0.0


def _foretold(distances: Tensor, labels: Tensor, asked: Tensor) -> Tensor:
    """Return which labels are what most of the nearest rows carry: [rows]."""
    nearest = labels[distances.topk(min(NEIGHBOURS, len(labels) - 1), largest=False).indices]
    return nearest.mode(1).values == asked


def _labels(target: Tensor) -> Tensor:
    chosen = target[spread_rows(len(target))].detach().cpu()
    return class_numbers(chosen, chosen).flatten()


def explained(columns: Tensor, target: Tensor) -> Tensor:
    """Return each column's squared correlation with values."""
    values = target.double().flatten()
    apart, wanted = columns - columns.mean(0), values - values.mean()
    scale = apart.square().sum(0) * wanted.square().sum()
    return torch.where(scale > 0.0, (apart * wanted[:, None]).sum(0).square() / scale.clamp(min=1e-300), 0.0)


def between(columns: Tensor, classes: Tensor) -> Tensor:
    """Return the share of each column's variance that lies between classes."""
    overall = columns.mean(0)
    whole = (columns - overall).square().sum(0)
    apart = torch.zeros_like(whole)
    for number in torch.unique(classes):
        own = columns[classes == number]
        apart += len(own) * (own.mean(0) - overall).square()
    return torch.where(whole > 0.0, apart / whole.clamp(min=1e-300), 0.0)


def spread_rows(rows: int) -> Tensor:
    """Return the positions of at most 1,000 rows, evenly spread."""
    return torch.linspace(0, rows - 1, min(rows, MOST_ROWS)).long()


def _columns(rows: Tensor) -> Tensor:
    """Return at most so many rows and features, as double: [rows, features]."""
    flat = rows[spread_rows(len(rows))].detach().cpu().double().flatten(1)
    return (
        flat if flat.shape[1] <= MOST_FEATURES else flat[:, torch.linspace(0, flat.shape[1] - 1, MOST_FEATURES).long()]
    )


def _told_apart(features: Tensor, told: Tensor, asked: Tensor) -> float:
    """Return the AUC on some rows of what a ridge regression of the others says."""
    known, wanted = features[~asked], told[~asked]
    middle = known.mean(0)
    apart = known - middle
    spread = apart.T @ apart / len(apart) + RIDGE * torch.eye(apart.shape[1], dtype=torch.float64)
    slope = torch.linalg.solve(spread, apart.T @ (wanted - wanted.mean()) / len(apart))
    return auc((features[asked] - middle) @ slope, told[asked] > 0.5)


def auc(scores: Tensor, positive: Tensor) -> float:
    """Return the share of pairs in which the positive one has the higher score; ties count half."""
    above = scores[positive][:, None] - scores[~positive][None, :]
    return float((above > 0.0).double().mean() + 0.5 * (above == 0.0).double().mean())
