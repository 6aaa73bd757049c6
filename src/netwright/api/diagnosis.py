"""The doctor at a run's bed: what is wrong with its training, stored beside what was found in its data."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.core.errors import RunError
from netwright.core.findings import Finding
from netwright.training.journal import Journal
from netwright.training.run_directory import part_if_there, read_findings, write_part

if TYPE_CHECKING:
    from netwright.diagnosis.from_run import Facts
    from netwright.diagnosis.treatment.values import Treatment
    from netwright.training.language.job import LanguageListener
    from netwright.training.stage import Listener

FINDINGS, TREATMENT = "findings.json", "treatment.json"


def diagnose_run(path: str | Path) -> tuple[Finding, ...]:
    """Say what is wrong with a run: with its training, causes first, and then what was found in its data.

    Args:
        path: the run directory; one of an earlier version too, though fewer things were recorded then.

    Raises:
        RunError: it is no run, unfinished, damaged, or has no records of steps.
    """
    from netwright.diagnosis.doctor import diagnose
    from netwright.diagnosis.from_run import case_of_run

    folder = Path(path)
    found = diagnose(case_of_run(folder))
    return (*found, *_without({finding.code for finding in found}, findings_of_data(folder)))


def findings_of_data(folder: Path) -> tuple[Finding, ...]:
    """Return what was found in the data of a run before it was trained."""
    from netwright.diagnosis.illnesses import ILLNESSES

    stored = read_findings(folder) if (folder / FINDINGS).exists() else ()
    return tuple(finding for finding in stored if not (finding.why and finding.code in ILLNESSES))


def note_findings(folder: Path) -> tuple[Finding, ...]:
    """Diagnose a run that has just ended and store all findings with it; return them.

    Averaged networks leave no records of their steps: of them the findings of the data are all there is.
    """
    try:
        found = diagnose_run(folder)
    except RunError as error:
        Journal(folder).write(f"not diagnosed: {error}")
        return findings_of_data(folder)
    write_part(folder, FINDINGS, found)
    return found


def of_training(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return those that the doctor found in the training."""
    from netwright.diagnosis.illnesses import ILLNESSES

    return tuple(finding for finding in findings if finding.why and finding.code in ILLNESSES)


def treatment_of(folder: Path) -> "Treatment | None":
    """Return the treatment of a run, if it had one."""
    from netwright.diagnosis.treatment.values import Treatment

    return part_if_there(folder, TREATMENT, Treatment)


def _without(codes: set[str], findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Leave out what is said already."""
    return tuple(finding for finding in findings if finding.code not in codes)


def watched_live(listener: "Listener", tell: Callable[[Finding], object]) -> "Listener":
    """Have the doctor look on while a table's network trains, and `tell` of what is surely wrong, once."""
    from netwright.diagnosis.from_run.tables import facts_when_ready

    watched: Listener = _watched(listener, tell, facts_when_ready)
    return watched


def watched_text_live(listener: "LanguageListener", tell: Callable[[Finding], object]) -> "LanguageListener":
    """As `watched_live`, of a language model."""
    from netwright.diagnosis.from_run.texts import facts_of_text_when_ready

    watched: LanguageListener = _watched(listener, tell, facts_of_text_when_ready)
    return watched


def _watched(listener: Any, tell: Callable[[Finding], object], facts_of: "Callable[[Any], Facts]") -> Any:
    """Give a listener one more observer, which learns from `ready` what is trained."""
    from netwright.diagnosis.live import LiveDoctor

    doctor, ready = LiveDoctor(tell), listener.ready

    def begin(known: Any) -> None:
        doctor.facts = facts_of(known)
        ready(known)

    return replace(listener, ready=begin, observers=(*listener.observers, doctor))
