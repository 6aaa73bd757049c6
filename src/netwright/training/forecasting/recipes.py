"""Recipes of forecasts by name: what each sets, and why."""

from collections.abc import Callable
from dataclasses import dataclass

from netwright.core.errors import RecipeError, nearest
from netwright.core.values import Choice

LEAST_STEPS = 1500  # of the optimizer
MOST_EPOCHS = 1000

Pairs = dict[str, tuple[object, str]]


@dataclass(frozen=True)
class Facts:
    """What recipes depend on."""

    windows: int  # to learn from
    channels: int
    lookback: int
    horizon: int


def nlinear(facts: Facts) -> Pairs:
    """One linear map after the last value is taken off."""
    return {
        "network.name": (
            "nlinear",
            "a linear map of what happened since the last value: hard to beat, and the quickest",
        ),
        "network.normalization": (
            "last",
            "the last value is taken off and put back: a level that drifts is no harm",
        ),
        **_of_linear_maps(facts),
    }


def ridge(_facts: Facts) -> Pairs:
    """The linear map in closed form."""
    return {
        "network.name": ("ridge", "the linear map that least squares with a penalty give, without a single step"),
        "network.normalization": (
            "last",
            "the last value is taken off and put back: a level that drifts is no harm",
        ),
    }


def dlinear(facts: Facts) -> Pairs:
    """A linear map of the trend and one of the rest."""
    return {
        "network.name": ("dlinear", "a linear map of a moving average, and one of what it leaves"),
        "network.normalization": (
            "last",
            "the last value is taken off and put back: a level that drifts is no harm",
        ),
        "network.kernel": (25, "rows of the moving average, as its authors have it"),
        **_of_linear_maps(facts),
    }


def fits(facts: Facts) -> Pairs:
    """A linear map of the lowest frequencies."""
    return {
        "network.name": ("fits", "a complex linear map of the lowest frequencies: few numbers to learn"),
        "network.normalization": ("revin", "each window by its own mean and size"),
        **_of_linear_maps(facts),
    }


def patchtst(facts: Facts) -> Pairs:
    """Patches read by a Transformer's encoder."""
    return {
        "network.name": ("patchtst", "patches of the window read by attention"),
        "network.normalization": ("revin", "each window by its own mean and size"),
        "network.width": (16, "as its authors have it for series of this size"),
        "network.depth": (3, "as its authors have it"),
        "network.heads": (4, "as its authors have it"),
        "network.patch": (min(16, facts.lookback), "rows of a patch, as its authors have it"),
        "network.stride": (8, "patches overlap by half"),
        "network.dropout": (0.3, "as its authors have it"),
        **_of_deep_networks(facts),
        "training.learning_rate": (0.001, "with a quick rise and a long fall"),
    }


def lstm(facts: Facts) -> Pairs:
    """An LSTM over the window."""
    return {"network.name": ("lstm", "read row by row, with a memory that can be kept"), **_of_recurrent(facts)}


def gru(facts: Facts) -> Pairs:
    """A GRU over the window."""
    return {"network.name": ("gru", "read row by row, with fewer gates than an LSTM"), **_of_recurrent(facts)}


def tcn(facts: Facts) -> Pairs:
    """Dilated causal convolutions over the window."""
    return {
        "network.name": ("tcn", "filters that look back only, twice as far with every layer"),
        "network.normalization": ("revin", "each window by its own mean and size"),
        "network.kernel": (3, "taps of a filter"),
        "network.width": (32, "channels of a layer"),
        "network.depth": (1, "more are added until the window is covered"),
        "network.dropout": (0.1, "a little noise against learning windows by heart"),
        **_of_deep_networks(facts),
    }


def naive(_facts: Facts) -> Pairs:
    """The last season again."""
    return {
        "network.name": ("naive", "the last season again; nothing is learnt"),
        "network.normalization": ("none", "what was seen is said as it was"),
    }


FORECASTERS: dict[str, Callable[[Facts], Pairs]] = {
    "nlinear": nlinear,
    "ridge": ridge,
    "dlinear": dlinear,
    "fits": fits,
    "patchtst": patchtst,
    "lstm": lstm,
    "gru": gru,
    "tcn": tcn,
    "naive": naive,
}


@dataclass(frozen=True)
class ForecastQuality:
    """What a word for quality means."""

    recipe: str
    reason: str
    contenders: tuple[str, ...] = ()


QUALITIES = {
    "fast": ForecastQuality("nlinear", "one linear map: the least time"),
    "standard": ForecastQuality(
        "nlinear", "linear maps learnt in three ways, compared on the validation windows", ("dlinear", "ridge")
    ),
    "best": ForecastQuality(
        "nlinear", "linear maps learnt in four ways, and a Transformer", ("dlinear", "ridge", "fits", "patchtst")
    ),
}


def settings_of(name: str, facts: Facts) -> tuple[Choice, ...]:
    """Return what a recipe sets, each with its reason.

    Raises:
        RecipeError: the name is unknown.
    """
    if name not in FORECASTERS:
        shown = ", ".join(FORECASTERS)
        raise RecipeError(
            f"--recipe: expected one of {shown} for a forecast, got {name!r}; {nearest(name, FORECASTERS)}"
        )
    common: Pairs = {
        "training.engine": ("eager", "windows are read from one series by their place, which autograd's engine does"),
        "training.statistics": (False, "a window's layers are few, and what they hold is no table"),
        "training.optimizer": ("adam", "it needs the least tuning"),
    }
    return tuple(Choice(key, value, why) for key, (value, why) in {**common, **FORECASTERS[name](facts)}.items())


def _of_linear_maps(facts: Facts) -> Pairs:
    return {
        "training.learning_rate": (0.001, "better on the validation windows of three of five series tried than 0.005"),
        "training.batch_size": (32, "windows of a step, as the authors of linear forecasts have it"),
        **_epochs(facts, 32, 10),
        "training.schedule": ("step", "halved again and again, as the authors of linear forecasts have it"),
        "training.step_size": (0.1, "after every tenth of the training"),
        "training.gamma": (0.5, "half"),
    }


def _of_deep_networks(facts: Facts) -> Pairs:
    return {
        "training.learning_rate": (0.001, "usual for Adam"),
        "training.batch_size": (64, "windows of a step, each with all channels"),
        **_epochs(facts, 64, 20),
        "training.schedule": ("one_cycle", "a rise and a fall of the rate over the whole training"),
        "training.clip_norm": (1.0, "single windows can have large gradients"),
    }


def _epochs(facts: Facts, batch_size: int, least: int) -> Pairs:
    """Enough epochs for LEAST_STEPS steps, so that few windows are learnt too."""
    steps = -(-facts.windows // batch_size)
    epochs = min(MOST_EPOCHS, max(least, -(-LEAST_STEPS // max(steps, 1))))
    why = f"{steps:,} steps each; the validation loss stops falling before the last"
    return {
        "training.epochs": (epochs, why),
        "training.patience": (max(3, epochs // 4), "epochs without a better validation loss"),
    }


def _of_recurrent(facts: Facts) -> Pairs:
    return {
        "network.normalization": ("revin", "each window by its own mean and size"),
        "network.width": (64, "units of a layer"),
        "network.depth": (1, "one layer learns what two do, in half the time"),
        **_of_deep_networks(facts),
    }
