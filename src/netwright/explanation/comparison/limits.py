"""What a comparison left out to keep its time, and what is to be kept in mind of its numbers."""

from netwright.explanation.comparison.entries import Results
from netwright.explanation.comparison.ground import Ground
from netwright.explanation.comparison.networks import WIDTH
from netwright.explanation.comparison.views import MOST_DENSE


def limits_of(ground: Ground, results: Results) -> tuple[str, ...]:
    """Return what was left out, in words."""
    full = ground.sizes[-1]
    smaller = sorted({key.name for key in results.skipped if key.view != "raw" and key.rows < full})
    raw = sorted({key.name for key in results.skipped if key.view == "raw"})
    missing = sorted({key.name for key in results.skipped if key.view != "raw" and key.rows == full})
    said = [*ground.limits]
    said += [f"not trained for want of time: {', '.join(missing)}"] if missing else []
    said += [f"not tried on raw columns for want of time: {', '.join(raw)}"] if raw else []
    said += [f"not on every size for want of time: {', '.join(smaller)}"] if smaller else []
    said += [f"{name} could not be trained: {why}" for name, why in results.failed.items()]
    if ground.engineered.columns > MOST_DENSE:
        said.append(
            f"boosted trees and networks read the {MOST_DENSE:,} commonest of {ground.engineered.columns:,} columns"
        )
    return tuple(said)


def notes_on(ground: Ground, results: Results) -> tuple[str, ...]:
    """Return what is to be kept in mind."""
    notes = [
        "Intervals are of the test rows; each model was trained once, so what another seed would make of it is not in "
        "them.",
        "Times are processor seconds of one thread; networks are trained side by side, a thread each.",
        f"A network with at most one hidden layer counts as shallow; all have {WIDTH} units a layer and the training "
        "that the program chooses for so many rows, and are stopped by the validation rows.",
        "Prepared columns were learnt from all training rows, also for the smaller sizes of the curve.",
        "Memory is the peak of training beyond what the process held before: of networks, one epoch trained alone.",
        "Size is the bytes of the numbers that are kept: of networks the safetensors file, of scikit-learn's models "
        "the arrays in memory; the preparation of columns comes on top of both.",
    ]
    short = [f"{key.name}: {one.trained.note}" for key, one in results.kept.items()
             if one.trained.note and key.rows == ground.sizes[-1] and key.view != "raw"]  # fmt: skip
    return (*notes, *short)
