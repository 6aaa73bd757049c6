"""The whole job on a tiny text: what it leaves behind, and that stopping it anywhere changes no byte."""

import signal

import pytest

from netwright.core.errors import Interrupted, RunError, SourceError
from netwright.core.files import from_json
from netwright.core.interrupts import StopSignal
from netwright.core.language import TextEvaluation
from netwright.core.values import EpochRecord
from netwright.training.language import job, pictures
from netwright.training.language.job import LanguageListener, LanguageRequest, resume_language_job, run_language_job
from netwright.training.language.run import load_language, summarise_language
from netwright.training.settings import read_recipe

TEXT = "".join(f"{number} little ducks went out one day, over the hills and far away.\n" for number in range(60))
TRAINED = round(0.9 * len(TEXT))  # characters
SIZES = {"width": 16, "depth": 1, "heads": 2, "context": 16}
QUICK = {"epochs": 3, "batch_size": 4, "threads": 1, "precision": "float32", "record_every": 1}


@pytest.fixture(autouse=True)
def short_samples(monkeypatch):
    monkeypatch.setattr(pictures, "WRITTEN", 5)


@pytest.fixture
def text(tmp_path):
    (tmp_path / "ducks.txt").write_text(TEXT)
    return tmp_path / "ducks.txt"


def settings(text, network=None, **training):
    windows = {"steps_per_epoch": 4, "validation_tokens": 64}
    tree = {"network": {**SIZES, **(network or {})}, "training": {**QUICK, **training}, "windows": windows}
    return {"data": {"source": str(text)}, **tree}


def run(text, tree=None, listener=None, name=None, **more):
    request = LanguageRequest(tree or settings(text), text.parent / "runs", name, **more)
    return run_language_job(request, listener or LanguageListener())


@pytest.mark.parametrize("network", ["gpt", "lstm", "gru"])
def test_a_run_is_whole_and_loads_again(text, network):
    folder = run(text, settings(text, {"name": network}))
    summary = summarise_language(folder)
    assert summary.bytes.total == summary.bytes.used + summary.bytes.rejected == len(TEXT)
    assert summary.split == {
        "train": round(0.9 * len(TEXT)),
        "validation": len(TEXT) - round(0.9 * len(TEXT)),
        "test": 0,
    }
    assert summary.evaluation.characters == summary.split["validation"]
    assert len(summary.epochs) == 3
    assert "6-gram, Kneser-Ney" in summary.evaluation.baselines
    assert (summary.pictures.attention is not None) == (network == "gpt")
    model = load_language(folder)
    again = model.evaluate(str(text))
    assert again.characters == len(TEXT)
    assert read_recipe(folder / "recipe.toml")["network"]["name"] == network


def test_training_foretells_better_than_not_training(text):
    before = run(text, settings(text, epochs=1) | {"windows": {"steps_per_epoch": 1}})
    after = run(text, settings(text, epochs=10, learning_rate=0.02) | {"windows": {"steps_per_epoch": 12}})
    found = [summarise_language(folder).evaluation.measure.nats_per_character for folder in (before, after)]
    assert found[1] < 0.7 * found[0]


@pytest.mark.parametrize("at", [1, 8, 11])
@pytest.mark.parametrize("network", [{"dropout": 0.1}, {"name": "lstm"}])
def test_a_run_stopped_and_resumed_is_byte_for_byte_the_one_that_was_not(text, at, network):
    tree = settings(text, network)
    whole = run(text, tree, name="whole")
    stop = StopSignal()

    def observe(record):
        if record.kind == "step" and record.step == at:
            stop.number = signal.SIGTERM

    with pytest.raises(Interrupted, match="netwright fit --resume"):
        run(text, tree, LanguageListener(observers=(observe,), stop=stop), name="parted")
    parted = resume_language_job(text.parent / "runs" / "parted", LanguageListener())
    for part in ("weights.safetensors", "evaluation.json", "excerpts.json", "recipe.toml", "tokenizer.json"):
        assert (parted / part).read_bytes() == (whole / part).read_bytes(), part
    assert lines(parted) == lines(whole)


def lines(folder):
    """The records without the clock."""
    found = (folder / "records.jsonl").read_bytes().splitlines()
    return [line if b'"step","' in line or b'"kind":"step"' in line else untimed(line) for line in found]


def untimed(line):
    record = from_json(line, EpochRecord)
    return (record.epoch, record.step, record.train_loss, record.validation_loss, record.best)


def test_a_finished_run_is_not_trained_again(text):
    folder = run(text)
    before = (folder / "weights.safetensors").stat().st_mtime_ns
    assert resume_language_job(folder, LanguageListener()) == folder
    assert (folder / "weights.safetensors").stat().st_mtime_ns == before


def stopped(text):
    stop = StopSignal()

    def observe(record):
        stop.number = signal.SIGTERM

    with pytest.raises(Interrupted):
        run(text, None, LanguageListener(observers=(observe,), stop=stop), name="stopped")
    return text.parent / "runs" / "stopped"


def test_a_run_whose_text_changed_does_not_go_on(text):
    folder = stopped(text)
    text.write_text(TEXT.replace("ducks", "geese"))
    with pytest.raises(RunError, match="changed since"):
        resume_language_job(folder, LanguageListener())


def test_a_run_whose_recipe_was_edited_does_not_go_on(text):
    folder = stopped(text)
    path = folder / "recipe.toml"
    path.write_text(path.read_text().replace("batch_size = 4", "batch_size = 5"))
    with pytest.raises(RunError, match="was edited since"):
        resume_language_job(folder, LanguageListener())


def test_a_recipe_gives_the_same_run_again(text):
    first = run(text)
    tree = read_recipe(first / "recipe.toml")
    assert (run(text, tree) / "weights.safetensors").read_bytes() == (first / "weights.safetensors").read_bytes()


def test_the_precision_is_measured_and_stands_in_the_recipe(text):
    folder = run(text, settings(text, precision="auto"))
    assert read_recipe(folder / "recipe.toml")["training"]["precision"] in ("float32", "bfloat16")
    choice = next(one for one in summarise_language(folder).choices if one.name == "training.precision")
    assert "ms in" in choice.reason or "within the first steps" in choice.reason


def test_a_budget_is_kept_and_what_it_bought_is_said(text):
    tree = settings(text, precision="float32")
    del tree["windows"]
    folder = run(text, tree, budget=6.0)
    summary = summarise_language(folder)
    assert summary.seconds < 9.0
    planned = next(one for one in summary.choices if one.name == "windows.steps_per_epoch")
    assert "as many as the budget has room for" in planned.reason


def test_without_a_budget_steps_are_planned_from_text_and_network(text):
    tree = settings(text)
    del tree["windows"]
    told = []

    class EnoughError(Exception):
        pass

    def ready(what):
        told.append(what)
        raise EnoughError

    with pytest.raises(EnoughError):
        run(text, tree, LanguageListener(ready=ready))
    assert any("passes over the text" in choice.reason for choice in told[0].choices)


def test_the_last_characters_test_where_it_is_asked_for(text):
    tree = settings(text) | {"split": {"validation": 0.1, "test": 0.2}}
    found = summarise_language(run(text, tree)).evaluation
    assert found.part == "test"
    assert found.characters == pytest.approx(0.2 * len(TEXT), abs=1)


def test_characters_that_training_did_not_see_are_counted_as_unknown(text):
    text.write_text(TEXT + "ζζζ")
    assert summarise_language(run(text)).evaluation.unknown == 3


@pytest.mark.parametrize("kind", ["bpe", "words"])
def test_longer_tokens_are_measured_by_character_all_the_same(text, kind):
    pytest.importorskip("tokenizers")
    tree = settings(text) | {"tokenizer": {"name": kind, "size": 300}}
    found: TextEvaluation = summarise_language(run(text, tree)).evaluation
    assert found.tokens < found.characters == len(TEXT) - round(0.9 * len(TEXT))


def test_a_text_too_short_for_the_context_says_how_long_it_must_be(text):
    text.write_text("short, yet a text")
    with pytest.raises(SourceError, match="expected at least about 30 characters for a context of 16 tokens, got 17"):
        run(text)
    assert not (text.parent / "runs").exists()


def test_nothing_half_written_stays_where_the_run_cannot_begin(text, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(job, "write_rejected", full)
    with pytest.raises(OSError, match="space"):
        run(text)
    assert not list((text.parent / "runs").iterdir())
