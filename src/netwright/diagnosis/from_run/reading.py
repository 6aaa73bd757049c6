"""Reading a run directory: what stands in which file, and what kind of run it is."""

import math
from dataclasses import replace
from pathlib import Path

from netwright.core.errors import RunError
from netwright.core.values import StepRecord
from netwright.diagnosis.case import Case
from netwright.diagnosis.from_run.facts import Facts, Record, case_from
from netwright.diagnosis.from_run.forecasts import forecast_facts
from netwright.diagnosis.from_run.tables import table_facts
from netwright.diagnosis.from_run.texts import text_facts
from netwright.training.forecasting.recipe import is_forecast
from netwright.training.language.run import is_language_run
from netwright.training.records import read_records
from netwright.training.run_directory import RunInfo, check_run, read_part
from netwright.training.setbacks import PATIENCE
from netwright.training.settings import read_recipe


def case_of_run(folder: Path) -> Case:
    """Return the case of a run: one that is finished, or that ended because its loss was no longer finite.

    Raises:
        RunError: the run is unfinished, damaged, or has no records of steps.
    """
    check_run(folder)
    info = read_part(folder, "run.json", RunInfo)
    records = _records(folder, info)
    return case_from(replace(_facts(folder, info), stopped_because=info.stopped_because, source=str(folder)), records)


def _facts(folder: Path, info: RunInfo) -> Facts:
    if is_language_run(folder):
        return text_facts(folder, info)
    if is_forecast(read_recipe(folder / "recipe.toml")):
        return forecast_facts(folder, info)
    return table_facts(folder, info)


def _records(folder: Path, info: RunInfo) -> list[Record]:
    path = folder / "records.jsonl"
    if not path.exists():
        many = (folder / "members.json").exists() or (folder / "members").exists()
        why = "many averaged networks were trained, and" if many else "there is no records.jsonl:"
        raise RunError(f"{folder} cannot be diagnosed: {why} no steps were recorded; fit one network: --quality fast")
    records = read_records(path)
    if not any(isinstance(record, StepRecord) for record in records):
        raise RunError(f"{folder} cannot be diagnosed: records.jsonl holds no steps; fit again")
    if not info.stopped_because and not _diverged(records):
        raise RunError(
            f"{folder} did not finish, so nothing is said of it; go on with it: netwright fit --resume {folder}"
        )
    return records


def _diverged(records: list[Record]) -> bool:
    """Whether the last steps were all skipped, since their loss was not finite."""
    losses = [record.loss for record in records if isinstance(record, StepRecord)][-PATIENCE:]
    return len(losses) == PATIENCE and not any(map(math.isfinite, losses))
