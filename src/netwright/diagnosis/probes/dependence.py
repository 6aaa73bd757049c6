"""What an answer depends on that it should not know: the other rows of its batch, and what comes after it in time."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from netwright.diagnosis.probes.probing import FOREIGN
from netwright.diagnosis.programs.program import Program

ROWS = 32  # of a batch, at most
FEWEST = 4
QUARTERS, HALF = 4, 0.5
SHIFTED = 0.9  # share of targets that are the next input, from which on the next input is what is asked for


def row_dependence(program: Program) -> float | None:
    """Return by how much a row's answer changes, as a share of the answers' spread, when others of its batch change.

    The network is as it was before training, in evaluation mode. None where every step reads all rows, as of a graph,
    and where its answers have no row each.
    """
    count = min(program.batch_size, ROWS, program.rows.rows // 2)
    if count < FEWEST or program.batch_size >= program.rows.rows:
        return None
    half = count // 2
    here, there = (program.rows.at(torch.arange(count) + shift).inputs for shift in (0, count))
    first = [torch.cat([a[:half], b[half:]]) for a, b in zip(here, there, strict=True)]
    second = [torch.cat([b[:half], a[half:]]) for a, b in zip(here, there, strict=True)]
    plain, one, other = (_answers(program, inputs) for inputs in (here, first, second))
    if plain is None or one is None or other is None or len(plain) != count:
        return None
    return _greatest((plain[:half], one[:half]), (plain[half:], other[half:]))


def future_dependence(program: Program) -> float | None:
    """Return by how much answers up to the middle change when what comes after it is replaced, as a share of theirs.

    None where the targets are not the inputs of the next moment: then what comes later may well be known.
    """
    series, targets = program.rows.inputs[0], program.rows.targets
    if len(program.rows.inputs) > 1 or not _asks_for_the_next(series, targets):
        return None
    count, middle = min(ROWS, len(series) // 2), series.shape[1] // 2
    here, there = series[:count], series[count : 2 * count]
    changed = torch.cat([here[:, : middle + 1], there[:, middle + 1 :]], dim=1)
    plain, other = _answers(program, (here,)), _answers(program, (changed,))
    if plain is None or other is None or plain.dim() < 2 or plain.shape != other.shape:
        return None
    if plain.shape[1] != series.shape[1]:
        plain, other = plain.movedim(-1, 1), other.movedim(-1, 1)
    if plain.shape[1] != series.shape[1]:
        return None
    return _greatest((plain[:, : middle + 1], other[:, : middle + 1]))


def unread_share(program: Program) -> float | None:
    """Return the share of a sequence's steps that can be replaced by those of other rows without any answer changing.

    Taken in quarters. None where rows are no sequences [rows, steps(, features)], and where nothing changes an answer.
    """
    series = program.rows.inputs[0]
    few = series.dim() != 3 and (series.dim() != 2 or series.is_floating_point())
    if len(program.rows.inputs) > 1 or few or series.shape[1] < QUARTERS or len(series) < 2 * FEWEST:
        return None
    count = min(ROWS, len(series) // 2)
    here, there = series[:count], series[count : 2 * count]
    plain = _answers(program, (here,))
    if plain is None:
        return None
    quarters = torch.arange(series.shape[1]).chunk(QUARTERS)
    unread = [_is_unread(program, plain, (here, there), quarter) for quarter in quarters]
    return sum(unread) / len(unread) if not all(unread) else None


def _is_unread(program: Program, plain: Tensor, rows: tuple[Tensor, Tensor], part: Tensor) -> bool:
    """Whether other values at these steps, of at least half of the rows, leave all answers as they are."""
    here, there = rows
    changed = here.clone()
    changed[:, part] = there[:, part]
    differ = (changed != here).flatten(1).any(1).double().mean()
    other = _answers(program, (changed,)) if float(differ) >= HALF else None
    return other is not None and torch.equal(plain, other)


def _asks_for_the_next(series: Tensor, targets: Tensor) -> bool:
    if series.dim() < 2 or series.shape[1] < FEWEST or len(series) < 2 or targets.shape != series.shape:
        return False
    before = targets[:, :-1]
    asked = (before >= 0) | torch.tensor(before.is_floating_point())  # class numbers below 0 do not count
    same = (before == series[:, 1:])[asked]
    return bool(asked.any()) and float(same.double().mean()) >= SHIFTED


def _answers(program: Program, inputs: Sequence[Tensor]) -> Tensor | None:
    """Return what a fresh network says in evaluation mode; None where it does not take these rows."""
    with torch.random.fork_rng([]), torch.no_grad():
        torch.default_generator.manual_seed(0)
        try:
            said: Tensor = program.build(0).eval()(*inputs)
        except FOREIGN:
            return None
    return said.double() if bool(torch.isfinite(said).all()) else None


def _greatest(*pairs: tuple[Tensor, Tensor]) -> float | None:
    spread = max(float(before.std(correction=0)) for before, _ in pairs)
    change = max(float((before - after).abs().max()) for before, after in pairs)
    return change / spread if spread > 0.0 and math.isfinite(change / spread) else None
