"""What is wrong with the data before anything is learnt from it. One file per finding, all of one shape.

Each file has a `find_NAME(table, schema)` that yields findings with the code `data.NAME`: evidence in numbers, and what
to do. It looks at all rows unless it says otherwise, and changes nothing.
"""

from collections.abc import Callable, Iterator

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.quality.constant import find_constant
from netwright.data.quality.duplicates import find_duplicates
from netwright.data.quality.identifier import find_identifier
from netwright.data.quality.imbalance import find_imbalance
from netwright.data.quality.labels import find_labels
from netwright.data.quality.leak import find_leak
from netwright.data.quality.missing import find_missing
from netwright.data.quality.number_like import find_number_like
from netwright.data.quality.rare_classes import find_rare_classes
from netwright.data.quality.unknown_spelling import find_unknown_spelling
from netwright.data.table import Table

CHECKS: tuple[Callable[[Table, Schema], Iterator[Finding]], ...] = (
    find_leak,
    find_labels,
    find_number_like,
    find_rare_classes,
    find_imbalance,
    find_missing,
    find_duplicates,
    find_identifier,
    find_constant,
    find_unknown_spelling,
)
_ORDER = {"error": 0, "warning": 1, "note": 2}


def check_quality(table: Table, schema: Schema) -> tuple[Finding, ...]:
    """Run every check; warnings come before notes."""
    findings = [finding for check in CHECKS for finding in check(table, schema)]
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))
