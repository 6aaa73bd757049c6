"""Where in time the evidence for an answer lies: a stretch of the series is made straight, and the answer asked again.

Each stretch of a series is replaced by the line from the value before it to the value after it, and the loss of the
answer's logit (of a regression: the change of the value) is the weight of what stood there. It asks nothing of the
network but answers, so that fixed kernels, convolutions and recurrent layers are compared alike.

Source: M. Zeiler, R. Fergus, Visualizing and understanding convolutional networks, 2014 (occlusion).
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from netwright.networks.layers.series import inside_of
from netwright.training.predict import predict_logits

STRETCHES = 16


@torch.no_grad()
def flattening(
    module: nn.Module, inputs: tuple[Tensor, ...], classes: Int[Tensor, " rows"] | None
) -> Float[Tensor, "rows stretches"]:
    """Return how much of each answer rests on each of 16 equal stretches of its series, from 0 to 1.

    Args:
        module: a network, or an average of several, whose series are the third input; in evaluation mode.
        inputs: as the network takes them.
        classes: that were answered; None: values were.
    """
    plain = evidence_of(predict_logits(module, inputs), classes)
    lengths = inside_of(inputs[2]).sum(dim=(1, 2))
    losses = []
    for stretch in range(STRETCHES):
        changed = straightened(inputs[2], lengths * stretch // STRETCHES, lengths * (stretch + 1) // STRETCHES)
        loss = plain - evidence_of(predict_logits(module, (*inputs[:2], changed)), classes)
        losses.append(loss.abs() if classes is None else loss.clamp(min=0.0))
    found = torch.stack(losses, dim=1)
    return found / found.amax(dim=1, keepdim=True).clamp(min=1e-9)


def evidence_of(logits: Float[Tensor, "rows outputs"], classes: Int[Tensor, " rows"] | None) -> Float[Tensor, " rows"]:
    """Return the value, or by how much the answered class is ahead of all others, in log-odds."""
    if classes is None:
        return logits[:, 0]
    if logits.shape[1] == 1:
        return logits[:, 0] * (2 * classes - 1)
    own = logits.gather(1, classes[:, None])[:, 0]
    return own - logits.scatter(1, classes[:, None], -torch.inf).logsumexp(dim=1)


def straightened(
    series: Float[Tensor, "rows channels length"], start: Int[Tensor, " rows"], end: Int[Tensor, " rows"]
) -> Float[Tensor, "rows channels length"]:
    """Return series whose places from `start` up to, not including, `end` lie on the line between their neighbours."""
    at = torch.arange(series.shape[2], device=series.device)
    lengths = inside_of(series).sum(dim=(1, 2))
    before, after = (start - 1).clamp(min=0), torch.minimum(end, (lengths - 1).clamp(min=0))
    before = torch.where(start == 0, after, before)  # at either end there is one neighbour only
    after = torch.where(end >= lengths, before, after)
    left, right = (series.gather(2, place.view(-1, 1, 1).expand(-1, series.shape[1], 1)) for place in (before, after))
    share = (at - before[:, None]) / (after - before).clamp(min=1)[:, None]
    line = left + (right - left) * share[:, None]
    chosen = (at >= start[:, None]) & (at < end[:, None])
    return torch.where(chosen[:, None], line, series)
