"""How people write that a value is missing."""

from netwright.data.table import ReadOptions

USUAL_SPELLINGS = (
    *("", "?", "NA", "N/A", "n/a", "na", "NaN", "nan", "null", "NULL", "None", "none", "-", "--", "."),
    *("#N/A", "<NA>", "\\N", "nil", "missing"),
)
NO_VALUE = ""  # key under which cells that were null in a typed source are counted


def honoured(options: ReadOptions) -> frozenset[str]:
    """Every spelling that counts as missing: the usual ones, the user's, and those that training met."""
    learnt = options.schema.missing_spellings if options.schema else ()
    return frozenset((*USUAL_SPELLINGS, *options.missing, *learnt))
