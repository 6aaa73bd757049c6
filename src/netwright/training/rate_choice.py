"""Which learning rate a run takes after a range test, and what the noise of its gradients says of the batch size."""

import math
import time
from collections.abc import Sequence

from netwright.core.values import Choice, NoiseScale, RateTest
from netwright.training.noise_scale import measure_noise_scale
from netwright.training.rate_test import Sweep, suggest, sweep
from netwright.training.rate_test_config import RateTestConfig
from netwright.training.trial import Subject, step, trying

BUDGET_SHARE = 0.15  # of the time left of a budget that the range test may take, and as much again the noise scale
WARM_UP = 100  # steps up to the rate that is used, before gradients are measured again
SETTING = "training.learning_rate"


def find_rate(subject: Subject, config: RateTestConfig, asked: bool, left: float = math.inf) -> RateTest:
    """Run a range test and measure the gradient noise scale, on copies of the network.

    Args:
        subject: the network with its rows and recipe.
        config: the range.
        asked: whether the user named the learning rate; the test is drawn then, but not taken.
        left: seconds of the budget.
    """
    began, default = time.monotonic(), subject.config.learning_rate
    with trying(subject) as trial:
        found = sweep(trial, config, began + BUDGET_SHARE * left)
    suggested = suggest(found)
    used = default if asked or suggested is None else suggested
    noise = _measure_noise(subject, used, time.monotonic() + BUDGET_SHARE * left)
    return RateTest(
        rates=tuple(map(float, found.rates)),
        losses=tuple(map(float, found.losses)),
        smoothed=tuple(map(float, found.smoothed)),
        suggested=suggested,
        default=default,
        used=used,
        verdict=_verdict(found, suggested, default, asked),
        noise=noise,
        advice=advise(noise, subject.config.batch_size),
        seconds=time.monotonic() - began,
    )


def choice_of(test: RateTest) -> Choice:
    """Return the rate as a choice of the recipe, with its reason."""
    return Choice(SETTING, test.used, test.verdict)


def _measure_noise(subject: Subject, rate: float, deadline: float) -> tuple[NoiseScale, ...]:
    """Measure at the start and after a linear warm-up, as far as the time goes."""
    with trying(subject) as trial:
        found = [measure_noise_scale(trial) if time.monotonic() < deadline else None]
        while trial.steps < WARM_UP and time.monotonic() < deadline:
            step(trial, rate * (trial.steps + 1) / WARM_UP)
        if trial.steps == WARM_UP:
            found.append(measure_noise_scale(trial))
    return tuple(scale for scale in found if scale is not None)


def _verdict(found: Sweep, suggested: float | None, default: float, asked: bool) -> str:
    kept = f"{default:g}, which was asked for, is kept" if asked else f"the default {default:g} is kept"
    if found.cut:
        return (
            f"a range test came as far as {found.rates[-1]:.2g} when its share of the time budget was used up: {kept}"
        )
    if suggested is None:
        early = "" if len(found.losses) > found.planned / 2 else f"; it ended after {len(found.losses)} steps"
        return f"a range test saw no fall of the loss that its scatter does not explain{early}: {kept}"
    lowest = found.rates[found.smoothed.argmin()]
    said = f"a range test: the loss was least at {lowest:.2g}, a fifth of which is {suggested:g}"
    return f"{said}; {kept}" if asked else f"found by {said}; the default was {default:g}"


def advise(noise: Sequence[NoiseScale], batch_size: int) -> str:
    """Say up to which batch size rows are used well: there a step needs twice the rows that the smallest batches do."""
    known = [scale for scale in noise if scale.rows is not None]
    takes = f"the recipe takes {batch_size:,}"
    if not known:
        return f"The gradients cannot be told from their noise, so any batch size uses its rows well; {takes}."
    last, lost = known[-1], [scale for scale in noise if scale.rows is None]
    first = f", {_rows(known[0])} at the start" if len(known) > 1 else ""
    when = f"after {last.step:,} steps{first}" if last.step else "at the start"
    when += f"; after {lost[-1].step:,} steps the gradient cannot be told from its noise" if lost else ""
    return f"Batches of up to about {_rows(last)} rows still use their rows well ({when}); {takes}."


def _rows(scale: NoiseScale) -> str:
    assert scale.rows is not None
    return f"{float(f'{max(scale.rows, 1.0):.2g}'):,.0f}"
