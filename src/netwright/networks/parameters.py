"""What kind each parameter of a module is: what a recipe can give a learning rate and a decay of its own."""

from torch import nn

from netwright.core.values import ParameterGroup
from netwright.networks.layers.activations import ParametricActivation
from netwright.networks.layers.members import MemberAdapter
from netwright.networks.layers.numeric_embedding import NumericEmbedding
from netwright.networks.layers.scaling import Scaling
from netwright.networks.layers.vocabulary_head import VocabularyHead

NORMALIZATIONS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)

# Layers whose every parameter is of one group; of other layers, `bias` is a bias and all else a weight.
GROUPS: dict[ParameterGroup, tuple[type[nn.Module], ...]] = {
    "normalization": NORMALIZATIONS,
    "categorical_embedding": (nn.Embedding,),
    "numeric_embedding": (NumericEmbedding,),
    "scaling": (Scaling, MemberAdapter),
    "activation": (ParametricActivation, nn.PReLU),
    "vocabulary": (VocabularyHead,),
}


def parameter_groups(module: nn.Module) -> dict[str, ParameterGroup]:
    """Return the group of every parameter by the parameter's name."""
    return {
        f"{path}.{name}" if path else name: _group_of(layer, name)
        for path, layer in module.named_modules()
        for name, parameter in layer._parameters.items()
        if parameter is not None
    }


def _group_of(layer: nn.Module, name: str) -> ParameterGroup:
    for group, kinds in GROUPS.items():
        if isinstance(layer, kinds):
            return group
    return "bias" if name.startswith("bias") else "weight"


def is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether weight decay and L1 act on a parameter unless told otherwise: on what multiplies, not on what shifts.

    A bias or a phase for each column of an embedding, or a bias for each member, is a matrix in shape only.
    """
    return parameter.ndim > 1 and name.rpartition(".")[2] not in ("bias", "phase")
