"""The network of the recipe `convnet` as people write it: plain layers, float32, a DataLoader that changes images."""

import time
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torch.utils.data import DataLoader, Dataset

WIDTHS = (32, 128, 128)
FAR = 2  # pixels that an image is shifted


class Shifted(Dataset[tuple[Tensor, Tensor]]):
    """Bytes to numbers, a random shift and a random mirror image, one image after the other."""

    def __init__(self, pixels: Tensor, targets: Tensor) -> None:
        self.pixels, self.targets = pixels, targets

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, row: int) -> tuple[Tensor, Tensor]:
        image = (self.pixels[row].float() - 120.0) / 60.0
        side = image.shape[1]
        top, left = torch.randint(2 * FAR + 1, (2,)).tolist()
        image = pad(image, (FAR,) * 4, "reflect")[:, top : top + side, left : left + side]
        return image.flip(2) if torch.rand(()) < 0.5 else image, self.targets[row]


def plain_convnet(classes: int) -> nn.Module:
    """Return the same layers of the same sizes as the recipe's; the first weight is fixed there too."""
    first = nn.Conv2d(3, 24, 2)
    first.weight.requires_grad_(False)
    layers: list[nn.Module] = [first, nn.GELU()]
    for before, width in pairwise((24, *WIDTHS)):
        layers += [
            nn.Conv2d(before, width, 3, padding=1, bias=False),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(width),
            nn.GELU(),
        ]
        layers += [nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.GELU()]
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(WIDTHS[-1], classes))


def loop(pixels: Tensor, targets: Tensor, batch: int, steps: int) -> float:
    """Return the seconds that so many steps of a plain loop take, after one that warms up."""
    network = plain_convnet(int(targets.max()) + 1)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    began = 0.0
    for number, (images, truth) in enumerate(DataLoader(Shifted(pixels, targets), batch, shuffle=True)):
        if number == 1:
            began = time.perf_counter()
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(images), truth).backward()
        optimizer.step()
        if number == steps:
            break
    return time.perf_counter() - began


def lightning(pixels: Tensor, targets: Tensor, batch: int, steps: int) -> float:
    """The same in a LightningModule, by its Trainer; ImportError where it is not installed."""
    import lightning as pl

    marks: list[float] = []

    class Module(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network = plain_convnet(int(targets.max()) + 1)

        def training_step(self, rows: tuple[Tensor, Tensor], _number: int) -> Tensor:
            return nn.functional.cross_entropy(self.network(rows[0]), rows[1])

        def on_train_batch_end(self, *_: object) -> None:
            marks.append(time.perf_counter())

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.AdamW(self.parameters(), 1e-3)

    quiet = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    trainer = pl.Trainer(max_steps=steps + 1, accelerator="cpu", **quiet)
    trainer.fit(Module(), DataLoader(Shifted(pixels, targets), batch, shuffle=True))
    return marks[-1] - marks[0]
