"""The numbers of a language model for a terminal."""

from rich.table import Table
from rich.text import Text

from netwright.core.language import TextEvaluation, TextMeasure
from netwright.report.tables import new_table


def text_table(evaluation: TextEvaluation, ours: str) -> Table:
    """How well a text was foretold, beside n-grams on the same characters; the best in bold."""
    title = f"{evaluation.part}: {evaluation.characters:,} characters that no weight was learnt from"
    table = new_table(title)
    for heading in ("", "nats per character ↓", "bits per byte ↓", "perplexity per token ↓"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, measure in ranked(evaluation, ours):
        best = measure.nats_per_character == min(one.nats_per_character for _, one in ranked(evaluation, ours))
        table.add_row(*(Text(cell, style="bold" if best else "") for cell in cells(name, measure)))
    for note in notes_of(evaluation):
        table.add_row(Text(note, style="dim"))
    return table


def ranked(evaluation: TextEvaluation, ours: str) -> list[tuple[str, TextMeasure]]:
    """Every model with its measure, the best first."""
    every = [(ours, evaluation.measure), *evaluation.baselines.items()]
    return sorted(every, key=lambda pair: pair[1].nats_per_character)


def cells(name: str, measure: TextMeasure) -> tuple[str, ...]:
    perplexity = "–" if measure.perplexity is None else f"{measure.perplexity:,.4g}"
    return name, f"{measure.nats_per_character:.4f}", f"{measure.bits_per_byte:.4f}", perplexity


def notes_of(evaluation: TextEvaluation) -> tuple[str, ...]:
    """What to keep in mind of the numbers."""
    odd = evaluation.unknown
    said = f"{odd:,} of {evaluation.tokens:,} tokens are unknown to the vocabulary and foretold as one"
    return (*evaluation.notes, said) if odd else evaluation.notes
