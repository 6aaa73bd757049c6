"""What is wrong with somebody's own PyTorch script."""

import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from netwright.core.errors import RunError
from netwright.core.findings import Finding

if TYPE_CHECKING:
    from netwright.diagnosis.case import Case
    from netwright.diagnosis.treatment.values import Treatment
    from netwright.diagnosis.watching.script import Ran
    from netwright.diagnosis.watching.watch import Doctor


@dataclass(frozen=True)
class ScriptDiagnosis:
    """What was seen of a script."""

    findings: tuple[Finding, ...]
    case: "Case | None"  # None where it failed before it trained anything
    failure: str = ""  # its own traceback, where it failed
    exit_code: int = 0  # its own
    treatment: "Treatment | None" = None  # None where none was asked for, or could not be made
    untreated: str = ""  # why it could not


def diagnose_script(
    path: str | Path,
    arguments: Sequence[str] = (),
    *,
    seconds: float | None = None,
    quiet: bool = False,
    treat: float | None = None,
) -> ScriptDiagnosis:
    """Run a Python script that trains with PyTorch, without a change to it, and say what is wrong with its training.

    Args:
        path: of the script.
        arguments: what it is given.
        seconds: time of short trainings afterwards for evidence, 0 for none; None: half the script's, at most 10.
        quiet: send what it prints to stderr.
        treat: seconds in which remedies are tried on what was seen of the training; None: not at all.

    Raises:
        SourceError: there is no such file.
        RunError: it ended well and trained nothing that could be watched.
    """
    from netwright.diagnosis.watching.probing import seconds_for
    from netwright.diagnosis.watching.script import run_script

    with contextlib.redirect_stdout(sys.stderr) if quiet else contextlib.nullcontext():
        ran = run_script(Path(path), arguments)
    if ran.doctor is None:
        if not ran.exit_code:
            raise RunError(_nothing(Path(path), ran))
        return ScriptDiagnosis((), None, ran.failure, ran.exit_code)
    asked = seconds_for(ran.seconds) if seconds is None else seconds
    if asked and not ran.exit_code:
        ran.doctor.probe(asked)
    done = ScriptDiagnosis(ran.doctor.findings(), ran.doctor.case(), ran.failure, ran.exit_code)
    return done if treat is None or ran.exit_code else _treated(done, ran.doctor, treat)


def _treated(done: ScriptDiagnosis, doctor: "Doctor", seconds: float) -> ScriptDiagnosis:
    """Try the remedies of what was found on the rows, network and loss that the script was seen to train with."""
    from netwright.diagnosis.programs import program_of
    from netwright.diagnosis.treatment.programs import treat_program
    from netwright.diagnosis.watching import watch

    program = program_of(doctor.material, done.case)
    if program is None:
        reason = doctor.material.reason or "too little of it was seen"
        return replace(done, untreated=f"the training cannot be repeated: {reason}")
    if not any(finding.serious for finding in done.findings):
        return done
    return replace(done, treatment=treat_program(program, done.findings, seconds, case=done.case, watch=watch))


def _nothing(path: Path, ran: "Ran") -> str:
    if not ran.optimizers:
        return (
            f"{path} made no optimizer of torch.optim, so there is no training to watch: name the script that trains, "
            "and let an optimizer make its steps where it changes the weights itself"
        )
    return f"{path} made an optimizer and called no network with gradients: name the script that trains"
