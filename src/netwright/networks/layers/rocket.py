"""Series by thousands of fixed kernels: of each, how much of the series it likes, and how strongly.

Each of the 84 kernels of nine values, three of them 2 and six -1, is laid over a series with gaps (dilations) of many
sizes, as it is and with its differences from value to value. Above a threshold, which is a quantile of what training
series gave, two numbers are taken: the share of the places, and the mean excess there. Nothing of this is trained: the
channels that a kernel reads are drawn, the thresholds and the scale of the numbers are learnt from training rows.

Sources: A. Dempster, F. Petitjean, G. Webb, ROCKET, 2020; A. Dempster, D. Schmidt, G. Webb, MiniRocket, 2021; C. W. Tan
et al., MultiRocket, 2022.
"""

import itertools
import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor, nn
from torch.nn.functional import conv1d

from netwright.core.values import SeriesInput
from netwright.networks.layers.series import Inside, SeriesLayer, Values, Vectors
from netwright.networks.layers.series_config import SeriesConfig

SIZE = 9  # values of a kernel
HIGH = tuple(itertools.combinations(range(SIZE), 3))  # the places of each kernel that are 2
KERNELS = len(HIGH)
MOST_DILATIONS = 32
MOST_CHANNELS = 9  # that one kernel reads
AT_ONCE = 1 << 20  # numbers of a convolution's output
Changes = Float[Tensor, "batch channels changes"]
InsideChanges = Bool[Tensor, "batch 1 changes"]
GOLDEN = (math.sqrt(5.0) + 1.0) / 2.0  # multiples of it, without their whole parts, are spread evenly
FIRST_ROWS = 4096  # training series that the scale is learnt from


@dataclass(frozen=True)
class Dilation:
    """The kernels at one gap between their values."""

    gap: int
    thresholds: int  # of each kernel


class Bank(nn.Module):
    """All kernels at all dilations, over one form of a series."""

    def __init__(self, channels: int, length: int, kernels: int) -> None:
        super().__init__()
        self.dilations = dilations_for(length, kernels)
        self.channels = channels
        count = sum(dilation.thresholds for dilation in self.dilations)
        self.register_buffer("shapes", kernel_shapes(), persistent=False)
        self.register_buffer("reads", torch.empty(len(self.dilations), KERNELS, channels))
        self.register_buffer("thresholds", torch.empty(count, KERNELS))
        self.width = 2 * KERNELS * count

    def fill(self, generator: Generator) -> None:
        """Draw the channels that each kernel reads, few more often than many; thresholds until `fit` has seen rows."""
        reads, most = self.get_buffer("reads"), min(self.channels, MOST_CHANNELS)
        many = (2 ** (torch.rand(reads.shape[:2], generator=generator) * math.log2(most + 1))).long().clamp(1, most)
        order = torch.rand(reads.shape, generator=generator).argsort(dim=2).argsort(dim=2)
        reads.copy_((order < many.unsqueeze(2)).to(reads))
        self.get_buffer("thresholds").normal_(generator=generator)

    @torch.no_grad()
    def fit(self, values: Values, inside: Inside) -> None:
        """Take as thresholds quantiles of what each kernel gives for one training series each."""
        at = 0
        for number, dilation in enumerate(self.dilations):
            some = torch.arange(KERNELS, device=values.device).add(number * KERNELS) % len(values)
            for kernel, row in enumerate(some.tolist()):
                given = self._convolved(values[row : row + 1], number)[0, kernel][inside[row, 0]]
                shares = torch.arange(1, dilation.thresholds + 1).add(at * KERNELS + kernel).mul(GOLDEN).frac()
                found = torch.quantile(given, shares.to(given)) if len(given) else torch.zeros(len(shares)).to(given)
                self.get_buffer("thresholds")[at : at + dilation.thresholds, kernel] = found
            at += dilation.thresholds

    def forward(self, values: Values, inside: Inside) -> Vectors:
        found: list[Tensor] = []
        at, thresholds = 0, self.get_buffer("thresholds")
        for number, dilation in enumerate(self.dilations):
            given = self._convolved(values, number)
            whole, within = _places(inside, dilation.gap)
            alternate = (torch.arange(KERNELS, device=given.device) + number) % 2 == 0
            places = torch.where(alternate.view(1, -1, 1), whole, within)
            own = thresholds[at : at + dilation.thresholds]
            found += _liked(given.unsqueeze(1) - own.unsqueeze(2), places.unsqueeze(1))
            at += dilation.thresholds
        return torch.cat(found, dim=1)

    def _convolved(self, values: Values, number: int) -> Float[Tensor, "batch kernels length"]:
        """Return what the kernels give at a dilation; a kernel sums the channels that it reads."""
        gap = self.dilations[number].gap
        weight = self.get_buffer("shapes").unsqueeze(1) * self.get_buffer("reads")[number].unsqueeze(2)
        return conv1d(values, weight, padding=gap * (SIZE // 2), dilation=gap)


class Rocket(SeriesLayer):
    """A bank over the series and one over its differences; every number standardised over training rows."""

    def __init__(self, config: SeriesConfig, series: SeriesInput) -> None:
        super().__init__(config, series)
        each = max(KERNELS, config.series_kernels // 2)
        lengths = (series.length, max(1, series.length - 1))
        self.values, self.changes = (Bank(series.channels, length, each) for length in lengths)
        self.width = self.values.width + self.changes.width
        self.register_buffer("middle", torch.zeros(self.width))
        self.register_buffer("scale", torch.ones(self.width))

    def fill(self, generator: Generator) -> None:
        self.values.fill(generator)
        self.changes.fill(generator)
        self.get_buffer("middle").zero_()
        self.get_buffer("scale").fill_(1.0)

    @torch.no_grad()
    def fit(self, series: Values) -> None:
        """Learn thresholds and the scale of the numbers from training series."""
        values, inside = self.standardised(series)
        self.values.fit(values, inside)
        self.changes.fit(*changes_of(values, inside))
        numbers = self._numbers(values, inside)
        self.get_buffer("middle").copy_(numbers.mean(dim=0))
        spread = numbers.std(dim=0, correction=0)
        changing = spread > 1e-6  # what never changes says nothing
        self.get_buffer("scale").copy_(changing / torch.where(changing, spread, 1.0))

    @torch.no_grad()
    def read(self, values: Values, inside: Inside) -> Vectors:
        """Numbers are divided by the root of how many there are: logits then start small."""
        numbers = self._numbers(values, inside)
        return (numbers - self.get_buffer("middle")) * self.get_buffer("scale") / math.sqrt(self.width)

    def _numbers(self, values: Values, inside: Inside) -> Vectors:
        most = max(dilation.thresholds for dilation in (*self.values.dilations, *self.changes.dilations))
        rows = max(1, AT_ONCE // (KERNELS * values.shape[2] * most))
        blocks = zip(torch.split(values, rows), torch.split(inside, rows), strict=True)
        read = [torch.cat([self.values(*block), self.changes(*changes_of(*block))], dim=1) for block in blocks]
        return torch.cat(read)


def changes_of(values: Values, inside: Inside) -> tuple[Changes, InsideChanges]:
    """Return the differences from value to value, 0 after the end of a series; none of a single value."""
    if values.shape[2] < 2:
        return torch.zeros_like(values), torch.zeros_like(inside)
    rest = inside[:, :, 1:]
    return values.diff(dim=2) * rest, rest


def _places(inside: Inside, gap: int) -> tuple[Inside, Inside]:
    """Return all places of a series, and those where a kernel lies within it whole: all again, where it never does."""
    reach = gap * (SIZE // 2)
    lengths = inside.sum(dim=2, keepdim=True)
    at = torch.arange(inside.shape[2], device=inside.device)
    within = (at >= reach) & (at < lengths - reach)
    return inside, torch.where(lengths > 2 * reach, within, inside)


def _liked(
    excess: Float[Tensor, "batch thresholds kernels length"], places: Bool[Tensor, "batch 1 kernels length"]
) -> tuple[Float[Tensor, "batch numbers"], Float[Tensor, "batch numbers"]]:
    """Return the share of the places above 0, and the mean of the values there, for each threshold of each kernel."""
    above = (excess > 0.0) & places
    count = above.sum(dim=3).to(excess)
    strength = (excess * above).sum(dim=3) / count.clamp(min=1.0)
    return (count / places.sum(dim=3).clamp(min=1)).flatten(1), strength.flatten(1)


def kernel_shapes() -> Float[Tensor, "kernels size"]:
    """Return each kernel's values: 2 at its three places, -1 elsewhere."""
    return torch.tensor([[2.0 if at in high else -1.0 for at in range(SIZE)] for high in HIGH], device="cpu")


def dilations_for(length: int, kernels: int) -> tuple[Dilation, ...]:
    """Return gaps that double up to where a kernel spans a series of `length`, and how many thresholds each has.

    >>> dilations_for(17, 4 * KERNELS)
    (Dilation(gap=1, thresholds=3), Dilation(gap=2, thresholds=1))
    """
    each = max(1, kernels // KERNELS)
    steps = min(each, MOST_DILATIONS)
    most = math.log2(max(1.0, (length - 1) / (SIZE - 1)))
    gaps = [int(2 ** (most * step / max(1, steps - 1))) for step in range(steps)]
    counts = [gaps.count(gap) * (each // steps) for gap in dict.fromkeys(gaps)]
    for rest in range(each - sum(counts)):
        counts[rest % len(counts)] += 1
    return tuple(itertools.starmap(Dilation, zip(dict.fromkeys(gaps), counts, strict=True)))


@torch.no_grad()
def fit_rocket(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
    """Give the kernels of a network's series, if there are any, their thresholds and scale, from training rows.

    Args:
        module: any network.
        inputs: of the training rows; series are the third.
    """
    for layer in module.modules():
        if isinstance(layer, Rocket):
            step = -(-len(inputs[2]) // FIRST_ROWS)
            layer.fit(inputs[2][::step].to(layer.get_buffer("mean")))
