"""The loop by hand with its network under `torch.compile`. It compiles once a network and process, with g++."""

from functools import cache
from typing import Any

import torch
from torch._dynamo.exc import BackendCompilerFailed

from peers.by_hand import second_epoch
from peers.work import RATE, AbsentError, Epoch, Rows, Work, plain_network


def epoch(work: Work, rows: Rows) -> Epoch:
    network = compiled(work)
    try:
        return second_epoch(network, torch.optim.Adam(network.parameters(), lr=RATE, fused=True), rows)
    except BackendCompilerFailed as error:
        raise AbsentError(f"torch.compile failed here: {str(error).splitlines()[0]}") from error


@cache
def compiled(work: Work) -> Any:
    """Return a network that is kept, and trained on, since another one would be compiled again."""
    return torch.compile(plain_network(work))
