"""What the parameters of a network are called, by the tensors themselves."""

from collections.abc import Iterable

from torch import Tensor, nn


class Names:
    """Names of parameters. Lazily initialised ones are known under the same tensor once they have values."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._names: dict[int, str] = {}
        self._parameters: list[Tensor] = []  # kept, or another tensor could take the place of one
        self.refresh()

    def refresh(self) -> None:
        """Look again: parameters may have been replaced."""
        named = list(self._model.named_parameters())
        self._names = {id(parameter): name for name, parameter in named}
        self._parameters = [parameter for _, parameter in named]

    def by_identity(self) -> dict[int, str]:
        """Return the name of each parameter by its identity."""
        return dict(self._names)

    def of(self, tensor: Tensor) -> str:
        """Return a parameter's name, or nothing."""
        found = self._names.get(id(tensor), "")
        if not found and isinstance(tensor, nn.Parameter):
            self.refresh()
            found = self._names.get(id(tensor), "")
        return found


def layer_of(parameter: str) -> str:
    """Return the name of the module that holds a parameter; that of the parameter where the network itself does."""
    path = parameter.split(".parametrizations.")[0] if ".parametrizations." in parameter else parameter
    if path != parameter:
        return path
    return path.rpartition(".")[0] or path


def shown(layer: str) -> str:
    """Return what a layer is called in words: those of an nn.Sequential have bare numbers for names.

    >>> shown("2"), shown("encoder.2")
    ('layer 2', 'encoder.2')
    """
    return f"layer {layer}" if layer.isdigit() else layer


def tensors_in(values: object, depth: int = 4) -> Iterable[Tensor]:
    """Yield the tensors in nested tuples, lists and dictionaries, in order."""
    if isinstance(values, Tensor):
        yield values
    elif depth and isinstance(values, list | tuple):
        for value in values:
            yield from tensors_in(value, depth - 1)
    elif depth and isinstance(values, dict):
        for value in values.values():
            yield from tensors_in(value, depth - 1)
    elif depth and hasattr(values, "__dataclass_fields__") and not isinstance(values, type):
        for name in values.__dataclass_fields__:
            yield from tensors_in(getattr(values, name), depth - 1)
