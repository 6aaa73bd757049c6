"""The kinds of network of a run: that of its recipe, and those of the recipes that are trained beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import nn

from netwright.core.errors import RunError, nearest
from netwright.core.values import InputSpec
from netwright.data import Preparation, Prepared, view_of
from netwright.networks import build, shapes_of
from netwright.networks.feedforward import MLPConfig
from netwright.networks.part import PartOfInput
from netwright.training.config import TrainingConfig
from netwright.training.parts import Parts
from netwright.training.recipe import Recipe


@dataclass(frozen=True)
class Kind:
    """A network with its training, and the part of the prepared rows that it reads."""

    name: str  # of its recipe
    network: MLPConfig
    training: TrainingConfig
    spec: InputSpec  # of what it reads
    columns: NDArray[np.int64] | None = None  # positions in the numeric input; None: all of it

    def build(self, seed: int | None = None) -> nn.Module:
        """Return a new network for rows as `narrow` hands them on."""
        return build("mlp", self.network, self.spec, self.training.seed if seed is None else seed)

    def narrow(self, parts: Parts) -> Parts:
        """Return the rows to train on and to judge by with the columns that it reads; test rows keep all."""
        if self.columns is None:
            return parts
        ring = None if parts.ring is None else self.narrow_rows(parts.ring)
        train, validation = self.narrow_rows(parts.train), self.narrow_rows(parts.validation)
        return replace(parts, train=train, validation=validation, ring=ring)

    def narrow_rows(self, rows: Prepared) -> Prepared:
        """Return rows with the columns that it reads."""
        if self.columns is None:
            return rows
        return replace(rows, numeric=np.ascontiguousarray(rows.numeric[:, self.columns]))

    def whole(self, network: nn.Module) -> nn.Module:
        """Return a network that reads what the run prepares."""
        return network if self.columns is None else PartOfInput(network, self.columns)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the name and shape of each tensor of `whole`, without room for a single one of them."""
        inside = "" if self.columns is None else "network."
        return {inside + name: shape for name, shape in shapes_of(self.network, self.spec).items()}


def kinds_of(recipe: Recipe, preparation: Preparation) -> tuple[Kind, ...]:
    """Return the kind of the recipe itself, and one for each contender."""
    own = Kind(recipe.preset.recipe, recipe.network, recipe.training, preparation.spec)
    return (own, *(_contender(name, recipe, preparation) for name in recipe.contenders))


def _contender(name: str, recipe: Recipe, preparation: Preparation) -> Kind:
    contender = recipe.contenders[name]
    columns, spec = view_of(preparation, contender.numeric)
    every = len(columns) == preparation.spec.numeric
    return Kind(name, contender.network, contender.training, spec, None if every else columns)


def kinds_named(recipe: Recipe, preparation: Preparation, names: Sequence[str]) -> list[Kind]:
    """Return the kind of each network of a finished run.

    Raises:
        RunError: a name is none of the recipe's.
    """
    kinds = {kind.name: kind for kind in kinds_of(recipe, preparation)}
    for name in names:
        if name not in kinds:
            raise RunError(
                f"expected networks of {' and '.join(kinds)}, got {name[:80]!r}; {nearest(name[:80], kinds)}"
            )
    return [kinds[name] for name in names]
