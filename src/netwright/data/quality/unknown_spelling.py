"""Words that may mean missing but are read as a category."""

from collections.abc import Iterator

from netwright.core.values import Finding, Schema
from netwright.data.labels import label_text
from netwright.data.table import Table

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
    """A note for each feature in which a category reads like a missing value."""
    for column in schema.features:
        words = [category for category in column.categories if category.strip().lower() in WORDS]
        if not words:
            continue
        cells = int(label_text(table.frame[column.name]).is_in(words).sum() or 0)
        evidence = f"{cells:,} cells say {', '.join(map(repr, words))}, read as a category of its own"
        remedy = f'if it means missing: --set data.missing=["{words[0]}"]'
        title = f"{column.name!r} has a category that may mean missing"
        yield Finding("data.unknown-spelling", "note", title, evidence, remedy, column.name)
