"""Opening runs of language models: a row is a window of tokens, each of which is to be foretold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from netwright.explanation.landscape.ending import compared
from netwright.explanation.landscape.opened import (
    Opened,
    block_for,
    check_rows,
    epochs_again,
    rows_for,
    some_rows,
)
from netwright.explanation.landscape.snapshots import Snapshots
from netwright.explanation.landscape.subject import Subject
from netwright.explanation.landscape.trajectory import Way
from netwright.networks.language import build_language
from netwright.training.batches import Batches
from netwright.training.fit import fit
from netwright.training.language.evaluating import validator
from netwright.training.language.material import TextMaterial, gather_text
from netwright.training.language.recipe import LanguageRecipe
from netwright.training.language.run import LanguageModel, load_language
from netwright.training.language.windows import Windows, follow, token_loss
from netwright.training.run_directory import RunInfo, read_epochs, read_part
from netwright.training.session import Session
from netwright.training.unchanged import refuse_changed, refuse_edited

NEVER = 1 << 30  # steps between records that nobody reads


def open_language(folder: Path, rows: int | None, points: int, seed: int) -> Opened:
    """Open a run of a language model; arguments as of `open_table`.

    Raises:
        RunError: it is unfinished or damaged, or its text changed.
    """
    check_rows(rows)
    model, info = load_language(folder), read_part(folder, "run.json", RunInfo)
    refuse_edited(folder, info)
    material = gather_text(model.recipe, None, model.tokenizer)
    refuse_changed(folder, info, material.corpus.fingerprint, material.corpus.count)
    context = model.recipe.network.context
    windows = (len(material.train) - 1) // context
    few = (_windows(material, torch.arange(1), context)[:, :-1],)
    wanted = rows or rows_for(model.network, few, points, context)
    tokens = _windows(material, some_rows(windows, wanted, seed), context)
    block = block_for(model.network, few)
    return Opened(
        name=folder.name,
        network="the run's network",
        loss_name="nats per token",
        subject=Subject(model.network, (tokens[:, :-1].contiguous(),), tokens[:, 1:].contiguous(), _nats, block),
        of_rows=windows,
        retrain=lambda subject: _again(folder, (model, material), info, subject),
        skips=None,
        notes=(f"a row is a window of {context} tokens",),
    )


def _windows(material: TextMaterial, numbers: Tensor, context: int) -> Tensor:
    """Return the tokens of windows side by side, and the one after each."""
    places = numbers.numpy()[:, None] * context + np.arange(context + 1)
    return torch.from_numpy(material.train[places].astype(np.int64))


def _nats(logits: Tensor, tokens: Tensor) -> Tensor:
    return cross_entropy(logits.flatten(0, 1), tokens.flatten())


def _again(folder: Path, known: tuple[LanguageModel, TextMaterial], info: RunInfo, subject: Subject) -> Way | str:
    model, material = known
    recipe: LanguageRecipe = model.recipe
    done = read_epochs(folder)
    seconds = done[-1].seconds if done else 0.0
    epochs = epochs_again(recipe.training.epochs, len(done), seconds, info.stopped_because)
    config = replace(recipe.training, epochs=epochs, statistics=False, record_every=NEVER)
    network = build_language(recipe.network, model.tokenizer.size, config.seed)
    assert recipe.windows.steps_per_epoch is not None
    rows = torch.arange(recipe.windows.steps_per_epoch * config.batch_size)
    windows, snapshots = Windows(network, material.train, config.seed, len(rows)), Snapshots(network, subject)
    begin = follow(windows)

    def begins(epoch: int) -> None:
        snapshots.epoch_begins(epoch)
        begin(epoch)

    session = Session(
        task="multiclass",
        loss=token_loss(windows.plan),
        validation=validator(network, material.validation, recipe.windows.validation_tokens),
        epoch_begins=begins,
    )
    best = fit(windows, Batches((rows,), rows), config, (), session).best_epoch
    words, same = compared(network, subject.module, best)
    return Way(snapshots, best, words, same)
