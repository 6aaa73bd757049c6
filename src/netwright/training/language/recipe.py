"""The recipe of a language model: everything needed to repeat a run, and what is taken where nothing is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netwright.core.errors import RecipeError
from netwright.core.values import Choice
from netwright.data.corpus.tokenizing import TokenizerConfig
from netwright.networks.language import LANGUAGE_NETWORKS, LanguageNetworkConfig
from netwright.networks.language.config import check_network
from netwright.training.config import TrainingConfig, validate
from netwright.training.recipe import config_from, leaves, merge

ASKED = "asked for"
TASK = "language"


@dataclass(frozen=True)
class TextConfig:
    """Where the text is."""

    source: str = ""
    max_invalid: float = 0.01  # share of bytes that may be no UTF-8


@dataclass(frozen=True)
class TextSplitConfig:
    """Shares of the characters, counted from the end."""

    validation: float = 0.1
    test: float = 0.0  # the last ones; 0: the validation part is what the run is measured on


@dataclass(frozen=True)
class WindowsConfig:
    """How often the validation part is asked: an epoch here is so many steps, not a pass over the text."""

    steps_per_epoch: int | None = None  # None: planned from the budget, or from the size of text and network
    validation_tokens: int = 8192  # of the validation part that are asked after each epoch; at the end, all are


@dataclass(frozen=True)
class LanguageRecipe:
    """Everything needed to repeat a run."""

    task: str = TASK
    data: TextConfig = field(default_factory=TextConfig)
    split: TextSplitConfig = field(default_factory=TextSplitConfig)
    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    network: LanguageNetworkConfig = field(default_factory=LanguageNetworkConfig)
    windows: WindowsConfig = field(default_factory=WindowsConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)


SHARED: dict[str, Any] = {
    "epochs": 10,
    "engine": "eager",
    "precision": "auto",
    "schedule": "flat_cosine",
    "warmup": 0.02,
    "final_learning_rate": 0.05,
    "patience": None,
    "statistics": False,
    "batch_size": 16,
}
OF_NETWORK: dict[str, dict[str, Any]] = {
    "gpt": {
        "optimizer": "muon",
        "momentum": 0.95,
        "betas": (0.8, 0.95),
        "epsilon": 1e-10,
        "learning_rate": 0.01,
        "rate_factors": {"categorical_embedding": 30.0, "vocabulary": 2.0},
    },
    "lstm": {"optimizer": "adamw", "betas": (0.9, 0.99), "learning_rate": 0.004, "clip_norm": 1.0},
    "gru": {"optimizer": "adamw", "betas": (0.9, 0.99), "learning_rate": 0.004, "clip_norm": 1.0},
}
SHORT, LONG = 300.0, 900.0  # seconds of a budget: below and above, another size learns more in it
SMALL, WIDE = {"width": 96, "depth": 3, "heads": 2}, {"width": 192, "depth": 4, "heads": 3}
REASONS = {
    "network.width": "as wide as the time lets each weight see about ten tokens: 96 up to 5 minutes, 192 above 15",
    "training.engine": "only the eager engine trains what reads tokens",
    "training.optimizer": "Muon moves matrices by nearly orthogonal steps, which learn faster from so few tokens",
    "training.schedule": "a flat rate learns most, and its fall at the end gathers what was learnt",
    "training.patience": "a planned fall of the rate is worth most at its end",
    "training.rate_factors": "tables of tokens see each row seldom and take larger steps",
    "training.epochs": "stretches of steps, after each of which the validation part is asked",
}


def language_recipe(tree: Mapping[str, Any], origin: str, budget: float | None = None) -> LanguageRecipe:
    """Build the recipe from nested plain values, on top of the defaults of the network and the budget in seconds.

    Raises:
        RecipeError: an unknown key, or a value of the wrong type or out of range.
    """
    said = tree.get("network", {})
    name = said.get("name", "gpt") if isinstance(said, Mapping) else "gpt"
    usual: dict[str, Any] = {"training": {**SHARED, **OF_NETWORK.get(str(name), {})}}
    if budget is not None and not {"width", "depth", "heads"} & {*said} and not SHORT < budget < LONG:
        usual["network"] = SMALL if budget <= SHORT else WIDE
    recipe: LanguageRecipe = config_from(merge(usual, tree), LanguageRecipe, origin)
    check_network(recipe.network, tuple(LANGUAGE_NETWORKS))
    validate(recipe.training)
    if recipe.training.engine == "fused":
        raise RecipeError('training.engine: the fused engine cannot read tokens; take engine = "eager"')
    for setting in ("steps_per_epoch", "validation_tokens"):
        value = getattr(recipe.windows, setting)
        if value is not None and value < 1:
            raise RecipeError(f"windows.{setting}: expected a whole number of at least 1, got {value}")
    return recipe


def said_choices(recipe: LanguageRecipe, tree: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Return a choice for each setting that was asked for, or whose default has a reason."""
    found = []
    for name, value in leaves(recipe).items():
        if _given(tree, name.split(".")):
            found.append(Choice(name, value, ASKED))
        elif name in REASONS and (name != "training.optimizer" or value == "muon"):
            found.append(Choice(name, value, REASONS[name]))
    return tuple(found)


def _given(tree: Any, path: list[str]) -> bool:
    for part in path:
        if not isinstance(tree, Mapping) or part not in tree:
            return False
        tree = tree[part]
    return True
