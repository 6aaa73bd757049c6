"""A finished forecasting run as Python sees it."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.api.explanation import explain_forecasts, with_past
from netwright.core.errors import RunError
from netwright.core.explanations import Explained
from netwright.training.run_directory import check_run

if TYPE_CHECKING:
    import polars as pl

    from netwright.core.forecasts import ForecastEvaluation, ForecastSummary
    from netwright.training.forecasting.inference import ForecastModel, Forecasts


class ForecastRun:
    """A finished forecasting run on disk: its values, and the networks that forecast."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        check_run(self.path)

    def __repr__(self) -> str:
        return f"ForecastRun({str(self.path)!r})"

    @cached_property
    def summary(self) -> "ForecastSummary":
        from netwright.training.forecasting.summary import summarise_forecast

        return summarise_forecast(self.path)

    @property
    def evaluation(self) -> "ForecastEvaluation":
        return self.summary.evaluation

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    @cached_property
    def model(self) -> "ForecastModel":
        from netwright.training.forecasting.inference import load_forecaster

        return load_forecaster(self.path)

    def predict(self, source: Any, coverage: float | None = None) -> "pl.DataFrame":
        """Return the steps that come after the last row of each series of `source`, with low and high."""
        return self.predictions(source, coverage).frame

    def predictions(self, source: Any, coverage: float | None = None) -> "Forecasts":
        """As `predict`, with notes on what was odd about the rows."""
        from netwright.training.forecasting.inference import forecast_rows

        return forecast_rows(self.model, source, coverage)

    def evaluate(self, source: Any) -> "ForecastEvaluation":
        """Measure the networks on every window of rows that they never saw, beside naive forecasts."""
        from netwright.training.forecasting.inference import assess_forecasts

        return assess_forecasts(self.model, source)[0]

    def explain(
        self,
        source: Any = None,
        channel: str | None = None,
        step: int | None = None,
        method: str = "auto",
        *,
        importance: bool = False,
    ) -> Explained:
        """Say what the forecast after the last row of each series rests on: the steps of its look-back.

        Args:
            source: the latest rows; None: those that the run was made from.
            channel: that is forecast; None: the first.
            step: of the horizon, from 1; None: the mean of all.
            method: a name of explanation.methods.METHODS; "auto": by the kind of network.
            importance: also measure how much the forecasts of many windows rest on each part of their past.

        Raises:
            NetwrightError: there is no such channel, step or method, or the rows are too few.
        """
        what = channel, step
        found = explain_forecasts(self.model, self.own_rows if source is None else source, what, method)
        return with_past(found, self.path, self.model, source, what) if importance else found

    @property
    def own_rows(self) -> str:
        """The path of what the run was made from.

        Raises:
            RunError: there is nothing any more, or the run was made from data in memory.
        """
        source = self.model.recipe.data.source
        if not Path(source).exists():
            raise RunError(
                f"{self.path}: the rows that it was made from ({source[:200] or 'in memory'}) cannot be read again; "
                "name the latest rows"
            )
        return source
