"""Rows made of measurements: metrics, what sets and intervals held, calibration, and the count against trees."""

import statistics
from collections.abc import Iterator

from rows import Row, met

from peers_of_tables import BEST, OURS, PEERS, TREES
from peers_of_tables.measuring import Asked, Found, Measured
from peers_of_tables.tables import Goal, Table

MOST_POINTS, MOST_ERROR, LEAST_TABLES = 1, 0.02, 6
AGAINST = "the default against HistGradientBoosting"


def rows_of(asked: Asked, found: Found) -> Iterator[Row]:
    for table in asked.tables:
        for goal in table.goals:
            for who in asked.seeds:
                yield _metric_row(table, goal, who, found)
    for table in asked.tables:
        yield from _coverage_row(table, found.of(table.name, OURS))
    for table in asked.tables:
        if table.name == "adult":
            yield from _calibration_row(table, found.of(table.name, OURS))
    yield from _count_row(asked, found)


def _metric_row(table: Table, goal: Goal, who: str, found: Found) -> Row:
    work, unit = f"{table.name}, {goal.metric}", goal.unit or goal.metric
    measured, target = found.of(table.name, who), _target(table, goal, who, found)
    if not measured:
        return Row(work, who, None, unit, target, found.absent[table.name, who])
    values = [entry.metrics[goal.metric] for entry in measured]
    note = f"{_spread(values)}; {_beside_ours(table, goal, who, found)}{_seconds(measured)}; {PEERS[who].note}"
    return Row(work, who, statistics.fmean(values), unit, target, note)


def _gain(table: Table, goal: Goal, who: str, found: Found) -> float | None:
    """Return how much better than our default a peer is, the mean over the seeds that both have."""
    ours = {entry.seed: entry.metrics[goal.metric] for entry in found.of(table.name, OURS)}
    theirs = {entry.seed: entry.metrics[goal.metric] for entry in found.of(table.name, who)}
    sign = 1 if goal.higher_is_better else -1
    gains = [sign * (value - ours[seed]) for seed, value in theirs.items() if seed in ours]
    return statistics.fmean(gains) if gains else None


def _beside_ours(table: Table, goal: Goal, who: str, found: Found) -> str:
    gain = _gain(table, goal, who, found)
    if who == OURS or gain is None:
        return ""
    return f"{abs(gain):.2g} {'better' if gain > 0 else 'worse'} than the default on the same seeds; "


def _seconds(measured: list[Measured]) -> str:
    wall = statistics.fmean(entry.seconds for entry in measured)
    processor = statistics.fmean(entry.processor for entry in measured)
    return f"{wall:.1f} s each, {processor:.1f} of them on the processor"


def _spread(values: list[float]) -> str:
    if len(values) == 1:
        return "1 seed"
    return f"{len(values)} seeds, spread {statistics.pstdev(values):.2g}"


def _target(table: Table, goal: Goal, who: str, found: Found) -> str:
    bound = {OURS: goal.default, BEST: goal.best}.get(who)
    if who == OURS and goal.at_trees:
        ours = _mean(found.of(table.name, OURS), goal.metric)
        gain = _gain(table, goal, TREES, found)
        bound = None if ours is None or gain is None else ours - gain
    if bound is None:
        return ""
    return f"{'>=' if goal.higher_is_better else '<='} {bound:.5g}"


def _mean(measured: list[Measured], metric: str) -> float | None:
    return statistics.fmean(entry.metrics[metric] for entry in measured) if measured else None


def _coverage_row(table: Table, ours: list[Measured]) -> Iterator[Row]:
    """Yield how far the share held is from what was asked, in points."""
    if not ours:
        return
    held = [entry.metrics["coverage"] for entry in ours]
    scores = statistics.fmean(entry.metrics["coverage_of_scores"] for entry in ours)
    mean = statistics.fmean(held)
    kind = "intervals" if table.regression else "sets"
    note = f"{kind} held {mean:.4f} ({_spread(held)})"
    if not table.regression:
        note += f"; {scores:.4f} without the rule that a set holds the most probable class"
    if len(held) > 1:
        note += f"; by chance this mean is uncertain by {100 * statistics.stdev(held) / len(held) ** 0.5:.1f} points"
    figure, target = 100 * abs(mean - table.coverage), f"<= {MOST_POINTS}"
    yield Row(f"{table.name}, {table.coverage} of truths asked for", OURS, figure, "points off", target, note)


def _calibration_row(table: Table, ours: list[Measured]) -> Iterator[Row]:
    if ours:
        errors = [entry.metrics["calibration_error"] for entry in ours]
        figure, note = statistics.fmean(errors), f"{_spread(errors)}; after temperature scaling"
        yield Row(f"{table.name}, expected calibration error", OURS, figure, "", f"<= {MOST_ERROR}", note)


def _count_row(asked: Asked, found: Found) -> Iterator[Row]:
    """Yield on how many tables the default's leading metric is not below that of the trees, on the seeds of both."""
    reached: list[str] = []
    below: list[str] = []
    for table in asked.tables:
        gain = _gain(table, table.goals[0], TREES, found)
        if gain is not None:
            (below if gain > 0 else reached).append(f"{table.name} (by {abs(gain):.2g} {table.metric})")
    if reached or below:
        note = f"not below on {'; '.join(reached) or 'none'}. Below on {'; '.join(below) or 'none'}"
        target = f">= {LEAST_TABLES}" if len(reached + below) >= LEAST_TABLES else ""
        yield Row(AGAINST, OURS, len(reached), f"of {len(reached + below)}", target, note)


def prose(asked: Asked, found: Found, rows: list[Row]) -> str:
    """Say in a paragraph where a target is missed and where trees are better; all of it stands in the rows too."""
    missed = [f"{row.work}, {row.who} ({row.figure:.4g}, asked {row.target})" for row in rows if met(row) == "**no**"]
    kept = sum(met(row) == "yes" for row in rows)
    unrun = [f"{row.work}, {row.who}" for row in rows if row.target and row.figure is None]
    said = [f"{kept} targets are kept, {len(missed)} missed" + (f": {'; '.join(missed)}." if missed else ".")]
    if unrun:
        said.append(f"Not measured, though there is a target: {'; '.join(unrun)}.")
    said += [
        f"{AGAINST[0].upper()}{AGAINST[1:]}, {row.figure:.0f} {row.unit} tables: {row.note}."
        for row in rows
        if row.work == AGAINST
    ]
    best = [f"{table.name}, {_first(table, asked, found)}" for table in asked.tables if found.of(table.name, OURS)]
    return " ".join(
        [*said, f"The best of those measured, on the seeds that each shares with the default: {'; '.join(best)}."]
    )


def _first(table: Table, asked: Asked, found: Found) -> str:
    """Return who is furthest above our default by the table's leading metric, or our default itself."""
    gains = {who: _gain(table, table.goals[0], who, found) for who in asked.seeds}
    known = {who: gain for who, gain in gains.items() if gain is not None}
    return max(known, key=lambda who: known[who])
