"""What a person sees of a language model: while it trains, when it is done, and when it is measured."""

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from netwright.cli.diagnosed import print_doctor, say_live
from netwright.cli.live import LiveLine
from netwright.cli.terminal import err, out, print_json
from netwright.core.language import LanguageSummary
from netwright.core.values import EpochRecord, StepRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netwright.api import LanguageRun
    from netwright.training.language.job import LanguageListener, LanguageReady


class LanguageWatcher:
    """Listens to a job and shows it: tables on stdout (not with --json), progress on stderr."""

    def __init__(self, json: bool, budget_ends: float | None, stack: ExitStack) -> None:
        self._json, self._budget_ends, self._stack = json, budget_ends, stack
        self._live: LiveLine | None = None
        self._status = stack.enter_context(err.status("reading")) if err.is_terminal else None

    def reading(self, what: str, share: float) -> None:
        """Show how far the reading is."""
        if self._status is not None:
            self._status.update(f"{what} {share:.0%}")

    def ready(self, ready: "LanguageReady") -> None:
        """Show the text and the choices, and begin the live line."""
        from netwright.report import tables

        if self._status is not None:
            self._status.stop()
        if not self._json:
            corpus, sizes = ready.material.corpus, ready.material.split.sizes
            parts = ", ".join(f"{name} {size:,}" for name, size in sizes.items() if size)
            rows = corpus.count
            out.print(f"{corpus.source}: {len(corpus):,} characters: {parts}", soft_wrap=True)
            out.print(f"bytes in {rows.total:,} = used {rows.used:,} + set aside {rows.rejected:,}")
            out.print(tables.choices_table(ready.choices))
            for name, measure in ready.baselines.items():
                out.print(f"to beat: {name}, {measure.nats_per_character:.4f} nats per character", soft_wrap=True)
        steps = ready.recipe.windows.steps_per_epoch or 1
        line = LiveLine(err, ready.recipe.training.epochs, steps, "", self._budget_ends)
        self._live = self._stack.enter_context(line)

    def __call__(self, record: StepRecord | EpochRecord) -> None:
        """Take a record of the training."""
        if self._live is not None:
            self._live(record)


@contextmanager
def language_listener(json: bool, budget_ends: float | None) -> "Iterator[LanguageListener]":
    """Show the job on the terminal while it runs, and let signals stop it cleanly."""
    from netwright.api import watched_text_live
    from netwright.core.interrupts import listening
    from netwright.training.language.job import LanguageListener

    with listening() as stop, ExitStack() as stack:
        watcher = LanguageWatcher(json, budget_ends, stack)
        listener = LanguageListener(watcher.reading, watcher.ready, (watcher,), stop)
        yield watched_text_live(listener, say_live)


def print_language_result(run: "LanguageRun", json: bool) -> None:
    """Print what `fit` ends with."""
    from netwright.report.language_tables import text_table

    if json:
        print_json(language_result(run))
        return
    summary = run.language
    for note in summary.notes:
        out.print(f"note: {note}", soft_wrap=True)
    out.print(f"training ended: {summary.stopped_because}", soft_wrap=True)
    out.print(text_table(summary.evaluation, summary.name))
    print_doctor(run.path, summary.findings)
    out.print(f"report   {run.report}", soft_wrap=True)
    out.print(f'generate netwright generate {run.path} --prompt "{_first_words(summary)}"', soft_wrap=True)


def print_language_run(run: "LanguageRun", json: bool) -> None:
    """Print what `show` says of a run."""
    from netwright.report import tables
    from netwright.report.language_tables import text_table

    if json:
        print_json(language_result(run))
        return
    out.print(tables.choices_table(run.language.choices))
    out.print(text_table(run.language.evaluation, run.language.name))
    out.print(f"report  {run.report}", soft_wrap=True)


def print_text(source: str, why: str, json: bool) -> None:
    """Print what `show` says of a text before any training."""
    from netwright.data.corpus.reading import read_corpus

    corpus = read_corpus(source)
    count = corpus.count
    if json:
        bytes_ = {"in": count.total, "used": count.used, "rejected": count.rejected}
        print_json(
            {"text": source, "why": why, "characters": len(corpus), "alphabet": corpus.alphabet, "bytes": bytes_}
        )
        return
    out.print(f"{source}: a text, since {why}", soft_wrap=True)
    out.print(f"{len(corpus):,} characters, {len(corpus.alphabet):,} different ones")
    out.print(f"bytes in {count.total:,} = used {count.used:,} + set aside {count.rejected:,}")
    out.print(f"train a language model: netwright fit {source}", soft_wrap=True)


def print_text_evaluation(run: "LanguageRun", source: str, json: bool) -> None:
    """Measure a run on another text, and print that."""
    from netwright.report.language_tables import text_table

    found = run.measure_text(source)
    if json:
        print_json({"run": str(run.path), "source": source, "test": found})
    else:
        out.print(text_table(found, run.path.name))


def language_result(run: "LanguageRun") -> dict[str, Any]:
    """Return what `fit --json` and `show --json` print."""
    summary = run.language
    count = summary.bytes
    return {
        "run": str(run.path),
        "task": "language",
        "seconds": round(summary.seconds, 3),
        "stopped_because": summary.stopped_because,
        "notes": summary.notes,
        "bytes": {"in": count.total, "used": count.used, "rejected": count.rejected},
        "characters": summary.characters,
        "split": summary.split,
        "vocabulary": summary.vocabulary,
        "parameters": summary.parameters,
        "test": summary.evaluation,
        "findings": summary.findings,
        "report": str(run.report),
    }


def _first_words(summary: LanguageSummary) -> str:
    words = "".join(summary.pictures.excerpt.pieces).split()
    return next((word for word in words if word.isalnum()), "")[:20]
