"""Integrated gradients: each number's share of the way from a reference to a row, added up along the straight line.

amount_i = (x_i - b_i) * integral over a from 0 to 1 of dF/dx_i (b + a (x - b)). Their sum is F(x) - F(b): the integral
is taken by Gauss-Legendre, and as F is known at both ends of every stretch of the line, a stretch whose sum is off is
cut in two, until what is off in all is at most TOLERANCE of the difference. So steps lie where the network bends.

Source: M. Sundararajan, A. Taly, Q. Yan, Axiomatic attribution for deep networks, 2017; several references averaged:
G. Erion and others, Improving performance of deep learning models with axiomatic attribution priors and expected
gradients, 2021.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from netwright.explanation.question import Question, apart, block_of, taken
from netwright.explanation.reading import Inputs, Leaves

TOLERANCE = 0.01  # of |F(x) - F(b)|, that the amounts may miss
ENOUGH = 0.9  # of TOLERANCE, that is cut for
ROUNDS = 60  # of cutting in two
FEWER = 2  # points at which the halves of a stretch are looked at
NODES = 256  # points at which the lines from all references of a row are looked at first, 2 to 32 on each
MOST_NODES = 32
HIDDEN = 0.3  # of the mean |F(x) - F(b)| of single references, that gaps may come to where they cancel
TOGETHER = 4  # blocks of points, whose lines are cut in the same rounds: the last rounds are of few
LEAST = 0.1  # of the mean |F(x) - F(b)| of single references: below it the difference is taken to be this


@dataclass(frozen=True)
class Attributed:
    """Amounts of numbers, and what they should add up to."""

    amounts: Leaves  # [rows, places]: of an input the numbers themselves, of a look-up each of its vectors
    output: Float[Tensor, " rows"]
    reference: Float[Tensor, " rows"]  # mean over the references
    gap: Float[Tensor, " rows"]  # share of |output - reference| by which the amounts miss it; nan where nothing is held
    points: int = 0  # at which gradients were taken


@dataclass
class _Stretches:
    """Stretches of lines, F at both ends, and once they were summed what was found."""

    pair: Int[Tensor, " stretches"]
    start: Float[Tensor, " stretches"]
    end: Float[Tensor, " stretches"]
    at_start: Float[Tensor, " stretches"]
    at_end: Float[Tensor, " stretches"]

    def those(self, chosen: Tensor) -> "_Stretches":
        return _Stretches(
            self.pair[chosen], self.start[chosen], self.end[chosen], self.at_start[chosen], self.at_end[chosen]
        )

    def beside(self, others: "_Stretches") -> "_Stretches":
        pair, start, end, at_start, at_end = map(torch.cat, zip(self.all, others.all, strict=True))
        return _Stretches(pair, start, end, at_start, at_end)

    @property
    def all(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        return self.pair, self.start, self.end, self.at_start, self.at_end


@dataclass(frozen=True)
class _Lines:
    """The lines of some rows, all references of each beside each other."""

    question: Question
    inputs: Inputs  # [pairs, ...]
    here: Leaves
    there: Leaves  # of the references
    rows: Int[Tensor, " pairs"]

    def points(self, pairs: Tensor, shares: Tensor) -> Leaves:
        return tuple(
            b[pairs] + shares.view(-1, *[1] * (b.ndim - 1)).to(b) * (x - b)[pairs]
            for x, b in zip(self.here, self.there, strict=True)
        )

    @torch.no_grad()
    def evidence(self, pairs: Tensor, shares: Tensor) -> Tensor:
        asked = self.question.at(taken(self.inputs, pairs.cpu()), self.points(pairs, shares), self.rows[pairs])
        return asked.double()

    def products(self, pairs: Tensor, shares: Tensor) -> Leaves:
        """Return gradient times difference at points, of vectors their sum."""
        leaves = self.points(pairs, shares)
        gradients = self.question.gradients(taken(self.inputs, pairs.cpu()), leaves, self.rows[pairs])
        floats = len(self.question.reading.floats)
        found = [
            torch.nan_to_num(x - b)[pairs] * slope for x, b, slope in zip(self.here, self.there, gradients, strict=True)
        ]
        return tuple(
            (one if number < floats else one.sum(dim=-1)).flatten(1).double() for number, one in enumerate(found)
        )


def integrated_gradients(
    question: Question, inputs: Inputs, references: Inputs, nodes: int | None = None, rounds: int = ROUNDS
) -> Attributed:
    """Return the amount of each number that the network reads, the mean over the references.

    Args:
        question: the network, and the evidence that is explained.
        inputs: rows.
        references: as many for each row, those of a row one after another [rows * references, ...].
        nodes: points of the Gauss-Legendre rule on each stretch; None: by the number of references.
        rounds: of cutting in two; 0: none.
    """
    rows, each = len(inputs[0]), len(references[0]) // max(1, len(inputs[0]))
    nodes = min(MOST_NODES, max(2, NODES // each)) if nodes is None else nodes
    step = block_of(inputs, each, TOGETHER)
    found = [
        _block(question, (inputs, references), torch.arange(at, min(rows, at + step)), (each, nodes, rounds))
        for at in range(0, rows, step)
    ]
    return _joined(found)


def _block(
    question: Question, sides: tuple[Inputs, Inputs], rows: Int[Tensor, " rows"], how: tuple[int, int, int]
) -> Attributed:
    each, nodes, rounds = how
    pairs = rows.repeat_interleave(each)
    inputs = taken(sides[0], pairs)
    others = taken(sides[1], slice(int(rows[0]) * each, (int(rows[-1]) + 1) * each))
    reading = question.reading
    lines = _Lines(question, inputs, reading.leaves(inputs), reading.leaves(others), pairs.to(reading.device))
    return _integrate(lines, each, nodes, rounds)


def _integrate(lines: _Lines, each: int, nodes: int, rounds: int) -> Attributed:
    every = torch.arange(len(lines.rows), device=lines.here[0].device)
    start, end = (torch.full((len(every),), share, device=every.device) for share in (0.0, 1.0))
    first, last = _asked(lines, every, start), _asked(lines, every, end)
    wanted, whatever_sign = _allowed(first, last, each)
    stretches = _Stretches(every, start, end, first, last)
    sums, gaps = _summed(lines, stretches, nodes)
    points = nodes * len(gaps)
    for _ in range(rounds):
        worst = _to_cut(stretches.pair // each, gaps / each, wanted, whatever_sign)
        if not worst.any():
            break
        halves = _cut(lines, stretches.those(worst))
        more, rest = _summed(lines, halves, min(nodes, FEWER))
        points += min(nodes, FEWER) * len(rest)
        stretches, gaps = stretches.those(~worst).beside(halves), torch.cat([gaps[~worst], rest])
        sums = tuple(torch.cat([old[~worst], new]) for old, new in zip(sums, more, strict=True))
    row = stretches.pair // each
    means = tuple(_by_row(one, row, len(wanted)) / each for one in sums)
    output, reference = (apart(one, each).mean(dim=1) for one in (last, first))
    gap = (_by_row(gaps, row, len(wanted)) / each).abs() / wanted * TOLERANCE
    return Attributed(means, output, reference, gap, points)


def _by_row(values: Float[Tensor, "stretches ..."], row: Int[Tensor, " stretches"], rows: int) -> Tensor:
    return values.new_zeros(rows, *values.shape[1:]).index_add_(0, row, values)


def _allowed(first: Tensor, last: Tensor, each: int) -> tuple[Float[Tensor, " rows"], Float[Tensor, " rows"]]:
    """Return by how much the amounts of each row may miss, and by how much its stretches, whatever their signs.

    The first is TOLERANCE of what the amounts should add up to; the second HIDDEN of what they add up to reference by
    reference, where one may speak for and another against.
    """
    differences = apart(last - first, each)
    usual = differences.abs().mean(dim=1)
    noise = 1e-5 * (1.0 + apart(last, each).abs().mean(dim=1))  # of single precision
    wanted = torch.maximum(torch.maximum(differences.mean(dim=1).abs(), LEAST * usual), noise)
    return TOLERANCE * wanted, HIDDEN * torch.maximum(usual, noise)


def _to_cut(row: Int[Tensor, " stretches"], gaps: Tensor, wanted: Tensor, whatever_sign: Tensor) -> Tensor:
    """Return which stretches to cut: the worst of each row that is still off.

    Of a row the signed gaps of all stretches count, and a tenth of what is allowed is left; only stretches that are off
    to the same side as the row are cut for it. That none hides behind another, their absolute values together are held
    to a limit as well.
    """
    signed, together = (_by_row(one, row, len(wanted)) for one in (gaps, gaps.abs()))
    hiding = together > whatever_sign
    off = (signed.abs() > ENOUGH * wanted) | hiding
    leading = torch.where(hiding[row], gaps.abs(), gaps * signed.sign()[row])
    largest = torch.zeros_like(wanted).scatter_reduce(0, row, leading.clamp(min=0.0), "amax")
    return off[row] & (leading >= 0.5 * largest[row]) & (leading > 0.0)


def _summed(lines: _Lines, todo: _Stretches, nodes: int) -> tuple[Leaves, Tensor]:
    """Return the sums over each stretch, and by how much they miss what F gains on it."""
    places, weights = np.polynomial.legendre.leggauss(nodes)
    size = block_of(lines.inputs, nodes)
    found: list[Leaves] = []
    for at in range(0, len(todo.pair), size):
        part = slice(at, at + size)
        start, width = todo.start[part], (todo.end - todo.start)[part]
        shares = start.unsqueeze(1) + width.unsqueeze(1) * torch.tensor((1.0 + places) / 2.0).to(start)
        products = lines.products(todo.pair[part].repeat_interleave(nodes), shares.flatten())
        each = torch.tensor(weights / 2.0).to(products[0].device) * width.double().unsqueeze(1)
        found.append(tuple((apart(one, nodes) * each.unsqueeze(2)).sum(dim=1) for one in products))
    sums = tuple(torch.cat(parts) for parts in zip(*found, strict=True))
    total = sum(one.sum(dim=1) for one in sums)
    return sums, (todo.at_end - todo.at_start) - total


def _cut(lines: _Lines, whole: _Stretches) -> _Stretches:
    middle = (whole.start + whole.end) / 2.0
    between = _asked(lines, whole.pair, middle)
    left = _Stretches(whole.pair, whole.start, middle, whole.at_start, between)
    return left.beside(_Stretches(whole.pair, middle, whole.end, between, whole.at_end))


def _asked(lines: _Lines, pairs: Int[Tensor, " points"], shares: Float[Tensor, " points"]) -> Tensor:
    """Return F at points of lines, a block at a time."""
    size = block_of(lines.inputs)
    blocks = [slice(at, at + size) for at in range(0, len(pairs), size)]
    return torch.cat([lines.evidence(pairs[block], shares[block]) for block in blocks])


def _joined(blocks: list[Attributed]) -> Attributed:
    amounts = tuple(torch.cat(parts) for parts in zip(*(block.amounts for block in blocks), strict=True))
    output, reference, gap = (
        torch.cat([getattr(block, name) for block in blocks]) for name in ("output", "reference", "gap")
    )
    return Attributed(amounts, output, reference, gap, sum(block.points for block in blocks))
