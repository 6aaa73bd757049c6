"""A run directory as one value: what reports and tables show."""

from pathlib import Path

from netwright.core.evidence import Gallery, SeriesGallery
from netwright.core.values import Contest, EnsembleSummary, LearningCurve, RateTest, RunSummary
from netwright.training.run_directory import (
    CONTEST,
    GALLERY,
    RATE_TEST,
    SERIES_GALLERY,
    RunInfo,
    check_run,
    part_if_there,
    read_calibration,
    read_contract,
    read_epochs,
    read_evaluation,
    read_findings,
    read_part,
)


def summarise(folder: Path) -> RunSummary:
    """Read a finished run.

    Raises:
        RunError: the run is unfinished, damaged or incomplete.
    """
    check_run(folder)
    info = read_part(folder, "run.json", RunInfo)
    stored = read_evaluation(folder)
    return RunSummary(
        name=folder.name,
        version=info.version,
        created=info.created,
        source=info.source,
        schema=read_contract(folder).schema,
        rows=info.rows,
        split=info.split,
        split_reason=info.split_reason,
        rejected=info.rejected,
        choices=info.choices,
        findings=read_findings(folder),
        epochs=read_epochs(folder),
        evaluation=stored.evaluation,
        diagnostics=stored.diagnostics,
        engine=info.engine,
        parameters=info.parameters,
        seconds=info.seconds,
        environment=info.environment,
        stopped_because=info.stopped_because,
        notes=info.notes,
        baseline_seconds=info.baseline_seconds,
        ensemble=part_if_there(folder, "members.json", EnsembleSummary),
        contest=part_if_there(folder, CONTEST, Contest),
        learning_curve=part_if_there(folder, "learning_curve.json", LearningCurve),
        calibration=read_calibration(folder),
        gallery=part_if_there(folder, GALLERY, Gallery),
        series_gallery=part_if_there(folder, SERIES_GALLERY, SeriesGallery),
        rate_test=part_if_there(folder, RATE_TEST, RateTest),
    )
