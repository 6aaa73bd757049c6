"""PyTorch Lightning: a LightningModule, a DataLoader and a Trainer that neither logs nor saves nor shows progress."""

import logging
import time
import warnings

import lightning
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from peers.work import BATCH, RATE, Epoch, Rows, Work, loss_after, plain_network

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)  # it tells of accelerators that are not there


class Classifier(lightning.LightningModule):
    def __init__(self, work: Work) -> None:
        super().__init__()
        self.network = plain_network(work)

    def training_step(self, batch: list[Tensor], _index: int) -> Tensor:
        x, y = batch
        return functional.cross_entropy(self.network(x), y)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=RATE)


class Ends(lightning.Callback):
    """When each epoch ended."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_train_epoch_end(self, *_of_what: object) -> None:
        self.times.append(time.perf_counter())


def epoch(work: Work, rows: Rows) -> Epoch:
    classifier, ends = Classifier(work), Ends()
    quiet = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises worker processes, which cost more than these rows
        trainer = lightning.Trainer(max_epochs=2, accelerator="cpu", callbacks=[ends], **quiet)
        trainer.fit(classifier, DataLoader(TensorDataset(*rows), batch_size=BATCH, shuffle=True))
    first, second = ends.times
    return Epoch(second - first, loss_after(classifier.network, rows))
