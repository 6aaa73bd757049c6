"""Windows of a row of tokens, read by their number: nothing is laid out in memory but the tokens themselves.

Each pass over the text cuts it into windows of `context` tokens side by side, from an offset of its own, and visits
them in an order of its own. Both depend on (seed, pass) alone, so a resumed run needs no state to go on with them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from netwright.core.seeds import derive_seed
from netwright.training.losses import LossFunction

Rows = Int[Tensor, " batch"]


class Windows(nn.Module):
    """Asks a language network for the windows whose rows of an epoch are named."""

    def __init__(self, network: nn.Module, tokens: NDArray[Any], seed: int, rows: int) -> None:
        super().__init__()
        self.network, self.context = network, int(network.context)  # type: ignore[arg-type]
        self.plan = Plan(tokens, self.context, seed, rows)

    def forward(self, rows: Rows) -> Float[Tensor, "batch place token"]:
        logits: Tensor = self.network(self.plan.read(rows)[:, :-1])
        return logits


class Plan:
    """Where the windows of each epoch begin."""

    def __init__(self, tokens: NDArray[Any], context: int, seed: int, rows: int) -> None:
        self.tokens, self.context, self.seed, self.rows = tokens, context, seed, rows
        self.starts: NDArray[np.int64] = np.zeros(0, np.int64)
        self.on_device: tuple[Tensor, Tensor] | None = None  # tokens and starts, where a GPU reads them
        self.begin_epoch(1)

    @property
    def in_a_pass(self) -> int:
        """Windows of one pass; one of `context` tokens is followed by the token to foretell last."""
        return max(1, (len(self.tokens) - self.context) // self.context)

    def begin_epoch(self, epoch: int) -> None:
        """Find the windows of `epoch`, from 1: those that follow the ones of the epoch before."""
        number = np.arange((epoch - 1) * self.rows, epoch * self.rows)
        which, place = np.divmod(number, self.in_a_pass)
        self.starts = np.concatenate([self._of_pass(int(k))[place[which == k]] for k in np.unique(which)])
        if self.on_device is not None:
            self.on_device[1].copy_(torch.from_numpy(self.starts))  # in place: recorded steps read there

    def read(self, rows: Rows) -> Int[Tensor, "batch places"]:
        """Return the tokens of windows, and the one after each."""
        if rows.is_cuda:
            return self.read_there(rows)
        places = self.starts[rows.cpu().numpy()][:, None] + np.arange(self.context + 1)
        return torch.from_numpy(self.tokens[places].astype(np.int64)).to(rows.device)

    def read_there(self, rows: Rows) -> Int[Tensor, "batch places"]:
        """The same from tokens that lie on the rows' device, so that a step waits for nothing of the host."""
        if self.on_device is None:
            kept = torch.from_numpy(self.tokens.astype(np.int32)).to(rows.device)
            self.on_device = kept, torch.from_numpy(self.starts).to(rows.device)
        tokens, starts = self.on_device
        places = starts[rows].unsqueeze(1) + torch.arange(self.context + 1, device=rows.device)
        return tokens[places].long()

    def _of_pass(self, number: int) -> NDArray[np.int64]:
        generator = np.random.default_rng(derive_seed(self.seed, "windows", number))
        spare = len(self.tokens) - 1 - self.in_a_pass * self.context
        offset = generator.integers(0, max(1, min(self.context, spare + 1)))
        return offset + self.context * generator.permutation(self.in_a_pass)


def token_loss(plan: Plan) -> LossFunction:
    """Return the mean of -log p of the token after each place, in nats; targets are rows, as of `Windows`."""

    def measure(logits: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
        assert weights is None, "windows count alike"
        return cross_entropy(logits.flatten(0, 1), plan.read(targets)[:, 1:].flatten())

    return measure


def follow(windows: Windows) -> Callable[[int], None]:
    """Return what `fit` calls as each epoch begins."""
    return windows.plan.begin_epoch
