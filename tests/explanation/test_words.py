"""What words are worth: the answer with a word less the answer without it, as anybody can ask for it."""

import numpy as np
import polars as pl
import pytest

import netwright as nw
from netwright.data import Prepared
from netwright.explanation.gallery import show_rows
from netwright.explanation.words import MOST_WORDS, weigh_words
from netwright.training.stage import Listener
from tests.training.test_texts import SMALL, job, reviews


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    reviews(400).write_csv(folder / "reviews.csv")
    settings = {"preset.recipe": "bag", "training.epochs": 8, "training.learning_rate": 0.01}
    path = job(folder / "reviews.csv", folder, SMALL | settings, Listener(tested=show_rows), ignore=["stars"])
    return nw.load(path)


def test_a_word_is_worth_what_the_answer_loses_without_it(run):
    texts = run.summary.gallery.texts
    assert texts
    shown = texts[-1]
    whole = "".join(word.text for word in shown.words)
    said = run.predict(pl.DataFrame({"review": [whole]}))
    column = f"probability_{shown.prediction}"
    temperature = run.model.calibration.temperature
    for number, word in enumerate(shown.words):
        if not word.worth:
            continue
        without = "".join(" " if at == number else other.text for at, other in enumerate(shown.words))
        other = run.predict(pl.DataFrame({"review": [without]}))
        lost = [_uncalibrated(frame[column][0], temperature) for frame in (said, other)]
        assert word.worth == pytest.approx(np.log(lost[0]) - np.log(lost[1]), abs=1e-4)


def _uncalibrated(probability, temperature):
    """Undo the temperature of a two-class probability."""
    logit = temperature * np.log(probability / (1 - probability))
    return 1 / (1 + np.exp(-logit))


def test_the_words_that_decide_weigh_most_and_the_text_stays_whole(run):
    table = reviews(400)["review"].to_list()
    for text in run.summary.gallery.texts:
        assert "".join(word.text for word in text.words) == table[text.row - 1]
    right = [text for text in run.summary.gallery.texts if text.truth == text.prediction]
    deciding = {"lovely", "great", "delightful", "superb", "awful", "boring", "dreadful", "poor"}
    heaviest = [max(text.words, key=lambda word: abs(word.worth)).text for text in right]
    assert np.mean([word in deciding for word in heaviest]) > 0.6


def test_a_long_text_is_cut_and_an_empty_one_is_shown(run):
    model = run.model
    words = model.preparation.texts[0]
    row = Prepared(np.zeros((1, 0), np.float32), np.zeros((1, words.columns), np.int64), np.zeros(1, np.int64))
    long = weigh_words(model.module, model.preparation, row, "great " * 500)
    assert len([word for word in long if word.text.strip() == "great"]) <= min(MOST_WORDS, words.length)
    assert long[-1].text == " …"
    assert weigh_words(model.module, model.preparation, row, "")[0].worth == 0.0
