"""The job of a language model: from a recipe to a run directory with a trained, measured, saved network."""

import hashlib
import importlib.metadata
import math
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from netwright.core.devices import cpu_threads
from netwright.core.errors import Interrupted
from netwright.core.files import to_json, write_atomic
from netwright.core.interrupts import StopSignal
from netwright.core.language import TextEvaluation, TextMeasure
from netwright.core.values import Choice
from netwright.networks.language import LanguageNetwork, build_language
from netwright.training.batches import Batches
from netwright.training.environment import describe_environment
from netwright.training.fit import fit
from netwright.training.journal import Journal
from netwright.training.language.evaluating import evaluation_of, surprises, validator
from netwright.training.language.material import TextMaterial, ahead, count_ngrams, gather_text, stem_of
from netwright.training.language.pace import ending, settle
from netwright.training.language.pictures import draw_pictures
from netwright.training.language.recipe import LanguageRecipe, language_recipe, said_choices
from netwright.training.language.run import TOKENIZER, read_tokenizer
from netwright.training.language.windows import Windows, follow, token_loss
from netwright.training.member_files import weights_of
from netwright.training.pausing import pausing
from netwright.training.records import RecordSink
from netwright.training.run_directory import RunInfo, check_run, locked, new_run, read_part, write_part, write_rejected
from netwright.training.session import FitResult, Observer, Session
from netwright.training.settings import read_recipe, recipe_to_toml
from netwright.training.unchanged import refuse_changed, refuse_edited

Reading = Callable[[str, float], None]


@dataclass(frozen=True)
class LanguageReady:
    """What is known when training is about to start."""

    material: TextMaterial
    recipe: LanguageRecipe
    choices: tuple[Choice, ...]
    baselines: dict[str, TextMeasure]
    folder: Path


@dataclass(frozen=True)
class LanguageListener:
    """Who is told how the job goes, and who may stop it."""

    reading: Reading | None = None
    ready: Callable[[LanguageReady], object] = lambda _: None
    observers: Sequence[Observer] = ()
    stop: StopSignal | None = None


@dataclass(frozen=True)
class LanguageRequest:
    """What a job is asked to do."""

    settings: Mapping[str, Any]  # the user's part of the recipe, as nested plain values
    runs: Path = Path("runs")
    name: str | None = None
    budget: float | None = None  # seconds for the whole job
    started: float = field(default_factory=time.monotonic)
    why: str = ""  # the source is taken for a text

    @property
    def left(self) -> float:
        """Seconds of the budget that are left."""
        return math.inf if self.budget is None else self.started + self.budget - time.monotonic()


@dataclass(frozen=True)
class _Stage:
    """A run directory that is ready to be trained in."""

    folder: Path
    material: TextMaterial
    recipe: LanguageRecipe
    info: RunInfo
    baselines: dict[str, TextMeasure]
    resume: bool = False


def run_language_job(request: LanguageRequest, listener: LanguageListener) -> Path:
    """Read, train, measure and save; return the run directory.

    Nothing is written before the text is known to be usable.

    Raises:
        NetwrightError: the user can mend it.
        Interrupted: a signal came; the run can be resumed.
    """
    recipe = language_recipe(request.settings, "settings", request.budget)
    asked = said_choices(recipe, request.settings)
    material = gather_text(recipe, listener.reading)
    baselines = count_ngrams(material)
    settled = settle(recipe, material, lambda: request.left)
    recipe = replace(settled.recipe, data=replace(recipe.data, source=str(Path(recipe.data.source).absolute())))
    told = (Choice("task", "language", request.why or "asked for"), *material.choices, *settled.choices)
    known = {choice.name for choice in told}
    choices = (*told, *(choice for choice in asked if choice.name not in known))
    folder = new_run(request.runs, stem_of(recipe.data.source), request.name)
    with locked(folder):
        try:
            info = _begin(folder, material, recipe, choices)
        except BaseException:
            shutil.rmtree(folder)  # no disk space, say: nothing half-written stays
            raise
        with pausing(folder):
            ends = None
            if request.budget is not None:
                ends = request.started + request.budget - ending(material, recipe, settled.asking)
            _work(_Stage(folder, material, recipe, info, baselines), request, listener, ends)
    return folder


def resume_language_job(folder: Path, listener: LanguageListener) -> Path:
    """Go on with a run that was stopped, bit for bit as if it had not been.

    Raises:
        RunError: the recipe or the text is not what the run was started with.
    """
    check_run(folder)
    with locked(folder):
        info = read_part(folder, "run.json", RunInfo)
        if info.stopped_because:
            return folder
        refuse_edited(folder, info)
        recipe = language_recipe(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
        material = gather_text(recipe, listener.reading, read_tokenizer(folder))
        refuse_changed(folder, info, material.corpus.fingerprint, material.corpus.count)
        stage = _Stage(folder, material, recipe, info, count_ngrams(material), resume=True)
        with pausing(folder):
            _work(stage, LanguageRequest({}), listener, None)
    return folder


def _begin(folder: Path, material: TextMaterial, recipe: LanguageRecipe, choices: tuple[Choice, ...]) -> RunInfo:
    """Write what is known before training."""
    text = recipe_to_toml(recipe, choices).encode()
    corpus = material.corpus
    write_atomic(folder / TOKENIZER, to_json(material.tokenizer))
    write_part(folder, "split.json", material.split)
    write_rejected(folder, ())
    info = RunInfo(
        version=importlib.metadata.version("netwright"),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        source=corpus.source,
        recipe_sha256=hashlib.sha256(text).hexdigest(),
        fingerprint=corpus.fingerprint,
        rows=corpus.count,
        split=material.split.sizes,
        split_reason=next((one.reason for one in choices if one.name == "split.validation"), ""),
        choices=choices,
        engine=recipe.training.engine,
        parameters=0,
        environment=describe_environment(),
    )
    write_part(folder, "run.json", info)
    write_atomic(folder / "recipe.toml", text)
    Journal(folder).write(f"run of netwright {info.version} on {info.source}: bytes {info.rows}")
    Journal(folder).write_choices(choices, ())
    return info


def _work(stage: _Stage, request: LanguageRequest, listener: LanguageListener, ends: float | None) -> None:
    """Train and measure; every path of a job goes through here."""
    recipe, material = stage.recipe, stage.material
    listener.ready(LanguageReady(material, recipe, stage.info.choices, stage.baselines, stage.folder))
    network = build_language(recipe.network, material.tokenizer.size, recipe.training.seed)
    result = _train(network, stage, listener, ends)
    with cpu_threads(recipe.training.threads):
        evaluation, nats = _measure(network, stage)
        pictures = draw_pictures(network, material, nats)
    write_part(stage.folder, "evaluation.json", evaluation)
    write_part(stage.folder, "excerpts.json", pictures)
    write_atomic(stage.folder / "weights.safetensors", save(weights_of(network)))
    ended = f"{result.stopped_because}; the weights of epoch {result.best_epoch} are kept"
    info = replace(stage.info, seconds=time.monotonic() - request.started, stopped_because=ended, notes=result.notes)
    parameters = sum(weight.numel() for weight in network.parameters())
    write_part(stage.folder, "run.json", replace(info, parameters=parameters))
    told = evaluation.measure.nats_per_character
    Journal(stage.folder).write(f"{evaluation.part} {told} nats per character of {evaluation.characters}")


def _train(network: LanguageNetwork, stage: _Stage, listener: LanguageListener, ends: float | None) -> FitResult:
    recipe, material, journal = stage.recipe, stage.material, Journal(stage.folder)
    assert recipe.windows.steps_per_epoch is not None
    rows = recipe.windows.steps_per_epoch * recipe.training.batch_size
    windows = Windows(network, material.train, recipe.training.seed, rows)
    numbers = torch.arange(rows)
    journal.write("training goes on" if stage.resume else "training begins")
    with RecordSink(stage.folder / "records.jsonl") as records:
        session = Session(
            folder=stage.folder / "checkpoints",
            stop=listener.stop,
            deadline=ends,
            resume=stage.resume,
            task="multiclass",
            records=records,
            loss=token_loss(windows.plan),
            validation=validator(network, material.validation, recipe.windows.validation_tokens),
            epoch_begins=follow(windows),
        )
        try:
            heard: tuple[Observer, ...] = (journal, *listener.observers)
            result = fit(windows, Batches((numbers,), numbers), recipe.training, heard, session)
        except Interrupted as stopped:
            journal.write(str(stopped))
            raise Interrupted(stopped.signal_number, f"go on with: netwright fit --resume {stage.folder}") from stopped
    journal.write(*result.notes, f"training ends: {result.stopped_because}; best epoch {result.best_epoch}")
    return result


def _measure(network: LanguageNetwork, stage: _Stage) -> tuple[TextEvaluation, Any]:
    """Measure every character of the part that is kept for it, up to a number."""
    material = stage.material
    name, (start, stop) = material.measured
    text = material.corpus.text(start, stop)
    tokens = material.tokenizer.encode(text)
    nats = surprises(network, ahead(material), tokens)
    evaluation = evaluation_of(name, text, tokens, nats, material.tokenizer.unknown)
    whole = material.split.sizes[name]
    notes = (f"the first {stop - start:,} of {whole:,} characters of the part",) if stop - start < whole else ()
    return replace(evaluation, baselines=stage.baselines, notes=notes), nats
