"""Counts and places in sentences."""

from netwright.core.values import Rejected


def counted(number: int, thing: str) -> str:
    """Write a count with its noun.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def where_and_why(item: Rejected) -> str:
    """Say which row was set aside, and for what.

    >>> where_and_why(Rejected(3, "age", "inf", "expected a finite number"))
    "row 3, column 'age': expected a finite number, got 'inf'"
    """
    if not item.column:
        return f"row {item.row}: {item.reason}"
    return f"row {item.row}, column {item.column!r}: {item.reason}, got {item.value[:80]!r}"
