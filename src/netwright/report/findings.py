"""Findings in the order in which they are read: worst first, each cause followed by what it explains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netwright.core.findings import Finding

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Group:
    """A finding, and the symptoms of which it is the cause."""

    cause: Finding
    symptoms: tuple[Finding, ...] = ()


def grouped(findings: Sequence[Finding]) -> tuple[Group, ...]:
    """Put symptoms beneath their cause; one whose cause is not there stands for itself."""
    codes = {finding.code for finding in findings if not finding.explained_by}
    causes = [finding for finding in findings if finding.explained_by not in codes]
    groups = [Group(cause, _symptoms(cause, findings)) for cause in causes]
    return tuple(sorted(groups, key=lambda group: SEVERITIES.index(group.cause.severity)))


def _symptoms(cause: Finding, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return what a cause explains; a picture that was drawn above is not drawn again."""
    found: list[Finding] = []
    for finding in findings:
        if finding.explained_by != cause.code or cause.explained_by:
            continue
        drawn = any(finding.sketch == other.sketch for other in (cause, *found))
        found.append(replace(finding, sketch=None) if drawn else finding)
    return tuple(found)
