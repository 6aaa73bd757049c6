"""Before a long run: what `fit` would train, checked in seconds and not trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netwright.api.options import FitOptions, request_of, settings_tree
from netwright.core.values import Check


def preflight(
    source: Any = None,
    target: str | int | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    recipe: str | Path | None = None,
) -> tuple[Check, ...]:
    """Check data, recipe and network before a long run, in seconds: nothing is trained for good, nothing is written.

    Args:
        source: as of `fit`; None: what `recipe` names.
        target: the column to learn, by name or position.
        settings: anything of recipe.toml by dotted name.
        recipe: a recipe.toml, or a recipe's name.

    Returns:
        One `Check` for each thing that was looked at: ok, warning or fault, with the evidence and what to do.

    Raises:
        NetwrightError: the data or the recipe cannot be used at all.

    Example:
        >>> [check.name for check in nw.preflight("@iris") if check.verdict != "ok"]  # doctest: +SKIP
    """
    tree = settings_tree({} if target is None else {"data": {"target": target}}, settings or {})
    return preflight_tree(source, tree, FitOptions(recipe=recipe))


def preflight_tree(source: Any, tree: Mapping[str, Any], options: FitOptions) -> tuple[Check, ...]:
    """As `preflight`, from settings that are nested already; the command line comes in here."""
    from netwright.core.devices import cpu_threads
    from netwright.diagnosis.preflight import preflight as examine
    from netwright.diagnosis.preflight.recipes import subject_of_recipe
    from netwright.training.settling import settle_job

    settled = settle_job(request_of(source, tree, options, None))
    with cpu_threads(settled.recipe.training.threads):
        found = examine(subject_of_recipe(settled))
    data = [
        Check(f"data: {finding.title}", "warning", finding.evidence, finding.remedy)
        for finding in settled.material.findings
        if finding.serious
    ]
    rows, sizes = settled.material.rows, settled.material.sizes
    said = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    return (Check("rows", "ok", f"{rows.used:,} of {rows.total:,} used: {said}"), *data, *found)
