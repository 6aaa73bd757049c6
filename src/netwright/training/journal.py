"""run.log: what happened in a run, one line an event, with the time. For people; nothing reads it back."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from netwright.core.findings import Finding
from netwright.core.foreign import open_own
from netwright.core.values import Choice, EpochRecord, StepRecord


class Journal:
    """Appends lines to run.log. Use it as an observer, and it writes a line for each epoch."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "run.log"

    def write(self, *lines: str) -> None:
        """Append lines, each with the time."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        text = "".join(f"{now} {' '.join(line.split())}\n" for line in lines)
        with open_own(self._path) as file:
            file.write(text.encode())

    def write_choices(self, choices: Iterable[Choice], findings: Iterable[Finding]) -> None:
        self.write(
            *(f"choice {choice.name} = {choice.value}: {choice.reason}" for choice in choices),
            *(f"{finding.severity} {finding.title}: {finding.evidence}" for finding in findings),
        )

    def __call__(self, record: StepRecord | EpochRecord) -> None:
        """Take a record of the training."""
        if isinstance(record, EpochRecord):
            measured = (("validation", record.validation_loss), ("metric", record.metric))
            shown = "".join(f", {name} {value:.6g}" for name, value in measured if value is not None)
            best = " (best so far)" if record.best else ""
            self.write(f"epoch {record.epoch}, step {record.step}: loss {record.train_loss:.6g}{shown}{best}")
