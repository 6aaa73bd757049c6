"""How a network is asked about many mixtures of a few rows: its columns are encoded once, and mixed behind that.

A network of ours encodes each column apart from all others (waves, bins, embeddings, what a text or an image says)
before the first layer that joins them. Mixtures of encoded columns are then those of encoded mixtures, at a fraction of
the work. Other networks are asked whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor, nn

from netwright.explanation.players import Player
from netwright.networks.ensemble import Ensemble, average_logits
from netwright.networks.feedforward import MLP
from netwright.training.predict import predict_logits

Inputs = tuple[Tensor, ...]
Owner = Int[Tensor, "..."]  # the number of the player that each column belongs to


@dataclass(frozen=True)
class Reader:
    """Rows and background as they are mixed, who owns which column of them, and what answers to a mixture."""

    rows: Inputs
    background: Inputs
    owners: tuple[Owner, ...]
    answer: Callable[[Inputs], Tensor]


def owners_of(rows: Inputs, players: Sequence[Player]) -> tuple[Owner, ...]:
    """Return which player each column of each input belongs to; an image or series belongs to one as a whole."""
    columns = [torch.zeros(tensor.shape[1], dtype=torch.int64) for tensor in rows[:2]]
    third = [number for number, player in enumerate(players) if player.third]
    for number, player in enumerate(players):
        for owner, own in zip(columns, (player.numeric, player.categorical), strict=False):
            owner[list(own)] = number
    return (*columns, *(torch.tensor(number) for number in third))


@torch.inference_mode()
def reader_of(module: nn.Module, rows: Inputs, background: Inputs, owners: tuple[Owner, ...]) -> Reader:
    """Return the network in two parts where its own are known, else whole; it is left in evaluation mode."""
    module.eval()
    members = list(module.members) if isinstance(module, Ensemble) else [module]
    networks = [member for member in members if isinstance(member, MLP)]
    if len(networks) < len(members):
        return Reader(rows, background, owners, lambda inputs: predict_logits(module, inputs))
    own, others = (tuple(network.encode(*inputs) for network in networks) for inputs in (rows, background))

    def answer(inputs: Inputs) -> Tensor:
        said = [network.decide(part) for network, part in zip(networks, inputs, strict=True)]
        return average_logits(torch.stack(said), module.task) if isinstance(module, Ensemble) else said[0]

    return Reader(own, others, tuple(_behind(network, owners) for network in networks), answer)


def _behind(network: MLP, owners: tuple[Owner, ...]) -> Owner:
    """Return which player each encoded column belongs to, in the order in which the network lays them side by side."""
    numeric, categorical, *third = owners
    numbers = network.numeric_embedding
    if numbers is not None:
        numeric = torch.cat([numeric[numbers.columns].repeat_interleave(numbers.size), numeric[numbers.others]])
    parts = [numeric]
    at = len(categorical) - sum(network.words)
    for layer, columns in zip(network.texts, network.words, strict=True):
        parts.append(categorical[at].expand(int(layer.width)))  # type: ignore[arg-type]
        at += columns
    parts += [third[0].expand(layer.width) for layer in (network.images, network.series) if layer is not None]
    if network.embedding is not None:
        widths = [table.embedding_dim for table in network.embedding.embeddings()]
        parts.append(categorical[: len(widths)].repeat_interleave(torch.tensor(widths)))
    return torch.cat(parts)
