"""Classes of the target that may be one class spelt in two ways."""

from collections import defaultdict
from collections.abc import Iterator

from netwright.core.findings import Finding
from netwright.core.values import Schema
from netwright.data.labels import label_text
from netwright.data.table import Table
from netwright.data.wording import counted

PUNCTUATION = " \t.,;:!'\"`\u2018\u2019\u201c\u201d"  # around a label it says nothing; + and < may be all of a label
MOST_SHOWN = 6


def find_labels(table: Table, schema: Schema) -> Iterator[Finding]:
    """One warning that names the labels which differ only in case or in the punctuation around them."""
    if schema.task == "regression":
        return
    counts = label_text(table.frame[schema.target]).drop_nulls().alias("label").value_counts(sort=True, name="count")
    alike: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for label, count in counts.iter_rows():
        alike[label.strip(PUNCTUATION).casefold() or label].append((label, count))
    groups = [group for group in alike.values() if len(group) > 1]
    if not groups:
        return
    shown = "; ".join(" and ".join(f"{label!r} ({count:,})" for label, count in group) for group in groups[:MOST_SHOWN])
    more = f"; and {len(groups) - MOST_SHOWN:,} more" if len(groups) > MOST_SHOWN else ""
    title = f"{counted(len(groups), 'label')} of the target spelt in more than one way"
    evidence = f"each counts as a class of its own, though only case or punctuation differs: {shown}{more}"
    yield Finding("data.labels", "warning", title, evidence, "if they mean the same, write them alike", schema.target)
