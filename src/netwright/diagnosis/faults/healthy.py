"""Sound programs of every kind, a second or less each, to plant faults into: tables, images, series, tokens."""

import functools
import itertools
from collections.abc import Callable

import torch
from torch import Tensor, nn

from netwright.diagnosis.altering.data import scale_inputs, scale_targets
from netwright.diagnosis.faults import series
from netwright.diagnosis.programs.objectives import LOSSES
from netwright.diagnosis.programs.program import Program, Sample

HELD_OUT = 0.25
RATE = 3e-3  # of Adam, for networks as small as these


def mlp(sizes: tuple[int, ...], dropout: float = 0.0, batch_norm: bool = False) -> Callable[[int], nn.Module]:
    """Return what builds a network of these sizes, inputs and outputs included, with ReLU between."""

    def build(_seed: int) -> nn.Module:
        layers: list[nn.Module] = []
        for narrow, wide in itertools.pairwise(sizes[:-1]):
            layers += [nn.Linear(narrow, wide), *([nn.BatchNorm1d(wide)] if batch_norm else []), nn.ReLU()]
            layers += [nn.Dropout(dropout)] if dropout else []
        return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    return build


def cnn(_seed: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 10),
    )


@functools.cache
def table(name: str) -> tuple[Tensor, Tensor]:
    """Return one of scikit-learn's own data sets, rows in a fixed random order."""
    from sklearn import datasets

    loaded = getattr(datasets, f"load_{name}")()
    order = torch.randperm(len(loaded.target), generator=torch.Generator().manual_seed(0))
    targets = torch.tensor(loaded.target)[order]
    kept = targets.float()[:, None] if targets.is_floating_point() else targets.long()
    return torch.tensor(loaded.data, dtype=torch.float32)[order], kept


def split(inputs: Tensor, targets: Tensor) -> tuple[Sample, Sample]:
    """Return rows for training and for validation."""
    held = round(HELD_OUT * len(targets))
    return Sample((inputs[held:],), targets[held:]), Sample((inputs[:held],), targets[:held])


def program(name: str, build: Callable[[int], nn.Module], loss: str, rows: tuple[Sample, Sample]) -> Program:
    """Return a program with Adam, batches of 32 and ten epochs."""
    task = {"cross_entropy": "classes", "bce_with_logits": "binary", "mse": "values"}
    training, validation = rows
    return Program(
        name,
        build,
        LOSSES[loss],
        loss,
        training,
        task[loss],  # type: ignore[arg-type]
        validation,
        torch.optim.Adam,
        {"lr": RATE},
        32,
        10,
    )


def scaled(plain: Program) -> Program:
    return scale_inputs(plain, True) or plain


def digits() -> Program:
    """Ten classes of 8 x 8 digits, read as 64 numbers."""
    inputs, targets = table("digits")
    return program("digits", mlp((64, 64, 32, 10)), "cross_entropy", split(inputs / 16.0, targets))


def breast_cancer() -> Program:
    """Two classes, 30 numbers."""
    inputs, targets = table("breast_cancer")
    plain = program("breast cancer", mlp((30, 32, 16, 1)), "bce_with_logits", split(inputs, targets.float()[:, None]))
    return scaled(plain).but(epochs=16)


def wine() -> Program:
    """Three classes, 13 numbers, few rows."""
    plain = program("wine", mlp((13, 32, 16, 3)), "cross_entropy", split(*table("wine")))
    return scaled(plain).but(epochs=30, batch_size=16)


def diabetes() -> Program:
    """A value of 10 numbers, noisy."""
    plain = program("diabetes", mlp((10, 16, 1)), "mse", split(*table("diabetes")))
    whole = scaled(plain)
    return (scale_targets(whole, True) or whole).but(epochs=24).with_settings(lr=2e-3)


def images() -> Program:
    """The digits as images."""
    inputs, targets = table("digits")
    pictures = inputs.reshape(-1, 1, 8, 8) / 16.0
    return program("images", cnn, "cross_entropy", split(pictures, targets)).but(epochs=8)


def regularized() -> Program:
    """The digits again, with batch normalisation and dropout."""
    inputs, targets = table("digits")
    build = mlp((64, 64, 32, 10), dropout=0.2, batch_norm=True)
    return program("regularized", build, "cross_entropy", split(inputs / 16.0, targets))


def waves() -> Program:
    """Which of three frequencies a noisy series has, by an LSTM."""
    build = series.last_of("lstm", 1, 24, 3)
    return program("waves", build, "cross_entropy", split(*series.waves(900))).but(epochs=12).with_settings(lr=1e-2)


def next_value() -> Program:
    """The next value of a sum of two waves, by a GRU."""
    build = series.last_of("gru", 1, 24, 1)
    return program("next value", build, "mse", split(*series.next_values(900))).but(epochs=10).with_settings(lr=1e-2)


def tokens() -> Program:
    """Which of four tokens is most frequent, by a small Transformer."""
    return program("tokens", series.transformer, "cross_entropy", split(*series.most_frequent(1200)))


HEALTHY: dict[str, Callable[[], Program]] = {
    "digits": digits,
    "breast cancer": breast_cancer,
    "wine": wine,
    "diabetes": diabetes,
    "images": images,
    "regularized": regularized,
    "waves": waves,
    "next value": next_value,
    "tokens": tokens,
}
