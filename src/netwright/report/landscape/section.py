"""What the report and the terminal say of a landscape."""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table

from netwright.core.landscapes import Landscape, View
from netwright.report.numbers import show

if TYPE_CHECKING:
    from netwright.report.landscape.canvas import Theme


@dataclass(frozen=True)
class Shown:
    """A landscape with its pictures, as a page takes them."""

    found: Landscape
    light: str  # data URI
    dark: str

    @property
    def views(self) -> tuple[View, ...]:
        return (self.found.view, *self.found.skips)


def shown_landscape(found: Landscape | None) -> Shown | None:
    """Draw a landscape for both themes; None where there is none."""
    if found is None:
        return None
    return Shown(found, _uri(found, "light"), _uri(found, "dark"))


def _uri(found: Landscape, theme: "Theme") -> str:
    from netwright.report.landscape.picture import draw_landscape

    content = draw_landscape(found, theme).file("webp")
    return f"data:image/webp;base64,{base64.b64encode(content).decode()}"


def sharpness_table(found: Landscape) -> Table:
    """Return loss, eigenvalues and trace of each network that was drawn."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("network", "loss", "largest eigenvalues", "smallest", "trace"):
        table.add_column(name, justify="left" if name == "network" else "right")
    for view in (found.view, *found.skips):
        table.add_row(view.name, show(view.loss), *_sharp(view))
    return table


def _sharp(view: View) -> tuple[str, str, str]:
    sharp = view.sharpness
    if sharp is None:
        return "", "", ""
    largest = ", ".join(show(value) for value in sharp.largest) + ("" if sharp.converged else " (not converged)")
    return largest, show(sharp.smallest), f"{show(sharp.trace)} ± {show(sharp.trace_error)}"
