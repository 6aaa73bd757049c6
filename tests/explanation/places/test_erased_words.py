"""Words over many texts: each is worth what the network adds for it, in every text that holds it."""

import numpy as np
import polars as pl
import pytest
import torch

from netwright.explanation.places import erased_words
from netwright.explanation.places.erased_words import LEAST_TEXTS, word_importance
from tests.explanation.places.made import model_of

ROWS = 90
WORTH = {"good": 2.0, "fine": 1.0, "bad": -3.0, "rare": 5.0}


def frame_of(labels):
    chance = np.random.default_rng(0)
    texts = []
    for row in range(ROWS):
        said = [*chance.choice(["a", "plain", "film", "here"], 3), ("Good", "bad", "fine")[row % 3]]
        said += ["good"] * (row % 6 == 0) + ["rare"] * (row < LEAST_TEXTS - 1)
        texts.append(" ".join([*said, f"number{row}."]))
    return pl.DataFrame({"said": texts, "label": [labels[row % len(labels)] for row in range(ROWS)]})


def adding(words, columns):
    """Return a network that adds the worth of each word that is read, in some columns of its answer."""
    weights = torch.zeros(words.slots, len(columns))
    for word, worth in WORTH.items():
        for number, sign in enumerate(columns):
            weights[words.vocabulary.index(word) + 2, number] = sign * worth
    return lambda slots: weights[slots[:, : words.length]].sum(dim=1)


def tables_of(labels, columns):
    model, table = model_of(lambda slots: slots, frame_of(labels))
    model.module.function = adding(model.preparation.texts[0], columns)
    return word_importance(model, table)


def test_of_two_classes_each_word_is_worth_what_it_adds_to_the_second():
    (found,) = tables_of(("no", "yes"), (1.0,))
    assert found.unit == "log-odds of yes"
    assert [(one.name, one.rows) for one in found.columns] == [("good", 30), ("fine", 30), ("bad", 30)]
    good, fine, bad = found.columns
    assert good.amount == pytest.approx(3.0)  # half of the texts hold it twice
    assert (fine.amount, fine.low, fine.high) == pytest.approx((1.0, 1.0, 1.0))
    assert bad.amount == pytest.approx(-3.0)
    spread = np.tile([4.0, 2.0], 15).std(ddof=1) / np.sqrt(30)
    assert (good.high - good.low) / 2 == pytest.approx(2.045 * spread, rel=1e-3)  # Student's t of 29
    assert found.rows == ROWS
    assert "7 words stand in 10 of the texts or more" not in found.note  # the full stop is one of them
    assert found.note.startswith("8 words stand in 10")


def test_of_three_classes_each_has_a_table():
    found = tables_of(("a", "b", "c"), (1.0, 0.0, -1.0))
    assert [one.unit for one in found] == ["log-odds of a", "log-odds of b", "log-odds of c"]
    assert [one.name for one in found[0].columns] == ["good", "fine", "bad"]
    assert [one.name for one in found[2].columns] == ["bad", "fine", "good"]


def test_of_values_a_word_is_worth_what_it_adds_in_the_target_s_unit():
    model, table = model_of(lambda slots: slots, frame_of(tuple(np.arange(0.25, ROWS))))
    model.module.function = adding(model.preparation.texts[0], (1.0,))
    (found,) = word_importance(model, table)
    assert found.unit == "label"
    worth = {one.name: one.amount for one in found.columns}
    assert worth["fine"] == pytest.approx(model.preparation.target.deviation, rel=1e-5)


def test_few_texts_or_little_time_tell_nothing(monkeypatch):
    model, table = model_of(lambda slots: slots, frame_of(("no", "yes")))
    model.module.function = adding(model.preparation.texts[0], (1.0,))
    few = type(table)(**{**vars(table), "frame": table.frame[:20]})
    assert word_importance(model, few) == ()
    monkeypatch.setattr(erased_words, "SECONDS", 0.0)
    assert word_importance(model, table) == ()
