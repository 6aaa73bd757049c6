"""Explanations of anybody's PyTorch network, with nothing known of it but its inputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import torch
from jaxtyping import Int
from torch import Tensor, nn

from netwright.core.errors import ContractError
from netwright.core.explanations import Explanation
from netwright.explanation.amounts import amounts_of, follows_gradients
from netwright.explanation.asked import Asked, Pieces
from netwright.explanation.image_pieces import image_pieces
from netwright.explanation.parts import parts_of_row
from netwright.explanation.question import Evidence, Question
from netwright.explanation.reading import Inputs, Reading
from netwright.explanation.trust import trust_in
from netwright.training.predict import evaluating

MOST_PARTS = 1024
TESTED = 20  # rows that all tests are made of


@dataclass(frozen=True)
class Naming:
    """How what a network reads and answers is called."""

    parts: Sequence[str] = ()  # of the places of a row, all inputs one after another
    classes: Sequence[str] = ()  # where its outputs are logits: one for two classes, or one a class
    unit: str = "the output"  # of values


def explain_module(
    module: nn.Module,
    inputs: Tensor | Inputs,
    baseline: Tensor | Inputs | None = None,
    method: str = "auto",
    naming: Naming | None = None,
    seed: int = 0,
) -> tuple[Explanation, ...]:
    """Explain what a network says of rows.

    Args:
        module: takes `inputs` as its positional arguments, rows first, and answers [n], [n, 1] or [n, outputs].
        inputs: numbers, whole numbers that it looks up vectors for, or both.
        baseline: what rows are compared with: any number of rows of the same shape, of which the mean is taken. None:
            zeros, of whole numbers slot 0.
        method: a name of METHODS, or "auto".
        naming: of parts and classes. Without classes the greatest output of each row is explained as a value.
        seed: of what is drawn.

    Returns:
        An explanation of each row, whose parts are the places of its inputs, or blocks of an image [n, c, h, w].

    Raises:
        ContractError: inputs do not fit together.
        RecipeError: the method is unknown or needs a network of ours.

    >>> found = explain_module(nn.Linear(2, 1), torch.ones(1, 2))
    >>> [part.name for part in found[0].parts]
    ['place 1', 'place 2']
    """
    rows = inputs if isinstance(inputs, tuple) else (inputs,)
    others = _references(rows, baseline)
    named = naming or Naming()
    with evaluating(module):
        asked = _asked(module, rows, others, named)
        taken, why = (method, "asked for") if method != "auto" else _choose(asked)
        found = amounts_of(asked, taken, seed)
        answers = _answers(asked, named)
        trust = trust_in(asked, found, lambda other: amounts_of(other, taken, seed), TESTED)
    against = "zeros" if baseline is None else f"the mean over {asked.each} rows" if asked.each > 1 else "one row"
    return tuple(
        Explanation(
            row=row + 1, answer=answers[row], method=taken, why=why, unit=_unit(answers[row], named),
            output=float(found.output[row]), reference=float(found.reference[row]),
            parts=parts_of_row(asked.pieces[row], found, row), checks=one.checks, against=against,
            deletion=one.deletion, insertion=one.insertion,
        )
        for row, one in enumerate(trust)
    )  # fmt: skip


def _references(rows: Inputs, baseline: Tensor | Inputs | None) -> Inputs:
    if not rows or not len(rows[0]) or any(len(tensor) != len(rows[0]) for tensor in rows):
        raise ContractError("explain: expected inputs of as many rows each, at least one, got others; bring rows first")
    if baseline is None:
        return tuple(torch.zeros_like(tensor) for tensor in rows)
    others = baseline if isinstance(baseline, tuple) else (baseline,)
    if [one.shape[1:] for one in others] != [one.shape[1:] for one in rows]:
        shapes = [tuple(one.shape[1:]) for one in (*rows, *others)]
        raise ContractError(f"explain: expected a baseline of the inputs' shape, got {shapes}; bring rows like them")
    return tuple(
        one.to(own.dtype).repeat(len(rows[0]), *[1] * (one.ndim - 1)) for one, own in zip(others, rows, strict=True)
    )


def _asked(module: nn.Module, rows: Inputs, others: Inputs, naming: Naming) -> Asked:
    reading = Reading(module, rows)
    pieces = place_pieces(rows, naming.parts)
    plain = Asked(Question(reading, Evidence()), rows, others, (pieces,) * len(rows[0]))
    with torch.no_grad():
        said = reading.answers(rows).reshape(len(rows[0]), -1).cpu()
    greatest = said.argmax(dim=1)
    evidence = Evidence(columns=greatest)
    if naming.classes:
        evidence = Evidence(classes=_classes(said, naming.classes))
    return Asked(Question(reading, evidence), plain.inputs, plain.references, plain.pieces)


def _classes(said: Tensor, classes: Sequence[str]) -> Int[Tensor, " rows"]:
    outputs = said.shape[1]
    if len(classes) != (2 if outputs == 1 else outputs):
        raise ContractError(f"explain: expected a name for each class, got {len(classes)} for {outputs} outputs")
    return (said[:, 0] > 0).long() if outputs == 1 else said.argmax(dim=1)


def _answers(asked: Asked, naming: Naming) -> list[str]:
    evidence = asked.question.evidence
    if evidence.classes is not None:
        return [naming.classes[number] for number in evidence.classes.tolist()]
    assert evidence.columns is not None
    return [f"output {number + 1}" for number in evidence.columns.tolist()]


def _unit(answer: str, naming: Naming) -> str:
    return f"log-odds of {answer}" if naming.classes else naming.unit


def place_pieces(rows: Inputs, names: Sequence[str]) -> Pieces:
    """Return every place of a row as a part, or the blocks of a single image."""
    if len(rows) == 1 and rows[0].ndim == 4 and not names:
        return image_pieces(rows, 0)
    sizes = [tensor[0].numel() for tensor in rows]
    if (total := sum(sizes)) > MOST_PARTS:
        raise ContractError(f"explain: expected at most {MOST_PARTS:,} places in a row, got {total:,}; hand it fewer")
    if names and len(names) != total:
        raise ContractError(f"explain: expected a name for each of {total} places of a row, got {len(names)}")
    shares, at = [], 0
    for tensor, size in zip(rows, sizes, strict=True):
        shares.append(torch.eye(total)[:, at : at + size].reshape(total, *tensor.shape[1:]))
        at += size
    return Pieces(tuple(names) or tuple(_place_names(rows)), tuple(shares))


def _place_names(rows: Inputs) -> list[str]:
    many, found = len(rows) > 1, []
    for number, tensor in enumerate(rows, 1):
        places = product(*(range(1, size + 1) for size in tensor.shape[1:]))
        of = f" of input {number}" if many else ""
        found += [f"place {', '.join(map(str, place))}{of}" for place in places]
    return found


def _choose(asked: Asked) -> tuple[str, str]:
    if follows_gradients(asked):
        return "integrated gradients", "gradients reach all that this network reads, and its amounts add up"
    return "occlusion", "a part of this network has no gradient, so its answers are asked without each part"
