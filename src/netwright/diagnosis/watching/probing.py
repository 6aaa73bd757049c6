"""Short trainings after a watched one, that show what another setting would have brought."""

from dataclasses import replace

from netwright.diagnosis.case import Case
from netwright.diagnosis.material import Material
from netwright.diagnosis.probes import probe
from netwright.diagnosis.probes.dependence import future_dependence, row_dependence, unread_share
from netwright.diagnosis.programs.captured import program_of

LEAST = 5.0  # seconds that probes may take after any training, if it took LENGTH times less
MOST = 20.0
LENGTH = 12.0  # trainings as long as the watched one


def seconds_for(training: float) -> float:
    """Return how long probes may take after a training of so many seconds: about as long, from 5 seconds to 20.

    Probes far shorter than the training say little of it, so that they are not cut to a share of a second's training.
    """
    return min(MOST, LENGTH * training, max(LEAST, training))


def probed(material: Material, case: Case, seconds: float) -> Case:
    """Return the case with what probes found within about so many seconds, if the training can be repeated."""
    program = None if case.lost is not None and case.lost.what == "input" else program_of(material, case)
    if program is None:
        return case
    rows = replace(
        case.rows,
        row_dependence=row_dependence(program),
        future_dependence=future_dependence(program),
        unread=unread_share(program),
    )
    return replace(case, rows=rows, trials=probe(program, seconds))
