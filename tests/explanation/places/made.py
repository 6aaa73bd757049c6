"""Networks whose answers rest on one place that is known, beside data of every kind."""

from collections.abc import Callable

import numpy as np
from torch import Tensor, nn

from netwright.core.evidence import Calibration
from netwright.data import PreparationConfig, SchemaRequest, fit_preparation, infer_schema, read_table
from netwright.training.inference import Model
from netwright.training.recipe import Recipe


class Says(nn.Module):
    """Answers what a function makes of the last of its inputs: images, series or words."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.function(inputs[-1])


def model_of(function, source, options=None, target="label"):
    """Return a model that says what the function does, and its table."""
    read = read_table(source) if options is None else read_table(source, options)
    schema, table = infer_schema(read, SchemaRequest(target=target))
    preparation = fit_preparation(table, schema, np.arange(table.frame.height), PreparationConfig())
    return Model(Says(function).eval(), schema, preparation, Recipe(), Calibration()), table
