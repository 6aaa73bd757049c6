"""Validation losses of all networks of an ensemble, epoch by epoch, as thin lines."""

from collections.abc import Sequence

from markupsafe import Markup

from netwright.core.values import MemberRecord
from netwright.report.charts.axes import bottom_axis, left_axis
from netwright.report.charts.curves import epoch_scale
from netwright.report.charts.scale import Scale, fitting
from netwright.report.charts.svg import element, picture
from netwright.report.numbers import counted, is_finite, show

WIDTH, HEIGHT = 400, 266
LEFT, RIGHT, TOP, BOTTOM = 48.0, 380.0, 30.0, 224.0


def member_curves(members: Sequence[MemberRecord]) -> Markup:
    """A line a network, with a dot at the epoch whose weights it keeps."""
    shown = [member for member in members if any(map(is_finite, member.validation_losses))]
    if not shown:
        return Markup("")
    longest = max(len(member.validation_losses) for member in shown)
    across = _across(longest)
    up = fitting([value for member in shown for value in member.validation_losses if is_finite(value)], BOTTOM, TOP)
    name = "validation loss" if up.step else "validation loss (logarithmic)"
    axes = [left_axis(up, LEFT, RIGHT, name), bottom_axis(across, BOTTOM, "epoch")]
    label = f"Validation losses of {counted(len(shown), 'network')} over at most {counted(longest, 'epoch')}"
    return picture(WIDTH, HEIGHT, label, *axes, *(_line(member, across, up) for member in shown))


def _across(longest: int) -> Scale:
    scale = epoch_scale(list(range(1, longest + 1)))
    return Scale(scale.low, scale.high, LEFT, RIGHT, scale.ticks, scale.step)


def _line(member: MemberRecord, across: Scale, up: Scale) -> Markup:
    steps, pen = [], "M"
    for epoch, value in enumerate(member.validation_losses, 1):
        if not is_finite(value):
            pen = "M"
            continue
        steps.append(f"{pen}{across(epoch):.1f} {up(value):.1f}")
        pen = "L"
    drawn = element("path", d="".join(steps), class_=f"thin{' dropped' if member.left_out else ''}")
    losses = member.validation_losses
    best = losses[member.best_epoch - 1] if 1 <= member.best_epoch <= len(losses) else None
    if member.left_out or not is_finite(best):
        return drawn
    said = f"network {member.number}: epoch {member.best_epoch} is kept, validation loss {show(best)}"
    dot = element("circle", element("title", said), cx=across(member.best_epoch), cy=up(best), r=2.5, class_="ours")
    return drawn + dot
