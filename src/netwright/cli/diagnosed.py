"""What the doctor says on a terminal: of a run that has ended, and while one goes on."""

from collections.abc import Sequence
from pathlib import Path

from netwright.cli.terminal import err, out
from netwright.core.findings import Finding


def say_live(finding: Finding) -> None:
    """Say one finding on stderr while a training goes on."""
    err.print(f"doctor: {finding.title}: {finding.evidence}", soft_wrap=True, markup=False)


def print_doctor(path: Path, findings: Sequence[Finding]) -> None:
    """Print what the doctor found in a training, if anything, and how to have it treated."""
    from netwright.api import of_training
    from netwright.report.diagnosis_tables import diagnosis_table

    found = of_training(tuple(findings))
    if not found:
        return
    out.print(diagnosis_table(found, f"what is wrong with the training of {path.name}"))
    if any(finding.severity != "note" for finding in found):
        out.print(f"treat   netwright treat {path}", soft_wrap=True)
