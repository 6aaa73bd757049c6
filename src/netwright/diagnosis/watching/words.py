"""Findings in words, for a terminal or a notebook."""

from collections.abc import Sequence

from netwright.core.findings import SOUND, Finding


def in_words(findings: Sequence[Finding]) -> str:
    """Return a paragraph a cause, with its symptoms beneath it."""
    return "\n\n".join(_paragraph(finding) for finding in findings) if findings else SOUND


def _paragraph(finding: Finding) -> str:
    place = f" ({finding.where})" if finding.where else ""
    if finding.explained_by:
        return f"    a symptom of it: {finding.title}{place}: {finding.evidence}"
    remedy = f"\n  what to do: {finding.remedy}" if finding.remedy else ""
    return f"{finding.severity}: {finding.title}{place}\n  {finding.evidence}\n  {finding.why}{remedy}"
