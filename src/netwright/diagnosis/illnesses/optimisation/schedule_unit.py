"""Wrong unit of a schedule: meant for epochs, stepped at every batch, it takes the rate away at once."""

from netwright.diagnosis.case import Case, Step
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import learnt, troubled
from netwright.diagnosis.pictures import rate_picture

GONE = 1e-3  # of the peak
EARLY = 1 / 3  # of the steps
WELL = 0.9


def examine(case: Case) -> Sign | None:
    rates = [step.learning_rate for step in case.steps]
    if len(rates) < 10 or max(rates) <= 0.0 or case.optimizing.rates_changed < 2:
        return None
    peak = max(rates)
    at = next((number for number, rate in enumerate(rates) if number >= rates.index(peak) and rate < GONE * peak), None)
    if at is None or at > EARLY * len(rates) or max(rates[at:]) > GONE * peak or not _by_batch(case):
        return None
    step, share = case.steps[at].step, learnt(case)
    if not troubled(case) and (share is None or share > WELL):
        return None
    evidence = f"the rate falls below {GONE:g} of its peak of {peak:.2g} by step {step} of {case.steps[-1].step}"
    return Sign(1.0, evidence, {"peak": peak, "gone at": float(step)}, rate_picture(case))


def _by_batch(case: Case) -> bool:
    """Whether the rate changes within an epoch."""
    inside = [after.learning_rate != step.learning_rate for step, after in _neighbours(case)]
    return bool(inside) and sum(inside) > 0.01 * len(inside)


def _neighbours(case: Case) -> list[tuple[Step, Step]]:
    pairs = zip(case.steps, case.steps[1:], strict=False)
    return [(step, after) for step, after in pairs if step.epoch == after.epoch]


SCHEDULE_UNIT = Illness(
    code="optimisation.schedule-unit",
    name="Schedule stepped in the wrong unit",
    severity="error",
    what="A schedule that was written for epochs is stepped once a batch: the rate is gone within the first epochs.",
    why="A rate of nothing teaches nothing: all later steps are for show.",
    seen="the rate falls below 0.001 of its peak within the first third of the steps, stays there, and changes within "
    "an epoch, while over a tenth of one answer's loss is left (PyTorch's documentation of torch.optim.lr_scheduler, "
    "2024: StepLR counts epochs)",
    example="StepLR(optimizer, step_size=10) whose step() stands in the loop over batches",
    remedies=(
        Change("schedule", "constant", "keep the rate constant, or step the schedule once an epoch"),
        Change("schedule", "cosine", "let a cosine over all steps bring the rate down"),
    ),
    examine=examine,
    explains=(
        *("optimisation.rate-too-low", "optimisation.plateau", "optimisation.too-few-steps"),
        *("generalisation.underfitting", "generalisation.stopped-too-early"),
    ),
)
