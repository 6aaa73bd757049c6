"""The source document's script: DataLoader, coupled weight decay, `.item()` at every step."""

import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from peers.work import BATCH, RATE, Epoch, Rows, Work, loss_after, plain_network


def epoch(work: Work, rows: Rows) -> Epoch:
    loader = DataLoader(TensorDataset(*rows), batch_size=BATCH, shuffle=True)
    network = plain_network(work).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, weight_decay=1e-4)
    criterion = nn.CrossEntropyLoss()
    start = time.perf_counter()
    total = 0.0
    for batch_x, batch_y in loader:
        optimizer.zero_grad()
        loss = criterion(network(batch_x), batch_y)
        loss.backward()
        optimizer.step()
        total += loss.item() * batch_x.size(0)
    return Epoch(time.perf_counter() - start, loss_after(network, rows))
