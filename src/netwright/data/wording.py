"""Counts in sentences."""


def counted(number: int, thing: str) -> str:
    """Write a count with its noun.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
