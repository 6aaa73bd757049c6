"""What an explanation says, in sentences: for the report and the terminal alike."""

from collections.abc import Callable, Sequence

from netwright.core.explanations import Check, Explanation, Importance, ImportanceTable, Part, TextHeat
from netwright.report.numbers import DASH, count, counted, is_finite, percent, show

MOST_NAMED = 3  # parts on either side that a sentence names
WORTH_NAMING = 0.05  # of the largest amount: smaller ones are not named
WORSE = "how much worse the answers get where"
MEASURED = {  # method -> what it is measured on, what is dealt out, and what is told of that
    "permutation importance": ("row", "column", f"{WORSE} a column’s cells are shuffled among the rows"),
    "permutation of blocks": ("image", "block", f"{WORSE} a block’s pixels are shuffled among the images"),
    "permutation of stretches": ("row", "stretch", f"{WORSE} a stretch of time is shuffled among the series"),
    "permutation of channels": ("row", "channel", f"{WORSE} a channel is shuffled among the series"),
    "permutation of past steps": ("window", "stretch", f"{WORSE} a stretch of the past is shuffled among the windows"),
    "permutation of past channels": ("window", "channel", f"{WORSE} a channel’s past is shuffled among the windows"),
    "erasure of words": ("text", "word", "evidence lost where a word is erased, the mean over the texts that hold it"),
}


def signed(amount: float | None) -> str:
    """An amount with its sign.

    >>> [signed(amount) for amount in (2.1, -0.31, 0.0, None)]
    ['+2.100', '−0.310', '0.000', '–']
    """
    return DASH if not is_finite(amount) else f"+{show(amount)}" if amount > 0 else show(amount)


def by_size(parts: Sequence[Part]) -> list[Part]:
    """Parts with the largest amounts first, whatever their sign."""
    return sorted(parts, key=lambda part: -abs(part.amount))


def heading_of(explanation: Explanation) -> str:
    """The row and its answer."""
    sure = f" ({percent(explanation.probability)} sure)" if is_finite(explanation.probability) else ""
    return f"row {count(explanation.row)}: {explanation.answer}{sure}{truth_beside(explanation)}"


def truth_beside(explanation: Explanation) -> str:
    """What the source holds, where it holds it."""
    if not explanation.truth:
        return ""
    return ", which is right" if explanation.truth == explanation.answer else f"; the truth is {explanation.truth}"


def in_words(explanation: Explanation) -> str:
    """From the reference to the answer, and the parts that led there."""
    compared = f"at {explanation.against}" if explanation.against else "at the reference"
    ends = f"{show(explanation.output)}, from {show(explanation.reference)} {compared}"
    if not adds_up(explanation):
        ends = f"{show(explanation.output)}; amounts of this method do not add up to it"
    unit = sentence(explanation.unit) if is_of_classes(explanation) else explanation.unit
    start = f"{unit}: {ends}."
    parts = _sides(explanation)
    said = f"{start} {sentence('; '.join(parts))}." if parts else f"{start} No part makes a difference."
    return " ".join((said, *_within(explanation)))


def _sides(explanation: Explanation) -> list[str]:
    """What speaks for the answer and what against it; of amounts without signs what it rests on most."""
    named = _named(explanation.parts)
    if named and not adds_up(explanation) and all(part.amount >= 0 for part in explanation.parts):
        return [f"it rests most on {_list(named, show)}"]
    ups, downs = ([part for part in named if (part.amount > 0) == up] for up in (True, False))
    return [f"{verb} {_list(found)}" for verb, found in zip(_verbs(explanation), (ups, downs), strict=True) if found]


def _within(explanation: Explanation) -> list[str]:
    """The words of each text that is one part beside others."""
    columns = {part.name for part in explanation.parts if part.value}  # words that are parts themselves have no cell
    texts = [(text.column, _words_of(text)) for text in explanation.texts if text.column in columns]
    return [f"Within {column}: {_list(named)}." for column, words in texts if (named := _named(words))]


def _words_of(text: TextHeat) -> list[Part]:
    known = zip(text.pieces, text.amounts, strict=True)
    return [Part(piece, amount) for piece, amount in known if is_finite(amount) and amount]


def sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def is_of_classes(explanation: Explanation) -> bool:
    return explanation.probability is not None or explanation.unit.startswith("log-odds")


def _verbs(explanation: Explanation) -> tuple[str, str]:
    return ("for it:", "against it:") if is_of_classes(explanation) else ("it is raised by", "lowered by")


def _named(parts: Sequence[Part]) -> list[Part]:
    largest = by_size(parts)
    least = WORTH_NAMING * abs(largest[0].amount) if largest else 0.0
    worth = [part for part in largest if abs(part.amount) > least]
    named = [part for part in worth if part.amount > 0][:MOST_NAMED]
    return named + [part for part in worth if part.amount < 0][:MOST_NAMED]


def _list(parts: Sequence[Part], amount: Callable[[float], str] = signed) -> str:
    named = [f"{shown_part(part)} ({amount(part.amount)})" for part in parts]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def shown_part(part: Part, most: int = 60) -> str:
    """A part with its cell: `hours-per-week = 40`."""
    value = part.value if len(part.value) <= most else part.value[: most - 1].rstrip() + "…"
    return f"{part.name} = {value}" if part.value and part.value != part.name else part.name


def adds_up(explanation: Explanation) -> bool:
    """Whether the amounts are meant to add up to `output - reference`."""
    return not any(check.name == "completeness" and check.passed is None for check in explanation.checks)


def gap_of(explanation: Explanation) -> float:
    """What the amounts leave unexplained of `output - reference`; 0 where they are not meant to add up."""
    if not adds_up(explanation):
        return 0.0
    return explanation.output - explanation.reference - sum(part.amount for part in explanation.parts)


def doubts_of(explanation: Explanation) -> str:
    """Why an explanation must not be believed; empty where no check failed."""
    failed = [said_of(check) for check in explanation.checks if check.passed is False]
    return f"Do not trust this: {'; '.join(failed)}." if failed else ""


def said_of(check: Check) -> str:
    """A check in words; a sum that does not hold is called not converged."""
    words = check.words.rstrip(".")
    unsaid = check.name == "completeness" and check.passed is False and "not converged" not in words
    return f"not converged: {words}" if unsaid else words


def standing_of(check: Check) -> str:
    """Whether a check held, in a word."""
    return {True: "held", False: "failed", None: "says nothing"}[check.passed]


def checked_in_words(explanation: Explanation) -> str:
    """Which checks held, where none failed."""
    if doubts := doubts_of(explanation):
        return doubts
    held = [check.name for check in explanation.checks if check.passed]
    if not held:
        return "No check says whether this can be trusted."
    return f"{sentence(counted(len(held), 'check'))} held: {', '.join(held)}."


def importance_in_words(table: ImportanceTable) -> str:
    """What a table of importance measures, on how many rows."""
    of, _, what = MEASURED.get(table.method, ("row", "part", ""))
    said = f"{sentence(table.method)}, in {table.unit}, on {counted(table.rows, of)}"
    clauses = [clause for clause in (what, table.note) if clause]
    said = f"{said}: {'; '.join(clauses)}" if clauses else said
    return f"{said}; {'ranges are 95% intervals' if has_intervals(table) else 'too few for intervals'}."


def part_of(table: ImportanceTable) -> str:
    """What each line of the table is: a column, a block, a word."""
    return MEASURED.get(table.method, ("row", "part", ""))[1]


def in_order(table: ImportanceTable) -> list[Importance]:
    """Stretches as they follow in time, other parts as they stand: the most important first."""
    known = [one for one in table.columns if is_finite(one.amount)]
    return sorted(known, key=lambda one: one.steps or (0, 0))


def has_intervals(table: ImportanceTable) -> bool:
    return any(is_finite(one.low) and is_finite(one.high) for one in table.columns)


def is_clear(one: Importance) -> bool:
    """Whether the interval does not hold nought; without one nobody knows."""
    return is_finite(one.low) and is_finite(one.high) and not one.low <= 0.0 <= one.high
