"""What a network has to beat: repeating the last value, repeating the last season, and a linear map in closed form."""

from dataclasses import dataclass
from dataclasses import replace as with_changes

import torch
from torch import Tensor, nn

from netwright.networks.forecasting import ForecastSpec
from netwright.training.forecasting.kept import bare
from netwright.training.forecasting.ridge import Ridge, fit_ridge, thinned
from netwright.training.forecasting.stage import ForecastStage

REPEAT, SEASONAL, LINEAR = "repeat the last value", "seasonal naive", "ridge, closed form"
ROWS = 400_000  # windows times channels that the closed form learns from


@dataclass(frozen=True)
class Baseline:
    """A forecast without training by steps."""

    network: nn.Module
    said: str


def baselines_of(stage: ForecastStage) -> dict[str, Baseline]:
    """Return the baselines by name, each fitted to the training rows if it has anything to fit."""
    return {**naive_baselines(stage.spec), LINEAR: _linear(stage)}


def naive_baselines(spec: ForecastSpec) -> dict[str, Baseline]:
    """Return those that need no rows to learn from; of a period beyond the look-back there is no seasonal one."""
    point = with_changes(spec, quantiles=())
    found = {REPEAT: Baseline(bare("naive", with_changes(point, period=1)), "")}
    if 1 < spec.period <= spec.lookback:
        found[SEASONAL] = Baseline(bare("naive", point), f"a season of {spec.period:,} rows")
    return found


def _linear(stage: ForecastStage) -> Baseline:
    ridge = solved(stage)
    network = bare("ridge", with_changes(stage.spec, quantiles=()))
    network.load_state_dict(state_of(ridge))
    return Baseline(network.eval(), f"penalty {ridge.penalty:g}, chosen on the validation windows")


def solved(stage: ForecastStage) -> Ridge:
    """Return the linear map in closed form, from the training windows; the validation windows choose its penalty."""
    spec, series = stage.spec, stage.material.series
    most = max(1, ROWS // series.shape[1])
    train, held = (thinned(getattr(stage.material.origins, part), most) for part in ("train", "validation"))
    return fit_ridge(series, (train, held), (spec.lookback, spec.horizon))


def state_of(ridge: Ridge) -> dict[str, Tensor]:
    """Return the linear map as the weights of a network called ridge."""
    weight = torch.from_numpy(ridge.weights.T).float().contiguous()
    return {"core.map.weight": weight, "core.map.bias": torch.zeros(len(weight))}
