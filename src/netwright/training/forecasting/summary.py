"""A forecasting run's directory as one value: what reports and tables show."""

from pathlib import Path

from netwright.core.forecasts import ForecastEvaluation, ForecastSummary
from netwright.core.values import Contest
from netwright.training.forecasting.inference import read_series_schema
from netwright.training.run_directory import CONTEST, RunInfo, check_run, read_epochs, read_findings, read_part


def summarise_forecast(folder: Path) -> ForecastSummary:
    """Read a finished run.

    Raises:
        RunError: the run is unfinished, damaged or incomplete.
    """
    check_run(folder)
    info = read_part(folder, "run.json", RunInfo)
    return ForecastSummary(
        name=folder.name,
        version=info.version,
        created=info.created,
        source=info.source,
        schema=read_series_schema(folder),
        rows=info.rows,
        split=info.split,
        split_reason=info.split_reason,
        rejected=info.rejected,
        choices=info.choices,
        findings=read_findings(folder),
        epochs=read_epochs(folder),
        evaluation=read_part(folder, "evaluation.json", ForecastEvaluation),
        contest=read_part(folder, CONTEST, Contest),
        parameters=info.parameters,
        seconds=info.seconds,
        environment=info.environment,
        stopped_because=info.stopped_because,
        notes=info.notes,
    )
