"""What a loss charges for the weights themselves, whatever was answered: penalties that users add to it by hand."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netwright.diagnosis.watching.names import tensors_in
from netwright.diagnosis.watching.reading import Reading
from netwright.diagnosis.watching.replay import Part, carried_out, parts_from
from netwright.diagnosis.watching.tape import Entry, Tape


def penalty_of(tape: Tape, reading: Reading) -> float:
    """Return the sum of the numbers, made of parameters alone, that are added between the output and the loss."""
    charged = [made for entry in reading.way if entry.name == "add" for made in _terms(tape, entry)]
    return sum((float(made.detach()) for made in charged), start=0.0)


def _terms(tape: Tape, entry: Entry) -> Iterator[Tensor]:
    """Yield the numbers that an addition takes and that parameters alone made."""
    for tensor in tensors_in(entry.arguments):
        origin = tape.origin(tensor)
        if origin is not None and origin.parameters and not origin.ops and tensor.numel() == 1:
            yield tensor


@dataclass(frozen=True)
class Penalty:
    """A penalty that was recorded, as a function of any network with the same parameters."""

    terms: tuple[tuple[Part, ...], ...]
    names: dict[int, str]  # of parameters, by the identity that they had

    def __call__(self, network: nn.Module) -> Tensor:
        named = dict(network.named_parameters())
        known = {number: named[name] for number, name in self.names.items()}
        return torch.stack([carried_out(list(parts), dict(known)).reshape(()) for parts in self.terms]).sum()


def penalty_again(tape: Tape, reading: Reading) -> Penalty | None:
    """Return what a loss charges for the weights as a function; None where it does not, or where that is not known."""
    names = tape.names.by_identity()
    results = [made for entry in reading.way if entry.name == "add" for made in _terms(tape, entry)]
    terms = [tuple(parts_from(tape.trace, list(names), made)) for made in results]
    return Penalty(tuple(terms), names) if terms and all(terms) else None
