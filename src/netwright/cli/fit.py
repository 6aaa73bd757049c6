"""`netwright fit`: from a table to a trained, tested, saved network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netwright import cli
from netwright.cli import forecasting
from netwright.cli.options import Debug, Json, Many, split_commas

if TYPE_CHECKING:
    from netwright.api import FitOptions, Run
    from netwright.diagnosis.treatment.values import Treatment


def fit(
    source: Annotated[
        str | None,
        typer.Argument(
            help="CSV, TSV, Parquet, JSON lines, Arrow IPC, .gz, a.zip::b.csv; a folder or .zip with a folder of "
            "images (or .txt files) for each class; IDX, .npz; @breast-cancer; a .txt to write on."
        ),
    ] = None,
    target: Annotated[
        Many, typer.Option(help="Column to learn: a name, or a position (-1 is the last); of a forecast, repeat it.")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(help="Forecast so many rows of a series, from the rows before.")
    ] = None,
    test: Annotated[str | None, typer.Option(help="A second source with the test rows.")] = None,
    ignore: Annotated[Many, typer.Option(help="Columns to leave out (repeat, or separate by commas).")] = None,
    missing: Annotated[Many, typer.Option(help="More spellings of missing, e.g. unknown.")] = None,
    group: Annotated[
        str | None, typer.Option(help="Column whose groups never straddle a split; of a forecast, one series each.")
    ] = None,
    time_column: Annotated[str | None, typer.Option("--time", help="Column of time: test on the latest rows.")] = None,
    task: Annotated[
        str | None, typer.Option(help="regression, binary, multiclass or language; default: found out.")
    ] = None,
    set_: Annotated[Many, typer.Option("--set", help="Any line of recipe.toml: training.epochs=20.")] = None,
    recipe: Annotated[
        str | None,
        typer.Option(help="Repeat a recipe.toml, or take one by name: netwright, convnet, lstm, ..."),
    ] = None,
    quality: Annotated[
        str | None,
        typer.Option(help="fast: one network; standard: several compared (default); best: over folds."),
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with a run that was stopped, bit for bit.")] = None,
    ensemble: Annotated[int | None, typer.Option(help="Average so many networks from different seeds.")] = None,
    folds: Annotated[int | None, typer.Option(help="Cross-validate: hold out each of so many folds once.")] = None,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Also train on growing shares of the rows: would more help?")
    ] = False,
    metric: Annotated[
        str | None, typer.Option(help="Lead with f1, mcc, ...; of two classes, set the threshold by it.")
    ] = None,
    find_rate: Annotated[
        bool, typer.Option("--find-rate", help="Look for the learning rate by a range test before training.")
    ] = False,
    budget: Annotated[str | None, typer.Option(help="Wall time of the whole command: 90s, 2m, 1h30m.")] = None,
    seed: Annotated[int | None, typer.Option(help="One seed for split, weights and training.")] = None,
    engine: Annotated[str | None, typer.Option(help="auto, eager or fused.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda, cuda:1 or mps.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder of the run directories.")] = Path("runs"),
    name: Annotated[str | None, typer.Option(help="Name of the run directory; default: from the source.")] = None,
    treat: Annotated[
        bool, typer.Option("--treat", help="Mend what the doctor finds, where that is proven to help, and go on.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings about the data stop the run.")] = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Train, test and save a network for a table, images, texts or, with --horizon, series, and say why.

    Examples:

      netwright fit @breast-cancer

      netwright fit adult.csv --target income --budget 2m

      netwright fit housing.csv --target median_house_value --set network.hidden_sizes=[512,256]

      netwright fit adult.csv --target income --ensemble 8 --folds 5 --learning-curve

      netwright fit adult.csv --target income --quality best

      netwright fit adult.csv --target income --find-rate

      netwright fit photos/ --set data.image_size=[96,128]

      netwright fit etth1.csv --horizon 96 --time date

      netwright fit sales.csv --horizon 28 --target sold --group shop --recipe patchtst

      netwright fit tinyshakespeare.txt --budget 3m

      netwright fit --recipe runs/adult-1/recipe.toml --seed 1

      netwright fit --resume runs/adult-1
    """
    from netwright.api import FitOptions, LanguageRun, load, parse_budget, why_text
    from netwright.cli.treat import refuse_treatment

    data: dict[str, Any] = {
        "target": targets_of(target, horizon),
        "horizon": horizon,
        "test": test,
        "group": group,
        "time": time_column,
        "strict": strict or None,
    }
    data |= {"ignore": split_commas(ignore) or None, "missing": split_commas(missing) or None}
    preset = {"quality": quality}
    many = {"members": ensemble, "folds": folds, "learning_curve": learning_curve or None}
    training = {"device": device, "engine": engine}
    given: dict[str, dict[str, Any]] = {
        "data": data,
        "schema": {"task": task},
        "training": training,
        "ensemble": many,
        "preset": preset,
    }
    more: dict[str, dict[str, Any]] = {"rate_test": {"run": find_rate or None}, "evaluation": {"metric": metric}}
    tree = nest(given | more, seed, set_)
    if resume is not None:
        _refuse_others(source, tree, recipe or budget or name)
    options = FitOptions(runs=runs, name=name, recipe=recipe, started=cli.STARTED)
    if _is_forecast(tree, recipe, resume):
        refuse_treatment(treat, "a forecast")
        forecasting.resume_series(resume, json) if resume else forecasting.fit_series(
            source, tree, options, budget, json
        )
        return
    if isinstance(load(resume), LanguageRun) if resume else why_text(source, tree, options):
        refuse_treatment(treat, "a language model")
        _fit_text(source, tree, options, resume, (json, parse_budget(budget)))
        return
    _fit_table(source, tree, options, resume, (json, budget, treat))


def targets_of(target: Many, horizon: int | None) -> Any:
    """Return the columns of a forecast, or the one of a table: the last that was named, as of any option."""
    if not target or horizon is not None:
        return list(target) if target else None
    return target[-1]


def _is_forecast(tree: dict[str, Any], recipe: str | None, resume: Path | None) -> bool:
    """Whether the settings, the recipe's file or the run to go on with are those of a forecast."""
    from netwright.api import is_forecast_run
    from netwright.training.forecasting.recipe import is_forecast
    from netwright.training.settings import read_recipe

    if resume is not None:
        return is_forecast_run(resume)
    file = recipe is not None and Path(recipe).is_file()
    return is_forecast(tree) or (file and is_forecast(read_recipe(Path(str(recipe)))))


def _fit_table(
    source: str | None,
    tree: dict[str, Any],
    options: "FitOptions",
    resume: Path | None,
    shown: tuple[bool, str | None, bool],
) -> None:
    """Train a network on a table, or go on with one; where it is asked for, treat it and train it again."""
    from netwright.api import fit_tree, resume_table
    from netwright.cli.treat import first_share, go_on_treated
    from netwright.cli.watching import listening_to

    json, budget, treat = shown
    first, treatment = first_share(budget) if treat else budget, None
    with listening_to(json, options, first) as listener:
        run = resume_table(resume, listener=listener) if resume else fit_tree(source, tree, options, listener, first)
    if treat:
        run, treatment = go_on_treated(run, budget, json)
    _print_result(run, json, treatment)


def _fit_text(
    source: str | None,
    tree: dict[str, Any],
    options: "FitOptions",
    resume: Path | None,
    shown: tuple[bool, float | None],
) -> None:
    """Train a language model, or go on with one."""
    from netwright.api import fit_text, resume_text
    from netwright.cli.language import language_listener, print_language_result

    json, seconds = shown
    ends = None if seconds is None else options.started + seconds
    with language_listener(json, ends) as listener:
        run = resume_text(resume, listener) if resume else fit_text(source, tree, options, listener, seconds)
    print_language_result(run, json)


def _refuse_others(source: str | None, tree: dict[str, Any], more: object) -> None:
    """A resumed run goes on as it was begun: any other setting would be ignored, so none is taken."""
    from netwright.core.errors import RecipeError

    if source is not None or tree or more:
        raise RecipeError(
            "--resume: expected no table and no other setting, since a run goes on as it was begun; "
            "leave them out, or start a new run with --recipe"
        )


def nest(given: dict[str, dict[str, Any]], seed: int | None, settings: Many) -> dict[str, Any]:
    """Nest what the options say; --set goes on top."""
    from netwright.training.recipe import merge
    from netwright.training.settings import parse_settings

    tree: dict[str, Any] = {}
    for section, values in given.items():
        kept = {key: value for key, value in values.items() if value is not None}
        tree |= {section: kept} if kept else {}
    if seed is not None:
        tree = merge(tree, {"split": {"seed": seed}, "training": {"seed": seed}})
    return merge(tree, parse_settings(settings or ()))


def _print_result(run: "Run", json: bool, treatment: "Treatment | None" = None) -> None:
    from netwright.cli.diagnosed import print_doctor
    from netwright.cli.terminal import out, print_json
    from netwright.report.tables import final_table, networks_table, recipes_table, trust_table

    if json:
        print_json(result_of(run) | ({} if treatment is None else {"treatment": treatment}))
        return
    for note in run.summary.notes:
        out.print(f"note: {note}", soft_wrap=True)
    out.print(f"training ended: {run.summary.stopped_because}", soft_wrap=True)
    out.print(final_table(run.summary))
    if (networks := networks_table(run.summary)) is not None:
        out.print(networks)
    if run.summary.contest is not None:
        out.print(recipes_table(run.summary.contest))
    out.print(trust_table(run.evaluation, run.summary.diagnostics, run.summary))
    print_doctor(run.path, run.findings)
    out.print(f"report  {run.report}", soft_wrap=True)
    out.print(f"predict netwright predict {run.path} NEW.csv", soft_wrap=True)


def result_of(run: "Run") -> dict[str, Any]:
    """Return what `fit --json` and `show --json` print."""
    summary = run.summary
    rows = {"in": summary.rows.total, "used": summary.rows.used, "rejected": summary.rows.rejected}
    return {
        "run": str(run.path),
        "task": summary.schema.task,
        "target": summary.schema.target,
        "engine": summary.engine,
        "seconds": round(summary.seconds, 3),
        "stopped_because": summary.stopped_because,
        "notes": summary.notes,
        "rows": rows,
        "split": summary.split,
        "test": summary.evaluation.metrics,
        "baselines": summary.evaluation.baselines,
        "gains": summary.evaluation.gains,
        "baseline_seconds": summary.baseline_seconds,
        "skipped": summary.evaluation.skipped,
        "calibration": summary.calibration,
        "diagnostics": summary.diagnostics,
        "contest": summary.contest,
        "ensemble": summary.ensemble,
        "learning_curve": summary.learning_curve,
        "rate_test": summary.rate_test,
        "findings": summary.findings,
        "report": str(run.report),
    }
