"""From a run directory to a `Case`: what its records, its recipe and its data contract say of the training.

A file for each part of a case; `reading.py` reads the directory, `facts.py` brings facts and records together, so that
a training can be looked at while it runs. Networks of averaged members and contenders leave no records: the records
are those of the recipe's own network.
"""

from netwright.diagnosis.from_run.facts import Facts, case_from
from netwright.diagnosis.from_run.reading import case_of_run

__all__ = ["Facts", "case_from", "case_of_run"]
