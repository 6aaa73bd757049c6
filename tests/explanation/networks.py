"""Tiny networks of every kind that explanations are held to, with rows and what the rows are compared with."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netwright.core.values import ImageInput, InputSpec, SeriesInput, TextInput
from netwright.explanation.asked import Asked
from netwright.explanation.module import place_pieces
from netwright.explanation.question import Evidence, Question
from netwright.explanation.reading import Reading
from netwright.networks import build
from netwright.networks.bins import fit_bins
from netwright.networks.ensemble import Ensemble
from netwright.networks.feedforward import MLPConfig

ROWS, CLASSES = 3, 3
TABLE = {"numeric": 5, "cardinalities": (4, 7), "continuous": (0, 1, 2)}
IMAGE = ImageInput(1, 12, 12, (40.0,), (60.0,), False, False)
SERIES = SeriesInput(2, 20, (0.0, 1.0), (1.0, 2.0))
TEXT = TextInput(words=30, length=8, part_slots=1 << 15, parts=6)
TABLES = {
    "plain": {},
    "layer norm and gelu": {"normalization": "layer", "activation": "gelu", "residual": True, "hidden_sizes": (8, 8)},
    "bins": {"numeric_embedding": "piecewise", "bins": 4},
    "waves": {"numeric_embedding": "periodic"},
    "members": {"members": 3},
}
TEXTS = ("bag", "convolution", "rnn", "lstm", "gru", "transformer")
IMAGES = {"convnet": {}, "resnet": {}, "convnext": {}}
SERIES_KINDS = ("fcn", "inception", "lstm", "gru")


@dataclass(frozen=True)
class Case:
    """A network with rows and references."""

    module: nn.Module
    inputs: tuple[Tensor, ...]
    references: tuple[Tensor, ...]

    def asked(self) -> Asked:
        evidence = Evidence(classes=torch.arange(len(self.inputs[0])) % CLASSES)
        pieces = (place_pieces(self.inputs, ()),) * len(self.inputs[0])
        return Asked(Question(Reading(self.module, self.inputs), evidence), self.inputs, self.references, pieces)


def _built(config: dict, seed: int = 0, **spec) -> nn.Module:
    small = {"hidden_sizes": (8,), "normalization": "batch", **config}
    module = build("mlp", MLPConfig(**small), InputSpec(outputs=CLASSES, task="multiclass", **spec), seed).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in module.parameters():  # no weight may stay at the zero that training starts from
            weight += 0.2 * torch.randn(weight.shape, generator=generator)
    return module


def table_case(config: dict, each: int = 2) -> Case:
    module = _built(config, **TABLE)
    inputs, others = _table_rows(ROWS, 1), _table_rows(ROWS * each, 2)
    fit_bins(module, torch.randn(64, 5, generator=torch.Generator().manual_seed(3)))
    return Case(module, inputs, others)


def _table_rows(rows: int, seed: int) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    categories = [torch.randint(0, slots, (rows,), generator=generator) for slots in TABLE["cardinalities"]]
    return torch.randn(rows, 5, generator=generator), torch.stack(categories, dim=1)


def text_case(kind: str) -> Case:
    config = {"text": kind, "text_size": 8, "text_pairs": 64, "text_filters": 4, "text_units": 4, "text_heads": 2}
    module = _built(config, numeric=0, cardinalities=(), continuous=(), texts=(TEXT,))
    generator = torch.Generator().manual_seed(1)
    text = torch.randint(2, 30, (ROWS, TEXT.length + TEXT.parts), generator=generator)
    text[1, 5 : TEXT.length] = 0
    others = torch.where(text == 0, 0, 1)
    others[:, TEXT.length :] = 0
    return Case(module, (torch.zeros(ROWS, 0), text), (torch.zeros(ROWS, 0), others if kind != "bag" else 0 * others))


def image_case(kind: str) -> Case:
    config = {"image": kind, "image_widths": (4, 8), "image_depth": 1}
    module = _built(config, numeric=0, cardinalities=(), continuous=(), image=IMAGE)
    pixels = torch.randint(0, 256, (ROWS, 1, 12, 12), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    nothing = (torch.zeros(ROWS, 0), torch.zeros(ROWS, 0, dtype=torch.int64))
    return Case(module, (*nothing, pixels), (*nothing, torch.full_like(pixels, 40)))


def series_case(kind: str) -> Case:
    config = {"series": kind, "series_units": 4, "series_depth": 1}
    module = _built(config, numeric=0, cardinalities=(), continuous=(), series=SERIES)
    series = torch.randn(ROWS, 2, 20, generator=torch.Generator().manual_seed(1))
    series[1, :, 14:] = torch.nan
    flat = torch.where(series.isnan(), torch.nan, torch.tensor([0.0, 1.0]).view(1, 2, 1))
    nothing = (torch.zeros(ROWS, 0), torch.zeros(ROWS, 0, dtype=torch.int64))
    return Case(module, (*nothing, series), (*nothing, flat))


def ensemble_case() -> Case:
    kinds = (TABLES["plain"], TABLES["bins"], TABLES["members"])
    cases = [table_case(config) for config in kinds]
    return Case(Ensemble([case.module for case in cases], "multiclass").eval(), cases[0].inputs, cases[0].references)


CASES = {
    **{name: (lambda config=config: table_case(config)) for name, config in TABLES.items()},
    **{f"text {kind}": (lambda kind=kind: text_case(kind)) for kind in TEXTS},
    **{kind: (lambda kind=kind: image_case(kind)) for kind in IMAGES},
    **{f"series {kind}": (lambda kind=kind: series_case(kind)) for kind in SERIES_KINDS},
    "ensemble": ensemble_case,
}
