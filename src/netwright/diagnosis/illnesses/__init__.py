"""Every illness by its code. A new one is a file beside the others, a line here and a row in the battery's table."""

from netwright.diagnosis.illness import Illness
from netwright.diagnosis.illnesses.signal.dead_units import DEAD_UNITS

ILLNESSES: dict[str, Illness] = {illness.code: illness for illness in (DEAD_UNITS,)}
