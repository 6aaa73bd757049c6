"""The textbook's table of shallow against deep, row by row, as these data answer it.

Each claim has a rule that says beforehand which numbers confirm it, which speak against it, and which leave it open.
"""

from collections.abc import Sequence
from dataclasses import replace

from netwright.core.comparison import Claim, Ruling
from netwright.core.evidence import Measure
from netwright.explanation.comparison.measuring import difference, mean_of
from netwright.explanation.comparison.standing import Standing, best_of, has_both_sides, in_digits
from netwright.training.evaluation.bootstrap import Sampled

SLOWER = 2.0  # times as long to train as the shallow model: clearly more costly
FEWER = 0.5  # of the numbers that a decision goes through: clearly easier to follow
CUT = "left open, since the budget cut a training short"
NO_SIDE = "only one side was trained, so there is nothing to set against each other"


def claims_on(standings: Sequence[Standing]) -> tuple[Claim, ...]:
    """Return every row of the table with its ruling."""
    rules = (features, capacity, data_volume, interpretability, resources)
    return tuple(_unless_cut(rule(standings), standings) for rule in rules)


def _unless_cut(claim: Claim, standings: Sequence[Standing]) -> Claim:
    """Leave a claim open that rests on a model which the budget did not let finish."""
    if not has_both_sides(standings) or claim.ruling == "undecided":
        return claim
    cut = [one.name for one in (best_of(standings, "shallow"), best_of(standings, "deep")) if not one.whole]
    if not cut:
        return claim
    return replace(claim, ruling="undecided", evidence=f"{claim.evidence}; {CUT}: {' and '.join(cut)}")


def features(standings: Sequence[Standing]) -> Claim:
    """Who needs prepared columns: what they bring to the one side against what they bring to the other."""
    gains = {
        side: [difference(one.full, one.raw) for one in standings if one.side == side and one.raw is not None]
        for side in ("shallow", "deep")
    }
    return Claim(
        "feature engineering",
        "rely on columns that people prepared",
        "learn their own features from raw data",
        *_of_gains(gains),
        "confirmed where prepared columns, over raw ones, bring the shallow models on average more than the deep ones "
        "(the interval of the difference is above 0); not confirmed where they bring them less",
    )


def _of_gains(gains: dict[str, list[Sampled]]) -> tuple[Ruling, str]:
    if not all(gains.values()):
        return "undecided", "raw columns were not tried with both sides"
    shallow, deep = mean_of(gains["shallow"]), mean_of(gains["deep"])
    apart = difference(shallow, deep).measure()
    brought = f"shallow models {_said(shallow.measure())}, deep ones {_said(deep.measure())}"
    return _by_interval(apart), f"on average prepared columns bring {brought}; difference {_said(apart)}"


def capacity(standings: Sequence[Standing]) -> Claim:
    """Who represents more: the best of each side on the test rows."""
    ruling: Ruling = "undecided"
    evidence = NO_SIDE
    if has_both_sides(standings):
        shallow, deep = best_of(standings, "shallow"), best_of(standings, "deep")
        ahead = difference(deep.full, shallow.full).measure()
        ruling = _by_interval(ahead)
        evidence = f"{deep.name} against {shallow.name}: {_said(ahead)}"
    return Claim(
        "complexity of what is learnt",
        "struggle to capture complex, non-linear structure",
        "compose ever more abstract patterns",
        ruling,
        evidence,
        "confirmed where the best deep model (by validation rows) is better than the best shallow one on the test rows "
        "and the interval is above 0; not confirmed where it is below 0",
    )


def data_volume(standings: Sequence[Standing]) -> Claim:
    """Who needs more rows: the shallow model's lead with few rows, and whether it shrinks."""
    return Claim(
        "volume of data",
        "learn effectively from few rows",
        "need many rows",
        *_of_rows(standings),
        "confirmed where with the fewest rows the best shallow model is ahead of the best deep one, and less so with "
        "all rows (both intervals above 0); not confirmed where with the fewest rows the deep one is ahead, or the "
        "lead grows",
    )


def _of_rows(standings: Sequence[Standing]) -> tuple[Ruling, str]:
    if not has_both_sides(standings):
        return "undecided", NO_SIDE
    shallow, deep = best_of(standings, "shallow"), best_of(standings, "deep")
    if shallow.small is None or deep.small is None:
        return "undecided", "smaller sizes were not tried with both"
    lead, lead_after = difference(shallow.small, deep.small), difference(shallow.full, deep.full)
    shrinks = difference(lead, lead_after)
    said = f"{shallow.name} against {deep.name}: with the fewest rows {_said(lead.measure())}"
    evidence = f"{said}, with all rows {_said(lead_after.measure())}; the lead shrinks by {_said(shrinks.measure())}"
    first, second = _by_interval(lead.measure()), _by_interval(shrinks.measure())
    if first == second == "confirmed":
        return "confirmed", evidence
    return "not confirmed" if "not confirmed" in (first, second) else "undecided", evidence


def interpretability(standings: Sequence[Standing]) -> Claim:
    """Who can be followed: numbers that a decision goes through, and what a small tree says of the model."""
    return Claim(
        "interpretability",
        "decision paths can be audited",
        "hidden matrices are a black box",
        *_of_audits(standings),
        f"confirmed where a decision of the best shallow model goes through at most {FEWER:g} times the numbers of the "
        "best deep one, and a small tree repeats it no worse (intervals meet, or it is better); not confirmed where it "
        "goes through more and is repeated worse",
    )


def _of_audits(standings: Sequence[Standing]) -> tuple[Ruling, str]:
    if not has_both_sides(standings):
        return "undecided", NO_SIDE
    shallow, deep = best_of(standings, "shallow"), best_of(standings, "deep")
    said = f"one decision goes through {shallow.reaching:,} numbers of {shallow.name}, {deep.reaching:,} of {deep.name}"
    fewer = shallow.reaching <= FEWER * deep.reaching
    if shallow.fidelity is None or deep.fidelity is None:
        return "undecided", f"{said}; how well a small tree repeats them was not measured"
    worse = _below(shallow.fidelity, deep.fidelity)
    evidence = f"{said}; a small tree repeats {_share(shallow.fidelity)} and {_share(deep.fidelity)}"
    if fewer and not worse:
        return "confirmed", evidence
    return "not confirmed" if worse and shallow.reaching > deep.reaching else "undecided", evidence


def resources(standings: Sequence[Standing]) -> Claim:
    """Who costs more to train."""
    ruling: Ruling = "undecided"
    evidence = NO_SIDE
    if has_both_sides(standings):
        shallow, deep = best_of(standings, "shallow"), best_of(standings, "deep")
        ratio = deep.seconds / max(shallow.seconds, 1e-9)
        ruling = "confirmed" if ratio >= SLOWER else "not confirmed" if ratio <= 1.0 else "undecided"
        evidence = (
            f"{deep.name} took {in_digits(deep.seconds)} s to train on one thread, {shallow.name} "
            f"{in_digits(shallow.seconds)} s: {in_digits(ratio)} times as long"
        )
    return Claim(
        "computing resources",
        "train quickly on a plain processor",
        "need clusters of accelerators",
        ruling,
        evidence,
        f"confirmed where the best deep model takes at least {SLOWER:g} times as long to train as the best shallow "
        "one; not confirmed where it takes no longer. No cluster was needed here, whatever the ruling",
    )


def _by_interval(apart: Measure) -> Ruling:
    """Above 0 confirms, below 0 speaks against, around 0 leaves it open."""
    if apart.low is None or apart.high is None:
        return "undecided"
    return "confirmed" if apart.low > 0 else "not confirmed" if apart.high < 0 else "undecided"


def _below(one: Measure, other: Measure) -> bool:
    """Whether the one's whole interval lies below the other's."""
    return one.high is not None and other.low is not None and one.high < other.low


def _said(measure: Measure) -> str:
    if measure.value is None or measure.low is None or measure.high is None:
        return "an undefined amount"
    return f"{measure.value:+.3g} ({measure.low:+.3g} to {measure.high:+.3g})"


def _share(measure: Measure) -> str:
    return "an undefined share" if measure.value is None else f"{100 * measure.value:.0f}%"
