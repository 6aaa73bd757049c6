"""Short trainings after a watched one, that show what another setting would have brought."""

from netwright.diagnosis.case import Case, Trial
from netwright.diagnosis.material import Material
from netwright.diagnosis.probes import probe
from netwright.diagnosis.programs.captured import program_of

MOST = 10.0  # seconds
SHARE = 0.5  # of the training's time


def seconds_for(training: float) -> float:
    """Return how long probes may take after a training of so many seconds."""
    return min(MOST, SHARE * training)


def probed(material: Material, case: Case, seconds: float) -> tuple[Trial, ...]:
    """Return what probes found within about so many seconds; none where the training cannot be repeated."""
    if case.lost is not None and case.lost.what == "input":
        return ()
    return probe(program_of(material, case), seconds)
