"""What a person sees while a forecast is trained: the series, each choice with its reason, a live line."""

from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING

from netwright.cli.live import LiveLine
from netwright.cli.terminal import err, out
from netwright.core.values import EpochRecord, StepRecord

if TYPE_CHECKING:
    from netwright.training.forecasting.stage import ForecastReady


class ForecastWatcher:
    """Listens to a job and shows it: tables on stdout (not with --json), progress on stderr."""

    def __init__(self, json: bool, budget_ends: float | None = None) -> None:
        self._json, self._budget_ends = json, budget_ends
        self._live: LiveLine | None = None
        self._ready: ForecastReady | None = None
        self._stack = ExitStack()
        self._status = self._stack.enter_context(err.status("reading")) if err.is_terminal else None

    def __enter__(self) -> "ForecastWatcher":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, t: TracebackType | None) -> None:
        self._stack.close()

    def reading(self, what: str, share: float) -> None:
        """Show how far the reading is."""
        if self._status is not None:
            self._status.update(f"{what} {share:.0%}")

    def ready(self, ready: "ForecastReady") -> None:
        """Show the series and the choices."""
        self._stack.close()
        self._ready = ready
        if not self._json:
            self._show(ready)

    def training(self, name: str) -> None:
        """Begin a live line for the network of a recipe."""
        self._stack.close()
        ready = self._ready
        assert ready is not None
        config = ready.recipe.kinds[name].training
        steps = -(-ready.windows["train"] // config.batch_size)
        self._live = self._stack.enter_context(LiveLine(err, config.epochs, steps, name, self._budget_ends))

    def _show(self, ready: "ForecastReady") -> None:
        from netwright.report.forecast_tables import series_table
        from netwright.report.tables import choices_table, findings_table

        material, rows = ready.material, ready.material.rows
        out.print(series_table(material.schema))
        parts = ", ".join(f"{name} {count:,}" for name, count in material.borders.sizes.items())
        seen = f" (see {ready.folder}/rejected.csv)" if rows.rejected else ""
        out.print(
            f"rows in {rows.total:,} = used {rows.used:,} + set aside {rows.rejected:,}{seen}; {parts}", soft_wrap=True
        )
        out.print("windows " + ", ".join(f"{name} {count:,}" for name, count in ready.windows.items()))
        out.print(choices_table(ready.choices))
        if material.findings:
            out.print(findings_table(material.findings))

    def __call__(self, record: StepRecord | EpochRecord) -> None:
        """Take a record of the training."""
        if self._live is not None:
            self._live(record)
