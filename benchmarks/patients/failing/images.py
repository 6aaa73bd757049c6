"""The handwritten digits of $NETWRIGHT_DATA/mnist; scikit-learn's, brought to 784 numbers, where it is not there."""

import functools
import gzip
import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


@functools.cache
def digits(rows: int) -> tuple[Tensor, Tensor]:
    """Return so many rows of 784 numbers from 0 to 1, and one-hot classes."""
    folder = Path(os.environ.get("NETWRIGHT_DATA", "")) / "mnist"
    images = folder / "train-images-idx3-ubyte.gz"
    if images.exists():
        pixels = read(images, 16)[: rows * 784].reshape(-1, 784)
        labels = read(folder / "train-labels-idx1-ubyte.gz", 8)[:rows]
        return torch.tensor(pixels / np.float32(255.0)), one_hot(torch.tensor(labels))
    from sklearn.datasets import load_digits

    loaded = load_digits()
    small = torch.tensor(loaded.images[:rows], dtype=torch.float32)[:, None] / 16.0
    return functional.interpolate(small, size=28).flatten(1), one_hot(torch.tensor(loaded.target[:rows]))


def read(path: Path, header: int) -> np.ndarray:
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)


def one_hot(labels: Tensor) -> Tensor:
    return functional.one_hot(labels.long(), 10).float()
