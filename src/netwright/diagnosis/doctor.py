"""From a case to findings: every illness is looked for, and causes are put before what they bring about."""

from netwright.core.findings import Finding
from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Illness, Sign
from netwright.diagnosis.illnesses import ILLNESSES

# Where nothing says that one brings about the other, what comes first in a training is named first.
FAMILIES = (
    *("mechanics", "objective", "data", "architecture", "initialisation"),
    *("optimisation", "signal", "generalisation"),
)
SYMPTOMS = (
    *("optimisation.plateau", "optimisation.divergence", "optimisation.oscillation"),
    *("mechanics.not-finite-source", "generalisation.underfitting"),
)  # and all of signal: what a cause brings about
# What is wrong by itself, whatever a probe of a rate brings: where it hurts it is named before rates.
CERTAIN = (
    *("architecture.wrong-output-activation", "architecture.single-unit-softmax", "architecture.missing-nonlinearity"),
    *("architecture.hidden-softmax", "objective.softmax-before-cross-entropy", "objective.sigmoid-twice"),
    *("objective.squashed-logits", "objective.loss-without-head", "optimisation.no-zero-grad", "data.unscaled-inputs"),
)
RATES = ("optimisation.rate-too-low", "optimisation.rate-too-high", "optimisation.optimizer-choice")
FAR = 100.0  # times out of scale, from which on inputs are certain
SURE = 0.7  # strength from which on a sign is believed before graver ones that are not
SEVERITIES = ("error", "warning", "note")


def examine(case: Case) -> dict[str, Sign]:
    """Return the sign of each illness that is there, by code; without those that the user says are meant."""
    found = {code: illness.examine(case) for code, illness in ILLNESSES.items() if code not in case.deliberate}
    return {code: sign for code, sign in found.items() if sign is not None}


def diagnose(case: Case) -> tuple[Finding, ...]:
    """Return what is wrong with a training: causes first, each followed by the symptoms that it explains.

    A symptom of a cause that is there keeps its evidence, becomes a note and names its cause.
    """
    signs = examine(case)
    causes = {code: _cause(code, signs) for code in signs}
    roots = sorted(
        (code for code in signs if not causes[code]),
        key=lambda code: _before(code, signs),
    )
    ordered: list[Finding] = []
    for root in roots:
        ordered.append(finding_of(ILLNESSES[root], signs[root]))
        symptoms = sorted((code for code in signs if causes[code] == root), key=lambda code: _rank(code, signs[code]))
        ordered.extend(finding_of(ILLNESSES[code], signs[code], root) for code in symptoms)
    return tuple(ordered)


def _before(code: str, signs: dict[str, Sign]) -> tuple[bool | int | float, ...]:
    """Order causes as `_rank` does, and rates behind what is certainly wrong."""
    hurts, symptom, *rest = _rank(code, signs[code])
    return hurts, symptom, _of_rates(code, signs), *rest


def _of_rates(code: str, signs: dict[str, Sign]) -> bool:
    """Whether it is said of rates while something certain is wrong as well."""
    return code in RATES and any(_certain(other, sign) for other, sign in signs.items())


def _certain(code: str, sign: Sign) -> bool:
    return code in CERTAIN and sign.hurts and (code != "data.unscaled-inputs" or sign.numbers.get("factor", 0.0) >= FAR)


def finding_of(illness: Illness, sign: Sign, explained_by: str = "") -> Finding:
    """Bring an illness's words and a sign's numbers together."""
    severity = "note" if explained_by or not sign.hurts else illness.severity
    remedy = "; or ".join(change.words for change in sign.changes or illness.remedies)
    return Finding(
        f"{illness.code}",
        severity,
        illness.name,
        sign.evidence,
        remedy,
        why=illness.why,
        where=sign.where,
        numbers=sign.numbers,
        sketch=sign.sketch,
        explained_by=explained_by,
    )


def _rank(code: str, sign: Sign) -> tuple[bool, bool, bool, int, float, int]:
    """Order by what hurts, what can be mended, what is sure, what is grave, how strong it is, and what comes first."""
    illness = ILLNESSES[code]
    grave, early = SEVERITIES.index(illness.severity), FAMILIES.index(illness.family)
    symptom = code in SYMPTOMS or illness.family == "signal"
    return not sign.hurts, symptom, sign.strength < SURE, grave, -round(sign.strength, 1), early


def _cause(code: str, signs: dict[str, Sign]) -> str:
    """Return the first cause of a symptom: up the chain of what explains it, or nothing."""
    seen, at = {code}, code
    while above := _explaining(at, signs, seen):
        at = above
        seen.add(at)
    return "" if at == code else at


def _explaining(code: str, signs: dict[str, Sign], seen: set[str]) -> str:
    above = [other for other in signs if code in ILLNESSES[other].explains and other not in seen]
    return min(above, key=lambda other: _rank(other, signs[other]), default="")
