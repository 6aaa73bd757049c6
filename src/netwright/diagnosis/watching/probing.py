"""Short trainings after a watched one, that show what another setting would have brought."""

import importlib
import importlib.util

from netwright.diagnosis.case import Trial
from netwright.diagnosis.material import Material

MOST = 4.0  # seconds
TIMES = 12.0  # the training's own time: what all probes of its length take


def probed(material: Material, seconds: float) -> tuple[Trial, ...]:
    """Return what probes found after a training of so many seconds, within four; none where it is no use."""
    if not material.usable or importlib.util.find_spec("netwright.diagnosis.probes") is None:
        return ()
    programs = importlib.import_module("netwright.diagnosis.programs")
    probes = importlib.import_module("netwright.diagnosis.probes")
    found: tuple[Trial, ...] = probes.probe(programs.program_of(material), min(MOST, TIMES * seconds))
    return found
