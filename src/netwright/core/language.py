"""Frozen values about a language model. They go to JSON and back, and know neither torch nor NumPy."""

from dataclasses import dataclass, field

from netwright.core.findings import Finding
from netwright.core.values import Choice, EpochRecord, RowCount


@dataclass(frozen=True)
class Sampling:
    """How a model's next token is drawn."""

    temperature: float = 0.8  # divides the logits; 0: the likeliest token
    top_k: int | None = None  # from so many likeliest tokens; None: from all
    top_p: float | None = None  # from the likeliest that hold this share of the probability; None: from all
    seed: int = 0


@dataclass(frozen=True)
class TextMeasure:
    """How well a text was foretold, every character of it. Lower is better for all of them."""

    nats_per_character: float
    bits_per_byte: float
    perplexity: float | None = None  # per token; None where there are no tokens, as of n-grams


@dataclass(frozen=True)
class TextEvaluation:
    """A model on a text that it never saw, beside n-grams on the same characters. Stored as evaluation.json."""

    part: str  # "validation", "test", or the name of a file
    characters: int  # that were foretold
    bytes: int
    tokens: int
    unknown: int  # tokens that stand for what the vocabulary does not hold
    measure: TextMeasure
    baselines: dict[str, TextMeasure] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Excerpt:
    """A piece of text, token by token, with the surprise -log p of each in nats."""

    pieces: tuple[str, ...]
    nats: tuple[float, ...]


@dataclass(frozen=True)
class AttentionMap:
    """How much each token of an excerpt takes of each before it, in one head."""

    block: int  # from 1
    head: int  # from 1
    pieces: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]  # row: who looks; column: at whom; up to itself


@dataclass(frozen=True)
class Sample:
    """What a model wrote."""

    prompt: str
    text: str
    temperature: float


@dataclass(frozen=True)
class TextPictures:
    """What the report shows beside numbers. Stored as excerpts.json."""

    excerpt: Excerpt
    samples: tuple[Sample, ...]
    attention: AttentionMap | None = None  # None for networks without


@dataclass(frozen=True)
class LanguageSummary:
    """All that the report and the terminal show of one run."""

    name: str
    version: str
    created: str  # ISO 8601, UTC
    source: str
    bytes: RowCount
    characters: int
    split: dict[str, int]  # part -> characters
    split_reason: str
    vocabulary: int  # tokens
    choices: tuple[Choice, ...]
    epochs: tuple[EpochRecord, ...]
    evaluation: TextEvaluation
    pictures: TextPictures
    parameters: int
    seconds: float  # wall time of the whole command
    environment: dict[str, str]
    stopped_because: str = ""
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
