"""The words that matter most over many texts: how much evidence goes where a word is erased from those that hold it.

Each text is read again without the word, wherever it stands in it, so that all it takes part in goes with it. The mean
is over the texts that hold the word, and its interval is Student's. It asks for no truth: texts need no labels.

Source: J. Li, W. Monroe, D. Jurafsky, Understanding neural networks through representation erasure, 2016.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.special import stdtrit

from netwright.core.explanations import Importance, ImportanceTable
from netwright.data import Prepared, Table, prepare
from netwright.explanation.flattening import evidence_of
from netwright.explanation.permutation import spread
from netwright.explanation.places.extent import LEAST_ROWS, SECONDS, seconds_of
from netwright.explanation.text_pieces import spans_of, without
from netwright.training.inference import Model
from netwright.training.parts import inputs_of
from netwright.training.predict import predict_logits

METHOD = "erasure of words"
MOST_TEXTS, LEAST_TEXTS = 2000, 10  # that are asked; that a word must stand in
MOST_WORDS = 10  # for, and as many against
MOST_CLASSES = 10  # that have a table, the first
READING = 5e-5  # seconds in which a text is cut into words
AT_ONCE = 512  # texts
SURE = 0.975
Effects = dict[str, NDArray[np.float64]]  # word -> [texts, tables]: evidence with it, less without it


@dataclass(frozen=True)
class _Text:
    """A text, and where its words stand: as they are written, in small letters."""

    text: str
    spelled: tuple[str, ...]

    def erased(self, word: str) -> str:
        return without(self.text, spans_of(self.text), [other != word for other in self.spelled])


def word_importance(model: Model, table: Table) -> tuple[ImportanceTable, ...]:
    """Return the words that speak most for each class and most against it; of two classes for the second alone.

    A word is told where its interval does not hold nought; those whose interval lies furthest from it come first.

    Args:
        model: a trained network that reads one text, with its contract.
        table: a conforming table, with its target or without.

    Returns:
        A table for each class, of a regression one; none where it would take long or nothing can be told.
    """
    texts, words = _asked(model, table)
    if len(texts) < LEAST_ROWS:
        return ()
    effects = _effects(model, texts, words)
    note = f"{len(effects):,} words stand in {LEAST_TEXTS} of the texts or more"
    found = []
    for number, unit in _units(model):
        columns = _most([_importance(word, seen[:, number]) for word, seen in effects.items()])
        found += [ImportanceTable(METHOD, unit, len(texts), columns, note=note)] if columns else []
    return tuple(found)


def _asked(model: Model, table: Table) -> tuple[list[_Text], set[str]]:
    """Return as many texts as there is time for, and the words that stand in enough of them."""
    column = model.preparation.texts[0].column
    cells = spread(np.arange(table.frame.height), MOST_TEXTS)
    texts = [_cut(text) for text in table.frame[column].gather(cells).cast(pl.String).fill_null("")]
    part = prepare(table, model.schema, model.preparation, cells[:2], with_target=False)
    seconds = READING + seconds_of(model.module, inputs_of(part))
    words = _frequent(texts)
    wanted = sum(len(words.intersection(text.spelled)) for text in texts) * seconds
    if wanted > SECONDS:
        chosen = spread(np.arange(len(texts)), max(1, int(len(texts) * SECONDS / wanted)))
        texts = [texts[at] for at in chosen]
        words = _frequent(texts)
    return texts, words


def _cut(text: str) -> _Text:
    return _Text(text, tuple(text[start:end].lower() for start, end in spans_of(text)))


def _frequent(texts: Sequence[_Text]) -> set[str]:
    holding = Counter(word for text in texts for word in set(text.spelled))
    return {word for word, count in holding.items() if count >= LEAST_TEXTS}


def _effects(model: Model, texts: Sequence[_Text], words: set[str]) -> Effects:
    found: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for some in _blocks(texts, words):
        read = [text.erased(word) if word else text.text for text, word in some]
        whole = np.zeros(0)
        for (_, word), evidence in zip(some, _evidence(model, read), strict=True):
            whole = whole if word else evidence
            if word:
                found[word].append(whole - evidence)
    return {word: np.stack(found[word]) for word in sorted(found)}


def _blocks(texts: Sequence[_Text], words: set[str]) -> Iterator[list[tuple[_Text, str]]]:
    """Yield some texts at a time: each as it is, then without each of its words."""
    block: list[tuple[_Text, str]] = []
    for text in texts:
        own = sorted(words.intersection(text.spelled))
        block += [(text, word) for word in ("", *own)] if own else []
        if len(block) >= AT_ONCE:
            yield block
            block = []
    if block:
        yield block


def _evidence(model: Model, texts: list[str]) -> Float[np.ndarray, "texts tables"]:
    """Return the log-odds of each class against all others, of two classes those of the second, or the value."""
    words = model.preparation.texts[0]
    slots = np.empty((len(texts), words.columns), np.int64)
    words.write(pl.Series(words.column, texts, dtype=pl.String), slots)
    part = Prepared(np.zeros((len(texts), model.preparation.spec.numeric), np.float32), slots, None)
    logits = predict_logits(model.module, inputs_of(part)).double().cpu()
    if model.schema.task == "regression":
        return np.asarray(model.preparation.target.decode(logits[:, :1].numpy()))
    logits = logits / model.calibration.temperature
    if logits.shape[1] == 1:
        return logits.numpy()
    every = [evidence_of(logits, torch.full((len(logits),), number)) for number in range(logits.shape[1])]
    return torch.stack(every, dim=1).numpy()


def _units(model: Model) -> list[tuple[int, str]]:
    """Return the number of each table among the columns of the evidence, and its unit."""
    classes = model.schema.classes
    if model.schema.task == "regression":
        return [(0, model.schema.target)]
    if len(classes) == 2:
        return [(0, f"log-odds of {classes[1]}")]
    return [(number, f"log-odds of {name}") for number, name in enumerate(classes[:MOST_CLASSES])]


def _importance(word: str, seen: NDArray[np.float64]) -> Importance:
    mean = float(seen.mean())
    half = float(stdtrit(len(seen) - 1, SURE) * seen.std(ddof=1) / np.sqrt(len(seen)))
    return Importance(word, mean, mean - half, mean + half, rows=len(seen))


def _most(every: list[Importance]) -> tuple[Importance, ...]:
    """Return the words furthest from nought on either side, those for it first."""
    distances = [(max(one.low or 0.0, -(one.high or 0.0)), one) for one in every]
    clear = sorted((pair for pair in distances if pair[0] > 0.0), key=lambda pair: -pair[0])
    sides = ([one for _, one in clear if (one.amount > 0) == up][:MOST_WORDS] for up in (True, False))
    return tuple(sorted((one for side in sides for one in side), key=lambda one: -one.amount))
