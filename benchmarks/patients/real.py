"""The nine real failing trainings: what is said of each."""

from collections.abc import Iterator

from patients.failing import FAILING
from patients.visit import Visit, look, told


def visits() -> Iterator[Visit]:
    for name, patient in FAILING.items():
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
