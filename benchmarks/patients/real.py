"""The nine real failing trainings: what is said of each."""

from collections.abc import Iterator
from itertools import islice

from patients.failing import FAILING
from patients.visit import Visit, look, told


def visits(every: int = 1) -> Iterator[Visit]:
    """Yield what is said of each, or of every so many."""
    for name, patient in islice(FAILING.items(), 0, None, every):
        outcome, findings, seconds = look(patient.make())
        yield Visit(
            "real",
            name,
            "",
            "",
            False,
            patient.causes,
            patient.symptoms,
            told(findings),
            findings[0].evidence if findings else "",
            outcome.score,
            None,
            True,
            seconds,
        )
