"""Texts to write on: `LanguageRun`, and how one comes about."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwright.api.diagnosis import diagnose_run, note_findings
from netwright.api.landscape import landscape_of
from netwright.api.options import FitOptions, parse_budget
from netwright.core.errors import RecipeError
from netwright.core.files import write_atomic
from netwright.core.findings import Finding
from netwright.core.language import LanguageSummary, Sampling, TextEvaluation
from netwright.training.run_directory import check_run

if TYPE_CHECKING:
    from netwright.training.language.job import LanguageListener
    from netwright.training.language.run import LanguageModel

LANGUAGE = "language"  # the task of writing on


class LanguageRun:
    """A finished run of a language model on disk: its values, and the network that writes on."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        check_run(self.path)

    def __repr__(self) -> str:
        return f"LanguageRun({str(self.path)!r})"

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.language.findings

    def diagnose(self) -> tuple[Finding, ...]:
        """Say what is wrong with the training, causes first."""
        return diagnose_run(self.path)

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    @cached_property
    def language(self) -> LanguageSummary:
        from netwright.training.language.run import summarise_language

        return summarise_language(self.path)

    @cached_property
    def language_model(self) -> "LanguageModel":
        from netwright.training.language.run import load_language

        return load_language(self.path)

    def generate(self, prompt: str = "", tokens: int = 300, sampling: Sampling | None = None) -> str:
        """Return what the model writes after a prompt.

        Args:
            prompt: what to write on from.
            tokens: how many to write.
            sampling: temperature, top_k, top_p and seed; the same give the same text.
        """
        return "".join(self.stream(prompt, tokens, sampling))

    def stream(self, prompt: str = "", tokens: int = 300, sampling: Sampling | None = None) -> Iterator[str]:
        """As `generate`, piece by piece as it is written."""
        return self.language_model.generate(prompt, tokens, sampling or Sampling())

    def measure_text(self, source: str | Path) -> TextEvaluation:
        """Measure the model on another text."""
        return self.language_model.evaluate(str(source))


def why_text(source: Any, tree: Mapping[str, Any], options: FitOptions) -> str:
    """Return why a language model is to be trained: asked for, a recipe of one, or a text; nothing where it is not."""
    from netwright.data.corpus.deciding import is_text
    from netwright.training.settings import read_recipe

    task = tree.get("schema", {}).get("task")
    if task is not None:
        return "asked for" if task == LANGUAGE else ""
    if options.recipe is not None and "." in str(options.recipe):
        return "as the recipe says" if read_recipe(Path(options.recipe)).get("task") == LANGUAGE else ""
    if not isinstance(source, str | Path) or tree.get("data", {}).get("target") is not None or options.recipe:
        return ""
    found, reason = is_text(source)
    return reason if found else ""


def fit_text(
    source: Any,
    tree: Mapping[str, Any],
    options: FitOptions,
    listener: "LanguageListener",
    budget: str | int | float | None = None,
) -> LanguageRun:
    """As `fit_tree`, for a text to learn to write."""
    from netwright.training.language.job import LanguageRequest, run_language_job
    from netwright.training.recipe import merge
    from netwright.training.settings import read_recipe

    why = why_text(source, tree, options) or "asked for"
    tree = without_table_settings(tree)
    if options.recipe is not None:
        tree = merge(read_recipe(Path(options.recipe)), tree)
    if source is not None:
        tree = merge(tree, {"data": {"source": str(source)}})
    seconds, runs = parse_budget(budget), Path(options.runs)
    request = LanguageRequest(tree, runs, options.name, seconds, options.started, why)
    return finish_text(LanguageRun(run_language_job(request, listener)))


def without_table_settings(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what options of the command line say for tables: the task, and the seed of a split that draws none.

    Raises:
        RecipeError: other settings are for tables alone.
    """
    odd = [name for name in ("preset", "ensemble", "evaluation", "rate_test", "preparation") if name in tree]
    if odd:
        raise RecipeError(
            f"{odd[0]}: expected settings of a language model, got one for tables; leave it out, or name --target "
            "if the text is a table"
        )
    kept = {name: section for name, section in tree.items() if name != "schema"}
    split = {name: value for name, value in kept.pop("split", {}).items() if name != "seed"}
    return kept | ({"split": split} if split else {})


def resume_text(path: str | Path, listener: "LanguageListener") -> LanguageRun:
    """As `resume`, for a language model."""
    from netwright.training.language.job import resume_language_job

    return finish_text(LanguageRun(resume_language_job(Path(path), listener)))


def finish_text(run: LanguageRun) -> LanguageRun:
    """Diagnose a language model and write its report."""
    note_findings(run.path)
    write_text_report(run)
    return run


def write_text_report(run: LanguageRun) -> None:
    """Draw the run of a language model as it is stored, with its landscape if it has one."""
    from netwright.report.language_page import render_language_report

    page = render_language_report(run.language, str(run.path), landscape_of(run.path))
    write_atomic(run.report, page.encode())
