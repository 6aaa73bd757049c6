"""What the outputs go through last: taken away, replaced or put behind the network."""

from collections.abc import Callable

from torch import Tensor, nn

from netwright.diagnosis.altering.activations import last_module
from netwright.diagnosis.altering.graphs import draw, insert_after, replace_call

HEADS: dict[str, Callable[[], nn.Module]] = {
    "identity": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "softmax": lambda: nn.Softmax(-1),
    "log_softmax": lambda: nn.LogSoftmax(-1),
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
}


class Headed(nn.Module):
    """A network whose outputs go through one more function."""

    def __init__(self, network: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.head = head

    def forward(self, *inputs: Tensor) -> Tensor:
        answers: Tensor = self.head(self.network(*inputs))
        return answers


def with_head(network: nn.Module, inputs: tuple[Tensor, ...], name: str) -> nn.Module | None:
    """Return the network with this head in place of its own, which may be two functions in a row."""
    drawn = draw(network, inputs)
    if drawn is None:
        return with_last_module(network, name)
    while (head := drawn.head) is not None:
        drawn.network.add_submodule(f"was_{head.name}", nn.Identity())
        replace_call(drawn.network, head, f"was_{head.name}")
    if name != "identity":
        insert_after(drawn.network, drawn.output, "head", HEADS[name]())
    return drawn.finished()


def with_last_module(network: nn.Module, name: str) -> nn.Module | None:
    """The same where the inside cannot be followed: the module that runs last is replaced, or one is put behind it."""
    last = last_module(network)
    if last is not None:
        parent, child = next(
            (parent, key) for parent in network.modules() for key, module in parent.named_children() if module is last
        )
        setattr(parent, child, HEADS[name]())
        return network
    return None if name == "identity" else Headed(network, HEADS[name]())
