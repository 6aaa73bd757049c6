"""What numbers of a forecast mean, in sentences."""

from netwright.core.forecasts import ForecastEvaluation, ForecastSummary, SeriesSchema
from netwright.report.numbers import close, count, percent, show

UNITS = (("day", 86_400_000_000), ("hour", 3_600_000_000), ("minute", 60_000_000), ("second", 1_000_000))


def step_in_words(schema: SeriesSchema) -> str:
    """The distance of rows: ", one every hour"; nothing where only their order is known."""
    axis = schema.time
    if axis is None or axis.unit == "number":
        return ""
    if axis.unit != "microsecond":
        return f", one every {axis.unit}" if axis.size == 1 else f", one every {axis.size} {axis.unit}s"
    for name, size in UNITS:
        if axis.size % size == 0:
            return f", one every {name}" if axis.size == size else f", one every {axis.size // size:,} {name}s"
    return f", one every {axis.size / 1e6:g} seconds"


def best_baseline(evaluation: ForecastEvaluation) -> tuple[str, float] | None:
    """The baseline with the least squared error."""
    if not evaluation.baselines:
        return None
    name = min(evaluation.baselines, key=lambda name: evaluation.baselines[name]["mse"])
    return name, evaluation.baselines[name]["mse"]


def verdict_on(summary: ForecastSummary) -> tuple[str, str]:
    """One sentence on the result, and one that puts it beside the best baseline."""
    evaluation = summary.evaluation
    ours = evaluation.metrics["mse"].value or 0.0
    steps = count(summary.schema.horizon)
    said = f"Mean squared error {close(ours)} over the next {steps} rows, in standardised units."
    best = best_baseline(evaluation)
    if best is None:
        return said, ""
    name, other = best
    if ours < other:
        return said, f"That is {percent(1 - ours / other)} below {name} ({close(other)}), the best of the baselines."
    return said, f"The baseline {name} does as well or better ({close(other)}): take it where simplicity counts."


def trust_of_forecasts(evaluation: ForecastEvaluation) -> dict[str, str]:
    """What there is to say of intervals, of the backtest and of how errors grow, by heading."""
    said: dict[str, str] = {}
    if evaluation.covered is not None:
        asked, held = percent(evaluation.coverage), percent(evaluation.covered)
        said["intervals"] = (
            f"asked to hold {asked} of truths, they held {held} on the test windows; windows overlap and series "
            "drift, so this was measured, not promised"
        )
    if evaluation.backtest is not None and len(evaluation.backtest.origins) > 1:
        backtest = evaluation.backtest
        worst = max(backtest.origins, key=lambda origin: origin.mse)
        where = worst.time or f"row {count(worst.origin)}"
        said["backtest"] = (
            f"MSE {show(backtest.mean)} ± {show(backtest.deviation)} over {len(backtest.origins)} origins; "
            f"the worst, {show(worst.mse)}, after {where}"
        )
    if len(evaluation.steps) > 1:
        first, last = evaluation.steps[0], evaluation.steps[-1]
        said["horizon"] = f"MSE {show(first.mse)} at step 1, {show(last.mse)} at step {count(last.step)}"
    return said
