"""The target of new data: labels matched to the classes of training, numbers read."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from netwright.core.errors import ContractError
from netwright.core.findings import Finding
from netwright.core.values import Rejected, Schema
from netwright.data.labels import label_text, number_text
from netwright.data.table import Table

# ways to write one label, the mildest first, and how a person calls what was ignored
_LOOSER: tuple[tuple[str, Callable[[pl.Series], pl.Series]], ...] = (
    ("1.0 and 1 are one number", number_text),
    ("a final dot", lambda labels: labels.str.strip_chars().str.strip_suffix(".")),
    ("upper and lower case", lambda labels: labels.str.strip_chars().str.to_lowercase()),
    ("a final dot and case", lambda labels: labels.str.strip_chars().str.strip_suffix(".").str.to_lowercase()),
)


def fit_target_labels(table: Table, schema: Schema) -> tuple[Table, list[Finding]]:
    """Return the rows whose target is known, and notes.

    Raises:
        ContractError: no row has a target that fits.
    """
    cells = table.frame[schema.target]
    notes: list[Finding] = []
    if schema.task == "regression":
        fitted = _numbers(cells)
    else:
        fitted, notes = _classes(label_text(cells), schema)
        notes += _unknown(label_text(cells), fitted, schema)
    keep = fitted.is_not_null().to_numpy()
    if not keep.any():
        examples = ", ".join(map(repr, label_text(cells).drop_nulls().unique().sort().head(5).to_list())) or "none"
        expected = f"one of {', '.join(map(repr, schema.classes[:12]))}" if schema.classes else "numbers"
        raise ContractError(
            f"{table.source}: target {schema.target!r}: expected {expected}, got {examples}; no row can be scored"
        )
    texts = label_text(cells).fill_null("").to_list()
    faults = [
        Rejected(int(table.row[i]), schema.target, texts[i], "no target" if not texts[i] else "no class of the run")
        for i in (~keep).nonzero()[0]
    ]
    frame = table.frame.with_columns(fitted.alias(schema.target))
    return replace(table, frame=frame).set_aside(keep, faults), notes


def _numbers(cells: pl.Series) -> pl.Series:
    numbers = cells if cells.dtype.is_numeric() else label_text(cells).cast(pl.Float64, strict=False)
    return numbers.set(~numbers.is_finite().fill_null(True), None)


def _classes(labels: pl.Series, schema: Schema) -> tuple[pl.Series, list[Finding]]:
    """Exact labels first, then each looser way that leaves no two classes alike."""
    known = pl.Series(schema.classes, dtype=pl.String)
    fitted = labels.set(~labels.is_in(known.to_list()).fill_null(True), None)
    notes: list[Finding] = []
    for ignored, loosen in _LOOSER:
        keys = loosen(known)
        open_rows = fitted.is_null() & labels.is_not_null()
        if not open_rows.any() or keys.n_unique() < len(keys):
            continue
        back = dict(zip(keys.to_list(), schema.classes, strict=True))
        matched = loosen(labels).replace_strict(back, default=None, return_dtype=pl.String)
        gained = int((open_rows & matched.is_not_null()).sum() or 0)
        if gained:
            notes.append(_note(labels, matched, open_rows, ignored, schema))
        fitted = fitted.zip_with(~open_rows, matched)
    return fitted, notes


def _note(labels: pl.Series, matched: pl.Series, at: pl.Series, ignored: str, schema: Schema) -> Finding:
    pairs = pl.DataFrame({"from": labels, "to": matched}).filter(at & matched.is_not_null())
    shown = ", ".join(f"{one!r} as {other!r}" for one, other in pairs.unique(maintain_order=True).head(6).iter_rows())
    evidence = f"{pairs.height:,} of {len(labels):,} labels matched but for {ignored}: {shown}"
    title = "Target labels are spelt otherwise than in training"
    return Finding("data.labels", "note", title, evidence, "", schema.target)


def _unknown(labels: pl.Series, fitted: pl.Series, schema: Schema) -> list[Finding]:
    """A warning that names the labels that are no class of the run, most frequent first."""
    strange = labels.filter(fitted.is_null() & labels.is_not_null())
    if not len(strange):
        return []
    counts = strange.alias("label").value_counts(name="count").sort(["count", "label"], descending=[True, False])
    shown = ", ".join(f"{label!r} ({count:,})" for label, count in counts.head(6).iter_rows())
    more = f" and {counts.height - 6:,} more" if counts.height > 6 else ""
    evidence = f"{len(strange):,} of {len(labels):,} labels are no class of the run, and their rows are set aside: "
    remedy = f"correct them to one of {', '.join(map(repr, schema.classes[:12]))}, or train again with them"
    title = "Target labels that training did not know"
    return [Finding("data.labels", "warning", title, evidence + shown + more, remedy, schema.target)]
