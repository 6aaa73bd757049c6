"""A treatment as plain values: every trial with its scores, what was kept and why. They go to JSON and back."""

from dataclasses import dataclass
from typing import Any, Literal

TrialKind = Literal["as it is", "remedy", "added remedy", "remedies together", "random change"]


@dataclass(frozen=True)
class TrialRow:
    """One way to train, tried under every seed of the treatment."""

    kind: TrialKind
    words: str  # "divide the learning rate by 10"
    changes: tuple[tuple[str, Any], ...] = ()  # settings and values, as in `diagnosis/changes.py`; made together
    finding: str = ""  # code of the finding whose remedy it is
    scores: tuple[float | None, ...] = ()  # on the rows held out, one a seed; None: not finite
    mean: float | None = None  # over seeds, what is not finite counted as the floor
    gain: float | None = None  # mean paired difference from what it was added to
    error: float | None = None  # standard error of the gain
    probability: float | None = None  # of such a gain or a larger one where the change does nothing
    over_random: float | None = None  # mean paired difference from the mean of the random changes
    kept: bool = False
    verdict: str = ""  # one sentence


@dataclass(frozen=True)
class Treatment:
    """What was tried on one training, and what is proven to help."""

    subject: str  # the program or run that was treated
    findings: tuple[str, ...]  # codes, causes first
    unit: str  # of the scores: accuracy, micro F1, explained variance
    seeds: tuple[int, ...]
    rows: tuple[TrialRow, ...]
    kept: tuple[tuple[str, Any], ...]  # settings and values, in the order in which they were added
    kept_words: tuple[str, ...]
    before: float | None  # mean score as it was
    after: float | None  # mean score with what was kept
    best_random: float | None  # the highest mean of a random change: what a search without findings comes to
    best_seen: float | None  # the highest mean of anything tried, a plain reference included
    left: tuple[str, ...]  # codes of errors and warnings that are found after treatment
    healthy: bool  # nothing is left, or the score is near the best seen
    seconds: float
    verdict: str
