"""Runs on texts: read, trained, measured beside a linear model on weighed words, stored and read back."""

import signal

import numpy as np
import polars as pl
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

import netwright as nw
from netwright.api import settings_tree
from netwright.core.errors import Interrupted
from netwright.core.interrupts import StopSignal
from netwright.core.values import InputSpec, TextInput
from netwright.data import Prepared
from netwright.training.evaluation.tfidf import weigh
from netwright.training.job import resume_job, run_job
from netwright.training.stage import Listener, Request

GOOD, BAD = ("lovely", "great", "delightful", "superb"), ("awful", "boring", "dreadful", "poor")
FILLER = ("film", "plot", "actor", "scene", "music", "camera", "ending", "dialogue")
SMALL = {"network.text_size": 8, "network.text_pairs": 64, "training.threads": 1}


def reviews(rows, seed=0):
    """Sentences whose adjective decides, and a number that decides where there is none."""
    chance = np.random.default_rng(seed)
    said, liked, stars = [], [], []
    for row in range(rows):
        good = bool(chance.random() < 0.5)
        adjective = chance.choice(GOOD if good else BAD) if row % 5 else "strange"
        words = [*chance.choice(FILLER, 4), adjective, chance.choice(FILLER), f"number{row}"]
        said.append("The " + " ".join(words) + ("." if row % 2 else "!"))
        liked.append("yes" if good else "no")
        stars.append(float(good) + 0.1 * chance.normal())
    return pl.DataFrame({"review": said, "stars": stars, "liked": liked})


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "reviews.csv"
    reviews(700).write_csv(path)
    return path


def job(table, runs, settings, listener=None, **data):
    tree = settings_tree({"data": {"source": str(table), "target": "liked"} | data}, SMALL | settings)
    return run_job(Request(tree, runs=runs, name="job"), listener or Listener())


@pytest.fixture(scope="module", params=["bag", "textcnn", "rnn", "lstm", "gru", "transformer"])
def alone(request, table, tmp_path_factory):
    """A run on the text alone; do not change it."""
    settings = {"preset.recipe": request.param, "network.text_filters": 8, "training.epochs": 10}
    settings |= {"training.learning_rate": 0.01, "training.batch_size": 32, "training.patience": 10}
    return nw.load(job(table, tmp_path_factory.mktemp("runs"), settings, ignore=["stars"]))


def test_a_text_is_a_feature_and_its_words_decide(alone):
    assert [column.name for column in alone.schema.features] == ["review"]
    assert alone.evaluation.metrics["accuracy"].value > 0.8  # one in five has no word that says it
    said = next(choice for choice in alone.summary.choices if choice.name == "preparation.text.review")
    assert "9 words of a vocabulary of 20" in said.value
    assert "0 of 476 cells are longer" in said.reason
    assert alone.summary.engine == "eager"
    assert "reads text" in next(c.reason for c in alone.summary.choices if c.name == "training.engine")
    assert "trees read no text" in alone.evaluation.skipped["boosted trees"]
    assert alone.evaluation.baselines["linear model"]["accuracy"].value > 0.8


def test_it_answers_after_loading_for_words_it_never_saw_and_cells_without_any(alone):
    frame = pl.DataFrame({"review": ["a superb film", "qqq zzz", "", None, "awful " * 500]})
    said = nw.load(alone.path).predict(frame)
    assert said.height == 5
    assert said["prediction"][0] == "yes"
    assert said["prediction"][4] == "no"
    assert said["probability_yes"].is_between(0, 1).all()
    assert nw.load(alone.path).evaluate(reviews(200, seed=1)).metrics["accuracy"].value > 0.8


def test_texts_stand_beside_numbers_and_recipes_are_compared(table, tmp_path):
    settings = {"preset.contenders": ["textcnn"], "contenders.textcnn.training.epochs": 2}
    run = nw.load(job(table, tmp_path, settings | {"contenders.textcnn.network.text_filters": 8}))
    names = {one.name for one in run.summary.contest.contenders}
    assert {"bag", "textcnn"} <= names
    assert run.evaluation.metrics["accuracy"].value > 0.97  # the number knows the rest
    assert run.evaluation.baselines["boosted trees"]["accuracy"].value > 0.97


@pytest.mark.parametrize("recipe", ["bag", "textcnn", "lstm", "transformer"])
def test_a_signal_changes_no_byte(table, tmp_path, recipe):
    settings = {"preset.recipe": recipe, "training.epochs": 3, "network.text_filters": 8, "evaluation.trees": False}
    untouched = job(table, tmp_path / "untouched", settings)
    stop = StopSignal()
    listener = Listener(stop=stop, observers=[lambda record: record.step > 10 and stop(signal.SIGTERM, None)])
    with pytest.raises(Interrupted):
        job(table, tmp_path, settings, listener)
    resume_job(tmp_path / "job", Request(settings={}), Listener())
    assert (tmp_path / "job/weights.safetensors").read_bytes() == (untouched / "weights.safetensors").read_bytes()


def test_values_and_folds_too(table, tmp_path):
    settings = {"preset.recipe": "bag", "training.epochs": 8, "ensemble.folds": 3, "training.batch_size": 32}
    run = nw.load(job(table, tmp_path, settings, target="stars", ignore=["liked"]))
    assert run.summary.schema.task == "regression"
    assert run.evaluation.metrics["rmse"].value < 0.8 * run.evaluation.baselines["mean"]["rmse"].value
    assert run.summary.ensemble.kept == 3


def test_words_are_weighed_as_scikit_learn_weighs_them():
    cells = ["a b a c", "b c d", "c", "d d d a", "a b"]
    words = {"a": 2, "b": 3, "c": 4, "d": 5}
    slots = np.zeros((5, 6), np.int64)
    for row, cell in enumerate(cells):
        slots[row, : len(cell.split())] = [words[word] for word in cell.split()]
    rows = Prepared(np.zeros((5, 0), np.float32), np.concatenate([slots, np.ones((5, 3), np.int64)], axis=1), None)
    spec = InputSpec(0, (), 1, "binary", (), (TextInput(6, 6, 8, 3),))
    learnt, asked = weigh(rows, rows, spec.texts)
    expected = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"\w+").fit_transform(
        cells
    )
    assert learnt.shape == expected.shape
    assert np.allclose((learnt @ learnt.T).toarray(), (expected @ expected.T).toarray())
    assert (learnt != asked).nnz == 0
