"""The one tree of errors. Each message says what was expected, what came, and what to do.

NetwrightError            a user can mend it; the command line prints it as one sentence and exits with 2
├── SourceError           the data cannot be read (missing, empty, binary, broken)
├── SchemaError           the data can be read but not learnt from (target, columns, rows)
├── ContractError         new data does not fit the schema that a run was trained on
├── RecipeError           a setting has an unknown name or a value out of range
└── RunError              a run directory is missing, damaged, locked or read-only
    └── CheckpointError   no checkpoint of the run can be trusted
        └── SaveError     a checkpoint cannot be written; the run is paused, and those before it are kept
Interrupted               a signal asked to stop; state was saved; exits with 128 + signal number

The first four are ValueErrors too: that is what callers in Python, scikit-learn above all, look for.
"""

import difflib
import signal
from collections.abc import Iterable


class NetwrightError(Exception):
    """Something that the user can mend; its text is one sentence for a person, on one line whatever it quotes."""

    exit_code = 2

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))


class SourceError(NetwrightError, ValueError):
    """The data cannot be read."""


class SchemaError(NetwrightError, ValueError):
    """The data can be read but not learnt from."""


class ContractError(NetwrightError, ValueError):
    """New data does not fit the schema that the run was trained on."""


class RecipeError(NetwrightError, ValueError):
    """A setting has an unknown name or a value out of range."""


class RunError(NetwrightError):
    """A run directory is missing, damaged, locked or read-only."""


class CheckpointError(RunError):
    """No checkpoint of the run can be trusted."""


class SaveError(CheckpointError):
    """A checkpoint cannot be written. The run is paused: those before it are kept, and it can be resumed."""


class Interrupted(Exception):  # noqa: N818 - it is no error
    """A signal asked to stop. What was trained so far is saved where `resume_hint` says."""

    def __init__(self, signal_number: int, resume_hint: str = "") -> None:
        self.signal_number = signal_number
        self.resume_hint = resume_hint
        super().__init__(f"stopped by {signal.Signals(signal_number).name}{resume_hint and '; ' + resume_hint}")

    @property
    def exit_code(self) -> int:
        return 128 + self.signal_number


def printable(text: str) -> str:
    """Return text on one line, with what would break the line or steer the terminal written out.

    >>> printable("a name\\nof two lines")
    'a name\\\\nof two lines'
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return a clause that names the valid option nearest to `name`, or the first few valid ones.

    >>> nearest("actvation", ["activation", "dropout"])
    "did you mean 'activation'?"
    """
    options = [str(option) for option in valid]
    by_lower_case = {option.lower(): option for option in reversed(options)}
    matches = difflib.get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.5)
    if matches:
        return f"did you mean {by_lower_case[matches[0]]!r}?"
    shown = ", ".join(options[:12]) + (", ..." if len(options) > 12 else "")
    return f"valid: {shown}"
