"""Whether a .txt file is a text to learn to write, or a table with delimited columns."""

from pathlib import Path

from netwright.core.errors import SourceError
from netwright.data.sources.tables.archives import Opened, locate
from netwright.data.sources.tables.dialect import NAMES, SPACES, sniff
from netwright.data.sources.tables.encoding import find_encoding, utf8_blocks

ENDINGS = (".txt", ".text", ".md")
SAMPLE = 1 << 20  # bytes
CONSISTENT = 0.75  # share of lines with the same number of fields, from which on they are those of a table
LEAST_LINES = 3  # that delimiters are counted in
NUMBERS = 0.5  # share of cells that are numbers, from which on they are those of a table


def is_text(source: str | Path) -> tuple[bool, str]:
    """Return whether a path names a text rather than a table, and why.

    Only files called .txt, .text or .md, or such with .gz behind, are looked into; what cannot be read is said to be a
    text where it is named so, and whoever reads it says what is wrong.
    """
    path = Path(str(source).removesuffix(".gz"))
    if path.suffix.lower() not in ENDINGS or "::" in str(source) or not _is_file(source):
        return False, "its name is not that of a text"
    try:
        return _by_content(locate(source))
    except SourceError:
        return True, f"its name ends in {path.suffix}"


def _is_file(source: str | Path) -> bool:
    try:
        return Path(source).expanduser().is_file()
    except (OSError, RuntimeError):  # too long a name, an unknown user's home: whoever reads it says so
        return False


def _by_content(opened: Opened) -> tuple[bool, str]:
    sample = b""
    for block in utf8_blocks(opened, find_encoding(opened, None)):
        sample += block
        if len(sample) >= SAMPLE:
            break
    whole = sample[: sample.rfind(b"\n", 0, SAMPLE) + 1] or sample[:SAMPLE] + b"\n"
    trial = sniff(opened.name, whole, None).trial
    divided = trial.width > 1 and trial.consistency >= CONSISTENT and len(trial.rows) >= LEAST_LINES
    if divided and trial.delimiter != SPACES:  # words stand between spaces too, so that only numbers tell
        share = f"{trial.consistency:.0%} of its first {len(trial.rows):,} lines"
        return False, f"{NAMES[trial.delimiter]} splits {share} into {trial.width} fields"
    if trial.numbers > NUMBERS:
        return False, f"{trial.numbers:.0%} of what stands in its first {len(trial.rows):,} lines are numbers"
    return True, "no delimiter splits its lines into the same number of fields, as those of a table would be"
