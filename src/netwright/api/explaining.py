"""Explaining a run on disk, whatever it answers for: what was found is stored in it and drawn in its report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netwright.api.explanation import (
    Questions,
    Tell,
    check_method,
    explain_model,
    note_explained,
    nothing_told,
)
from netwright.api.forecast_run import ForecastRun
from netwright.api.series import write_forecast_report
from netwright.api.tables import Run, write_report
from netwright.api.texts import LanguageRun
from netwright.core.errors import RecipeError, RunError
from netwright.core.explanations import Explained, Explanation
from netwright.core.findings import Finding

if TYPE_CHECKING:
    from torch import Tensor, nn


def explain(
    module: "nn.Module",
    inputs: "Tensor | tuple[Tensor, ...]",
    baseline: "Tensor | tuple[Tensor, ...] | None" = None,
    *,
    names: Sequence[str] = (),
    classes: Sequence[str] = (),
    method: str = "auto",
) -> tuple[Explanation, ...]:
    """Say what the answers of anybody's network rest on, row by row, and whether that can be believed.

    What would change an answer, with some columns kept as they are (`Flip.keep`), is asked of a run: `Run.explain`.

    Args:
        module: takes `inputs` as its positional arguments, rows first; it need not be of Netwright.
        inputs: numbers, whole numbers that it looks up vectors for, or both.
        baseline: rows to compare with, of which the mean is taken; None: zeros.
        names: of the places of a row, all inputs one after another.
        classes: where its outputs are logits; without them the greatest output is explained as a value.
        method: a name of explanation.methods.METHODS; "auto": by the network.

    Raises:
        NetwrightError: inputs do not fit together, or there is no such method.

    Example:
        >>> nw.explain(network, rows, training_rows, classes=("no", "yes"))[0].parts  # doctest: +SKIP
    """
    from netwright.explanation.module import Naming, explain_module

    check_method(method)
    return explain_module(module, inputs, baseline, method, Naming(names, classes))


def explain_run(
    run: Run | ForecastRun | LanguageRun,
    source: Any = None,
    asked: Questions | None = None,
    what: tuple[str | None, int | None] = (None, None),
    tell: Tell = nothing_told,
) -> tuple[Explained, tuple[Finding, ...]]:
    """Explain a run, store what was found as explanations.json in its directory, and draw its report again.

    Args:
        run: of a table, images, texts or series, or of a forecast.
        source: rows to explain; None: its own test rows, of a forecast the rows that it was made from.
        asked: what about them.
        what: of a forecast, its channel and step.
        tell: hears what is being done.

    Returns:
        What was found, and what was odd about the rows.

    Raises:
        NetwrightError: a language model, or see `explain_model`.
    """
    asked = asked or Questions()
    if isinstance(run, LanguageRun):
        raise RunError(
            f"{run.path}: expected a run that answers for rows, got a language model; its report shows which tokens "
            f"surprise it and where each head looks: {run.path}/report.html"
        )
    if isinstance(run, ForecastRun):
        _refuse_columns(asked)
        tell("explaining the forecast")
        found, notes = run.explain(source, *what, asked.method, importance=asked.importance), ()
        found = note_explained(run.path, found)
        write_forecast_report(run)
        return found, notes
    if what != (None, None):
        raise RecipeError(
            f"--channel and --step: expected the run of a forecast, got {run.path}, which answers for rows"
        )
    tabular, odd = explain_model(run.path, run.model, source, asked, tell)
    tabular = note_explained(run.path, tabular)
    write_report(run)
    return tabular, odd


def _refuse_columns(asked: Questions) -> None:
    given = {"--row": asked.rows, "--keep": asked.keep, "--counterfactual": asked.counterfactual}
    given |= {"--dependence": asked.dependence}
    for option, value in given.items():
        if value:
            raise RecipeError(f"{option}: expected the run of a table; a forecast is explained over the look-back "
                              "before its last row; leave it out, or end the table elsewhere")  # fmt: skip
