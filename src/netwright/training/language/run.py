"""A language run on disk: told from other runs by its tokenizer, summarised, and loaded to write on."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from netwright.core.errors import NetwrightError, RunError
from netwright.core.language import LanguageSummary, Sampling, TextEvaluation, TextPictures
from netwright.data.corpus.characters import CharacterTokenizer
from netwright.data.corpus.reading import CODE_POINTS, read_corpus
from netwright.data.corpus.subwords import SubwordTokenizer
from netwright.data.corpus.tokenizing import Tokenizer
from netwright.networks.language import LanguageNetwork, build_language, language_shapes
from netwright.training.language.evaluating import evaluation_of, surprises
from netwright.training.language.generating import generate
from netwright.training.language.recipe import LanguageRecipe, language_recipe
from netwright.training.run_directory import RunInfo, check_run, read_epochs, read_findings, read_part
from netwright.training.settings import read_recipe
from netwright.training.weights import header_of, load_weights, refuse_others

TOKENIZER = "tokenizer.json"


@dataclass(frozen=True)
class LanguageModel:
    """A trained network with its tokenizer."""

    network: LanguageNetwork
    tokenizer: Tokenizer
    recipe: LanguageRecipe

    def generate(self, prompt: str, tokens: int, sampling: Sampling) -> Iterator[str]:
        """Yield what follows the prompt, as it is written; errors as of `generate`."""
        return generate(self.network, self.tokenizer, prompt, tokens, sampling)

    def evaluate(self, source: str) -> TextEvaluation:
        """Measure the network on another text.

        Raises:
            SourceError: it cannot be read.
        """
        corpus = read_corpus(source, self.recipe.data.max_invalid)
        text = corpus.text()
        tokens = self.tokenizer.encode(text)
        nats = surprises(self.network, tokens[:0], tokens)
        return evaluation_of(Path(source).name, text, tokens, nats, self.tokenizer.unknown)


def is_language_run(folder: Path) -> bool:
    """Whether a run directory holds a language model."""
    return (folder / TOKENIZER).exists()


def read_tokenizer(folder: Path) -> Tokenizer:
    """Return the tokenizer of a run.

    Raises:
        RunError: it is missing or damaged.
    """
    plain = read_part(folder, TOKENIZER, dict)
    kind: Any = CharacterTokenizer if plain.get("kind") == "characters" else SubwordTokenizer
    try:
        tokenizer: Tokenizer = msgspec.convert(plain, kind)
        if not 1 < tokenizer.size <= CODE_POINTS:
            raise ValueError(f"a vocabulary of {tokenizer.size:,} tokens")
    except NetwrightError:
        raise
    except Exception as error:  # what `tokenizers` raises has no type of its own
        raise RunError(f"{folder} is damaged: {TOKENIZER}: {error}; restore it or fit again") from error
    return tokenizer


def load_language(folder: Path) -> LanguageModel:
    """Rebuild the network of a finished run. Nothing is unpickled: weights are safetensors, the rest JSON and TOML.

    Raises:
        RunError: the run is unfinished, damaged or incomplete.
    """
    check_run(folder)
    path = folder / "weights.safetensors"
    if not path.exists():
        raise RunError(f"{folder} has no weights.safetensors: the run did not finish; resume it: --resume {folder}")
    recipe = language_recipe(read_recipe(folder / "recipe.toml"), str(folder / "recipe.toml"))
    tokenizer = read_tokenizer(folder)
    refuse_others(path, header_of(path), language_shapes(recipe.network, tokenizer.size))
    network = build_language(recipe.network, tokenizer.size, recipe.training.seed)
    network.load_state_dict(load_weights(path))
    return LanguageModel(network.eval(), tokenizer, recipe)


def summarise_language(folder: Path) -> LanguageSummary:
    """Read a finished run.

    Raises:
        RunError: the run is unfinished, damaged or incomplete.
    """
    check_run(folder)
    info, evaluation = read_part(folder, "run.json", RunInfo), read_part(folder, "evaluation.json", TextEvaluation)
    if not math.isfinite(evaluation.measure.nats_per_character):
        raise RunError(f"{folder} is damaged: evaluation.json: expected a number; restore it or fit again")
    return LanguageSummary(
        name=folder.name,
        version=info.version,
        created=info.created,
        source=info.source,
        bytes=info.rows,
        characters=sum(info.split.values()),
        split=info.split,
        split_reason=info.split_reason,
        vocabulary=read_tokenizer(folder).size,
        choices=info.choices,
        epochs=read_epochs(folder),
        evaluation=evaluation,
        pictures=read_part(folder, "excerpts.json", TextPictures),
        parameters=info.parameters,
        seconds=info.seconds,
        environment=info.environment,
        stopped_because=info.stopped_because,
        notes=info.notes,
        findings=read_findings(folder) if (folder / "findings.json").exists() else (),
    )
