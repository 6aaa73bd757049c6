"""What a person sees while a job runs: the data, each choice with its reason, a live line."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from netwright.cli.diagnosed import say_live
from netwright.cli.live import CountLine, LiveLine
from netwright.cli.terminal import err, out
from netwright.core.findings import Finding
from netwright.core.values import EpochRecord, StepRecord

if TYPE_CHECKING:
    from netwright.api import FitOptions
    from netwright.training.stage import Count, Listener, Ready


class Watcher:
    """Listens to a job and shows it: tables on stdout (not with --json), progress on stderr."""

    def __init__(self, json: bool, budget_ends: float | None) -> None:
        self._json, self._budget_ends = json, budget_ends
        self._live: LiveLine | None = None
        self._count: CountLine | None = None
        self._stack = ExitStack()
        self._status = self._stack.enter_context(err.status("reading")) if err.is_terminal else None

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, t: TracebackType | None) -> None:
        self._stack.close()

    def reading(self, what: str, share: float) -> None:
        """Show how far the reading is."""
        if self._status is not None:
            self._status.update(f"{what} {share:.0%}")

    def ready(self, ready: "Ready") -> None:
        """Show the data and the choices, and begin the live line."""
        self._stack.close()
        if not self._json:
            self._show(ready)
        training = ready.recipe.training
        if training.engine == "fused":
            self._say_if_compiling()
        if ready.recipe.ensemble.networks > 1:
            return
        steps = -(-len(ready.material.split.train) // training.batch_size)
        self._live = self._stack.enter_context(
            LiveLine(err, training.epochs, steps, ready.yardstick.headline, self._budget_ends)
        )

    def counted(self, count: "Count") -> None:
        """Show how many networks are trained; another count begins a line of its own."""
        if self._count is None or self._count.what != count.what:
            self._stack.close()
            self._live = None
            self._count = self._stack.enter_context(CountLine(err, count.what, self._budget_ends))
        self._count(count.done, count.total)

    def found(self, finding: Finding) -> None:
        """Say what the doctor is sure of while the training runs."""
        say_live(finding)

    def _show(self, ready: "Ready") -> None:
        from netwright.report.tables import choices_table, data_table, findings_table

        rows, sizes = ready.material.rows, ready.sizes
        out.print(data_table(ready.material.schema))
        out.print(
            f"rows in {rows.total:,} = used {rows.used:,} + set aside {rows.rejected:,}"
            f"{f' (see {ready.folder}/rejected.csv)' if rows.rejected else ''}; "
            + ", ".join(f"{name} {count:,}" for name, count in sizes.items()),
            soft_wrap=True,
        )
        out.print(choices_table(ready.choices))
        if ready.material.findings:
            out.print(findings_table(ready.material.findings))
        if ready.rate_test is not None:
            out.print(f"learning rate {ready.rate_test.verdict}", soft_wrap=True)
            out.print(ready.rate_test.advice, soft_wrap=True)
        self._show_bar(ready)

    def _say_if_compiling(self) -> None:
        from netwright.training.engines.fused.cache import is_compiled

        if not is_compiled():
            err.print("compiling the fused engine, once on this machine: about 20 s", soft_wrap=True)

    def _show_bar(self, ready: "Ready") -> None:
        """Say what the network has to beat."""
        from netwright.report.numbers import show

        for name, metrics in ready.yardstick.baselines.items():
            headline = ready.yardstick.headline
            out.print(f"to beat: {name}, {headline} {show(metrics[headline].value)} on the test rows")
        for name, why in ready.yardstick.skipped.items():
            out.print(f"left out: {name}: {why}", soft_wrap=True)

    def __call__(self, record: StepRecord | EpochRecord) -> None:
        """Take a record of the training."""
        if self._live is not None:
            self._live(record)


@contextmanager
def listening_to(json: bool, options: "FitOptions", budget: str | None) -> Iterator["Listener"]:
    """Show the job on the terminal while it runs, and let signals stop it cleanly."""
    from netwright.api import parse_budget, watched_live
    from netwright.core.interrupts import listening
    from netwright.training.stage import Listener

    seconds = parse_budget(budget)
    with listening() as stop, Watcher(json, None if seconds is None else options.started + seconds) as watcher:
        listener = Listener(watcher.reading, watcher.ready, (watcher,), stop, watcher.counted)
        yield watched_live(listener, watcher.found)
