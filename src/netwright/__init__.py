"""Netwright builds, trains, evaluates and ships deep neural networks from one command.

>>> import netwright as nw
>>> run = nw.fit("@breast-cancer")  # doctest: +SKIP
>>> run.evaluation.metrics["accuracy"].value  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netwright.api import (
        FitOptions,
        Flip,
        ForecastRun,
        LanguageRun,
        Run,
        Sampling,
        compare,
        explain,
        fit,
        forecast,
        landscape,
        load,
        preflight,
        preflight_module,
        resume,
        treat,
    )
    from netwright.diagnosis.watching import watch

__version__ = "0.1.0"
__all__ = [
    "FitOptions",
    "Flip",
    "ForecastRun",
    "LanguageRun",
    "Run",
    "Sampling",
    "compare",
    "explain",
    "fit",
    "forecast",
    "landscape",
    "load",
    "preflight",
    "preflight_module",
    "resume",
    "treat",
    "watch",
]


def __getattr__(name: str) -> Any:
    """Import the Python face on first use, so that `import netwright` costs milliseconds."""
    if name == "watch":
        from netwright.diagnosis.watching import watch

        return watch
    if name in __all__:
        from netwright import api

        return getattr(api, name)
    raise AttributeError(f"module 'netwright' has no attribute {name!r}")
