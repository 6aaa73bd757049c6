"""Tables, images and texts in their columns: `Run`, and how one comes about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.api.diagnosis import diagnose_run, note_findings, treatment_of
from netwright.api.explanation import Flip, Questions, explain_model
from netwright.api.landscape import landscape_of
from netwright.api.options import FitOptions, request_of
from netwright.core.evidence import Evaluation
from netwright.core.explanations import Explained
from netwright.core.files import write_atomic
from netwright.core.findings import Finding
from netwright.core.values import RunSummary, Schema
from netwright.training.run_directory import check_run, explained_of

if TYPE_CHECKING:
    import polars as pl

    from netwright.training.inference import Model, Predictions
    from netwright.training.stage import Listener


class Run:
    """A finished run on disk: its values, and the network that answers for new rows."""

    def __init__(self, path: str | Path, activation: Any = None) -> None:
        self.path = Path(path)
        self.report = self.path / "report.html"
        self._activation = activation
        check_run(self.path)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @cached_property
    def summary(self) -> RunSummary:
        from netwright.training.summary import summarise

        return summarise(self.path)

    @property
    def schema(self) -> Schema:
        return self.summary.schema

    @property
    def evaluation(self) -> Evaluation:
        return self.summary.evaluation

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.summary.findings

    def diagnose(self) -> tuple[Finding, ...]:
        """Say what is wrong with the training, causes first, and then what was found in the data."""
        return diagnose_run(self.path)

    @cached_property
    def model(self) -> "Model":
        from netwright.training.inference import load_model

        return load_model(self.path, self._activation)

    def predict(self, source: Any, coverage: float | None = None) -> "pl.DataFrame":
        """Return one row for each row of `source`: the prediction, and a probability per class.

        With `coverage`, 0.5 to 0.99, also a "set" of classes, or "low" and "high", that holds the truth so often.
        """
        return self.predictions(source, coverage).frame

    def predictions(self, source: Any, coverage: float | None = None) -> "Predictions":
        """As `predict`, with notes on what was odd about the rows."""
        from netwright.training.inference import predict_rows

        return predict_rows(self.model, source, coverage)

    def evaluate(self, source: Any) -> Evaluation:
        """Measure the network on labelled rows that it never saw, beside guessing their own shares or mean."""
        from netwright.training.assessment import assess

        return assess(self.model, source).evaluation

    def explain(
        self,
        source: Any = None,
        rows: int | Sequence[int] = (),
        method: str = "auto",
        *,
        importance: bool = False,
        counterfactual: bool | Flip = False,
        dependence: Sequence[str] = (),
    ) -> Explained:
        """Say what answers rest on, and whether that can be believed.

        Args:
            source: rows with the training columns, with or without the target; None: the run's own test rows.
            rows: of the source, from 1; none: the first three.
            method: a name of explanation.methods.METHODS; "auto": by the kind of network.
            importance: also measure how much all answers rest on each column.
            counterfactual: also look for the smallest change by which each row gets another answer; a Flip says which
                answer, and which columns stay as they are.
            dependence: columns of which to say how the answers go with them.

        Raises:
            NetwrightError: there is no such row, method or column, or the rows do not fit the run.

        Example:
            >>> run.explain("new.csv", 1, counterfactual=nw.Flip(keep=("age", "sex")))  # doctest: +SKIP
        """
        numbers = (rows,) if isinstance(rows, int) else tuple(rows)
        flip = counterfactual if isinstance(counterfactual, Flip) else Flip()
        wanted = None if flip.wanted is None else str(flip.wanted)
        wish = bool(counterfactual), tuple(dependence), wanted, flip.kept
        asked = Questions(numbers, 3, method, importance, *wish)
        return explain_model(self.path, self.model, source, asked)[0]


def fit_tree(
    source: Any,
    tree: Mapping[str, Any],
    options: FitOptions,
    listener: "Listener",
    budget: str | int | float | None = None,
) -> Run:
    """As `fit`, from settings that are nested already; the command line comes in here."""
    from netwright.training.job import run_job

    request = request_of(source, tree, options, budget)
    path = run_job(request, _with_gallery(listener))
    activation = request.settings.get("network", {}).get("activation")
    return finish(Run(path, activation if callable(activation) else None))


def resume_table(path: str | Path, source: Any = None, listener: "Listener | None" = None) -> Run:
    """As `resume`, of a run on a table."""
    from netwright.training.job import resume_job
    from netwright.training.stage import Listener, Request

    resume_job(Path(path), Request(settings={}, source=source), _with_gallery(listener or Listener()))
    return finish(Run(path))


def _with_gallery(listener: "Listener") -> "Listener":
    """Have single rows shown in the report of a run: training does not know how they are explained."""
    from netwright.explanation.galleries import show_test_rows

    return replace(listener, tested=show_test_rows)


def finish(run: Run) -> Run:
    """Diagnose a run and write its report."""
    note_findings(run.path)
    write_report(run)
    return run


def write_report(run: Run) -> None:
    """Draw a run as it is stored, with its treatment and its landscape if it has them."""
    from netwright.report.page import render_report

    kept = treatment_of(run.path), explained_of(run.path), landscape_of(run.path)
    page = render_report(run.summary, str(run.path), *kept)
    write_atomic(run.report, page.encode())
