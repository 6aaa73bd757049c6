"""What may help a training: the changes that its findings name, causes first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netwright.core.findings import Finding
from netwright.diagnosis.case import Case
from netwright.diagnosis.doctor import examine
from netwright.diagnosis.illness import Change
from netwright.diagnosis.illnesses import ILLNESSES

MOST_WHOLES = 3  # that have a remedy of each finding
PARTNERS = (  # of any remedy
    Change("learning_rate", 10.0, "multiply the learning rate by 10"),
    Change("epochs", 4.0, "train four times as long"),
    Change("learning_rate", 0.1, "divide the learning rate by 10"),
)


@dataclass(frozen=True)
class Remedy:
    """A change, or some that are made together, and the finding that it is for."""

    changes: tuple[Change, ...]
    finding: str

    @property
    def words(self) -> str:
        return ", and ".join(change.words for change in self.changes)

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(change.setting for change in self.changes)

    @property
    def values(self) -> tuple[tuple[str, object], ...]:
        return tuple((change.setting, change.value) for change in self.changes)


def remedies(findings: Sequence[Finding], case: Case | None) -> Iterator[Remedy]:
    """Yield what may help, the first finding's first, each change once; those of notes after the others."""
    signs = examine(case) if case is not None else {}
    seen: list[tuple[str, object]] = []
    for finding in sorted(findings, key=lambda finding: not finding.serious):
        illness = ILLNESSES.get(finding.code)
        own = signs[finding.code].changes if finding.code in signs else ()
        for change in (*own, *(illness.remedies if illness else ())):
            if (change.setting, change.value) not in seen:
                seen.append((change.setting, change.value))
                yield Remedy((change,), finding.code)


def together(waiting: Sequence[Remedy]) -> Iterator[Remedy]:
    """Yield remedies to be made together, where none helps alone: one of each finding, the first ones first; pairs.

    A mended training may want another rate, as where gradients that were never cleared were its momentum, or more
    steps, as where batches are larger: those are the last partners of each.
    """
    own: dict[str, list[Remedy]] = {}
    for remedy in waiting:
        own.setdefault(remedy.finding, []).append(remedy)
    wholes = [joined([some[min(rank, len(some) - 1)] for some in own.values()]) for rank in range(MOST_WHOLES)]
    yield from {whole.values: whole for whole in wholes if len(whole.changes) > 2}.values()
    partners = [*waiting, *(Remedy((partner,), "") for partner in PARTNERS)]
    pairs = ((one, other) for one in range(len(waiting)) for other in range(one + 1, len(partners)))
    seen: set[tuple[tuple[str, object], ...]] = set()
    for one, other in sorted(pairs, key=sum):
        pair = joined([waiting[one], partners[other]])
        if len(pair.changes) == 2 and pair.values not in seen:
            seen.add(pair.values)
            yield pair


def joined(parts: Sequence[Remedy]) -> Remedy:
    """Return the remedies as one; of two that set the same thing the first."""
    changes: dict[str, Change] = {}
    for change in (change for part in parts for change in part.changes):
        changes.setdefault(change.setting, change)
    return Remedy(tuple(changes.values()), parts[0].finding)
