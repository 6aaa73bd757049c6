"""Words that may mean missing but are read as a category."""

from collections.abc import Iterator

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.labels import label_text
from netwright.data.table import Table
from netwright.data.wording import counted

WORDS = frozenset(
    (
        "unknown",
        "unk",
        "unspecified",
        "undefined",
        "not available",
        "not applicable",
        "not known",
        "no data",
        "n.a.",
        "xx",
    )
)


def find_unknown_spelling(table: Table, schema: Schema) -> Iterator[Finding]:
    """One note on all features in which a category reads like a missing value."""
    found: dict[str, int] = {}
    said: set[str] = set()
    for column in schema.features:
        words = [category for category in column.categories if category.strip().lower() in WORDS]
        if words:
            found[column.name] = int(label_text(table.frame[column.name]).is_in(words).sum() or 0)
            said.update(words)
    if not found:
        return
    words_shown = ", ".join(map(repr, sorted(said)))
    cells = ", ".join(f"{name!r} ({count:,})" for name, count in found.items())
    evidence = f"{words_shown} is read as a category of its own; cells: {cells}"
    remedy = f"if it means missing: --missing {sorted(said)[0]!r}"
    only = next(iter(found)) if len(found) == 1 else ""
    title = f"{counted(len(found), 'feature')} with a category that may mean missing"
    yield Finding("data.unknown-spelling", "note", title, evidence, remedy, only)
