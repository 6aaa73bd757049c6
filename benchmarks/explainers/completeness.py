"""Whether amounts add up to what they explain: ours, Captum's and shap's on the same networks and rows."""

from collections.abc import Iterator

import numpy as np
import torch
from rows import Row
from torch import Tensor

from explainers.networks import Attending, Normed, words_and_numbers
from netwright.explanation.module import Naming, explain_module

WITHIN = 0.01
TARGET = ">= 100"


def measure(quick: bool) -> Iterator[Row]:
    """Yield shares of rows whose gap is within 1%, and how far Captum's amounts are from ours."""
    yield from _attention(8 if quick else 100)
    yield from _layer_norm(8 if quick else 100)


def _attention(rows: int) -> Iterator[Row]:
    module, inputs = Attending(0).eval(), words_and_numbers(rows, 1)
    work = "within 1%: embeddings and attention"
    ours = explain_module(module, inputs, method="integrated gradients")
    gaps = [_gap(sum(part.amount for part in one.parts), one.output - one.reference) for one in ours]
    marked = np.mean([gap <= WITHIN or not one.trusted for gap, one in zip(gaps, ours, strict=True)])
    yield Row(
        work, "netwright", _percent(gaps), "% of rows", TARGET, f"integrated gradients; {marked:.0%} so or marked"
    )
    try:
        from captum.attr import IntegratedGradients
    except ImportError:
        yield Row(work, "captum", None, "% of rows", note="not installed here")
        return
    best = module(*inputs).argmax(dim=1)
    vectors = module.embedding(inputs[0]).detach()
    blank = (module.embedding(torch.zeros_like(inputs[0])).detach(), torch.zeros_like(inputs[1]))
    theirs = IntegratedGradients(module.from_vectors).attribute((vectors, inputs[1]), blank, target=best, n_steps=50)
    sums = sum(part.flatten(1).sum(dim=1) for part in theirs).detach()
    with torch.no_grad():
        wanted = _picked(module(*inputs) - module.from_vectors(*blank), best)
    gaps = [_gap(float(a), float(b)) for a, b in zip(sums, wanted, strict=True)]
    yield Row(work, "captum", _percent(gaps), "% of rows", note="50 steps, its default, on vectors that we took out")
    fine = IntegratedGradients(module.from_vectors).attribute((vectors, inputs[1]), blank, target=best, n_steps=1000)
    parts = torch.cat([fine[0].sum(dim=2), fine[1]], dim=1).detach()
    own = torch.tensor([[part.amount for part in one.parts] for one in ours])
    note = "greatest difference from Captum's at 1,000 steps, over the greatest amount"
    yield Row("agreement", "netwright", float((own - parts).abs().max() / parts.abs().max()), "", "< 0.01", note)


def _layer_norm(rows: int) -> Iterator[Row]:
    module = Normed(0).eval()
    draw = torch.Generator().manual_seed(2)
    numbers, others = (torch.randn(count, 10, generator=draw) for count in (rows, 16))
    with torch.no_grad():
        wanted = (module(numbers)[:, 0] - module(others).mean()).tolist()
    work = "within 1%: layer norm and GELU"
    for method in ("integrated gradients", "shapley"):
        ours = explain_module(module, numbers, others, method, Naming(unit="y"))
        gaps = [_gap(sum(part.amount for part in one.parts), want) for one, want in zip(ours, wanted, strict=True)]
        yield Row(work, "netwright", _percent(gaps), "% of rows", TARGET, method)
    yield from _shap(module, numbers, others, wanted, work)


def _shap(module: torch.nn.Module, numbers: Tensor, others: Tensor, wanted: list[float], work: str) -> Iterator[Row]:
    try:
        import shap
    except ImportError:
        yield Row(work, "shap", None, "% of rows", note="not installed here")
        return
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("DeepExplainer", "GradientExplainer"):
            maker = getattr(shap, name)(module, others)
            options = {"check_additivity": False} if name == "DeepExplainer" else {}
            found = np.asarray(maker.shap_values(numbers, **options)).reshape(len(numbers), -1).sum(axis=1)
            gaps = [_gap(float(a), b) for a, b in zip(found, wanted, strict=True)]
            yield Row(work, f"shap.{name}", _percent(gaps), "% of rows", note="as it comes, its own check turned off")


def _picked(said: Tensor, classes: Tensor) -> Tensor:
    return said.gather(1, classes[:, None])[:, 0]


def _gap(total: float, wanted: float) -> float:
    return abs(total - wanted) / max(abs(wanted), 1e-4)


def _percent(gaps: list[float]) -> float:
    return 100.0 * float(np.mean([gap <= WITHIN for gap in gaps]))
