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
    if any(finding.serious for finding in found):
        out.print(f"treat   netwright treat {path}", soft_wrap=True)


def diagnose_a_run(path: Path, json: bool) -> None:
    """Say what is wrong with a run: causes first with symptoms beneath, then what was found in its data."""
    from netwright.api import diagnose_run, of_training
    from netwright.cli.terminal import print_json
    from netwright.core.findings import SOUND
    from netwright.report.diagnosis_tables import diagnosis_table
    from netwright.report.tables import findings_table

    findings = diagnose_run(path)
    if json:
        print_json(
            {
                "run": str(path),
                "healthy": not any(found.serious for found in of_training(findings)),
                "findings": findings,
            }
        )
        return
    training = of_training(findings)
    of_data = [finding for finding in findings if finding not in training]
    if training:
        out.print(diagnosis_table(training, f"what is wrong with the training of {path.name}"))
    else:
        out.print(f"{SOUND}; of its data there is this to say" if of_data else SOUND)
    if of_data:
        out.print(findings_table(of_data))
    if any(finding.serious for finding in training):
        out.print(f"treat   netwright treat {path}", soft_wrap=True)
