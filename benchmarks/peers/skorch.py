"""skorch: NeuralNetClassifier around the same network, without its validation split and its printing."""

import time

import torch
from skorch import NeuralNetClassifier
from torch import nn

from peers.work import BATCH, RATE, Epoch, Rows, Work, loss_after, plain_network


def epoch(work: Work, rows: Rows) -> Epoch:
    x, y = rows
    classifier = NeuralNetClassifier(
        plain_network(work),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=RATE,
        max_epochs=1,
        batch_size=BATCH,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    classifier.partial_fit(x, y)
    start = time.perf_counter()
    classifier.partial_fit(x, y)
    return Epoch(time.perf_counter() - start, loss_after(classifier.module_, rows))
