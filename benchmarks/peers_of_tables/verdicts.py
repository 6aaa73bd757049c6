"""Rows made of measurements: metrics, what sets and intervals held, calibration, and the count against trees."""

import statistics
from collections.abc import Iterator

from rows import Row, met

from peers_of_tables import BEST, OURS, PEERS, TREES
from peers_of_tables.measuring import Asked, Found, Measured
from peers_of_tables.tables import Goal, Table

COVERAGE, MOST_POINTS, MOST_ERROR, LEAST_TABLES = 0.9, 1, 0.02, 6
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
    seconds = statistics.fmean(entry.seconds for entry in measured)
    note = f"{_spread(values)}; {_seconds(seconds)} each"
    return Row(work, who, statistics.fmean(values), unit, target, f"{note}; {PEERS[who].note}")


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def _spread(values: list[float]) -> str:
    if len(values) == 1:
        return "1 seed"
    return f"{len(values)} seeds, spread {statistics.pstdev(values):.2g}"


def _target(table: Table, goal: Goal, who: str, found: Found) -> str:
    bound = {OURS: goal.default, BEST: goal.best}.get(who)
    if who == OURS and goal.at_trees:
        bound = _mean(found.of(table.name, TREES), goal.metric)
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
    figure, target = 100 * abs(mean - COVERAGE), f"<= {MOST_POINTS}"
    yield Row(f"{table.name}, {COVERAGE} of truths asked for", OURS, figure, "points off", target, note)


def _calibration_row(table: Table, ours: list[Measured]) -> Iterator[Row]:
    if ours:
        errors = [entry.metrics["calibration_error"] for entry in ours]
        figure, note = statistics.fmean(errors), f"{_spread(errors)}; after temperature scaling"
        yield Row(f"{table.name}, expected calibration error", OURS, figure, "", f"<= {MOST_ERROR}", note)


def _count_row(asked: Asked, found: Found) -> Iterator[Row]:
    """Yield on how many tables the default's leading metric is not below that of the trees."""
    reached: list[str] = []
    below: list[str] = []
    for table in asked.tables:
        ours, trees = (_mean(found.of(table.name, who), table.metric) for who in (OURS, TREES))
        if ours is None or trees is None:
            continue
        better = ours >= trees if table.goals[0].higher_is_better else ours <= trees
        (reached if better else below).append(f"{table.name} ({ours:.4f}, trees {trees:.4f})")
    if reached or below:
        note = f"not below on {'; '.join(reached) or 'none'}. Below on {'; '.join(below) or 'none'}"
        target = f">= {LEAST_TABLES}" if len(reached + below) >= LEAST_TABLES else ""
        yield Row(AGAINST, OURS, len(reached), f"of {len(reached + below)}", target, note)


def prose(rows: list[Row]) -> str:
    """Say in a paragraph where a target is missed and where trees are better; all of it stands in the rows too."""
    missed = [f"{row.work}, {row.who} ({row.figure:.4g}, asked {row.target})" for row in rows if met(row) == "**no**"]
    kept = sum(met(row) == "yes" for row in rows)
    unrun = [f"{row.work}, {row.who}" for row in rows if row.target and row.figure is None]
    said = [f"{kept} targets are kept, {len(missed)} missed" + (f": {'; '.join(missed)}." if missed else ".")]
    if unrun:
        said.append(f"Not measured, though there is a target: {'; '.join(unrun)}.")
    said += [f"{row.figure:.0f} {row.unit} tables: {row.note}." for row in rows if row.work == AGAINST]
    said += _winners(rows)
    return " ".join(said)


def _winners(rows: list[Row]) -> Iterator[str]:
    """Say who has the best mean of each work that more than one did."""
    works: dict[str, list[Row]] = {}
    for row in rows:
        if row.figure is not None and row.who in PEERS:
            works.setdefault(row.work, []).append(row)
    best = []
    for work, entries in works.items():
        sign = -1 if "rmse" in work else 1
        first = max(entries, key=lambda row: sign * (row.figure or 0.0))
        if len(entries) > 1:
            best.append(f"{work}: {first.who} ({first.figure:.4g})")
    if best:
        yield f"The best mean by table, of those measured: {'; '.join(best)}."
