"""A network as a graph of operations that can be changed, whatever way its forward pass is written (torch.fx)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn
from torch.fx.passes.shape_prop import ShapeProp
from torch.nn import functional

ACTIVATION_MODULES: tuple[type[nn.Module], ...] = (
    *(nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish, nn.Softplus),
    *(nn.Tanh, nn.Sigmoid, nn.Hardtanh, nn.Hardsigmoid, nn.Hardswish, nn.Softsign, nn.LogSigmoid, nn.Tanhshrink),
)
SOFTMAX_MODULES: tuple[type[nn.Module], ...] = (nn.Softmax, nn.LogSoftmax)
NORMALIZATIONS: tuple[type[nn.Module], ...] = (
    *(nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm1d),
    *(nn.InstanceNorm2d, nn.RMSNorm),
)
DROPOUTS: tuple[type[nn.Module], ...] = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)
MIXING: tuple[type[nn.Module], ...] = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
ACTIVATION_NAMES = frozenset(
    [
        "relu",
        "relu_",
        "relu6",
        "leaky_relu",
        "elu",
        "selu",
        "celu",
        "gelu",
        "silu",
        "mish",
        "softplus",
        "tanh",
        "sigmoid",
        "hardtanh",
        "hardsigmoid",
        "hardswish",
        "softsign",
        "logsigmoid",
    ]
)
SOFTMAX_NAMES = frozenset(("softmax", "log_softmax"))
SHAPING_NAMES = frozenset(
    ["squeeze", "unsqueeze", "flatten", "view", "reshape", "contiguous", "float", "getitem", "to"]
)
ONE_MODULE = (nn.LSTM, nn.GRU, nn.RNN, nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerEncoder)

Activation = Callable[[], nn.Module]
ACTIVATIONS: dict[str, Activation] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "silu": nn.SiLU,
    "sigmoid": nn.Sigmoid,
    "elu": nn.ELU,
    "identity": nn.Identity,
}


@dataclass(frozen=True, eq=False)
class Drawn:
    """A network drawn as a graph, with the shape of each result."""

    network: fx.GraphModule

    @property
    def nodes(self) -> list[fx.Node]:
        return list(self.network.graph.nodes)

    def shape(self, node: fx.Node) -> tuple[int, ...]:
        known = node.meta.get("tensor_meta")
        return tuple(known.shape) if known is not None and hasattr(known, "shape") else ()

    def kind(self, node: fx.Node) -> str:
        """Return what a node does: mixing, activation, softmax, normalization, dropout, shaping, whole or other."""
        if node.op == "call_module":
            return kind_of_module(self.network.get_submodule(str(node.target)))
        if node.op in ("call_function", "call_method"):
            return kind_of_name(name_of(node))
        return "other"

    def of_kind(self, *kinds: str) -> list[fx.Node]:
        return [node for node in self.nodes if self.kind(node) in kinds]

    @property
    def output(self) -> fx.Node:
        """The node whose result the network returns."""
        returned = next(node for node in self.nodes if node.op == "output").args[0]
        assert isinstance(returned, fx.Node)
        return returned

    @property
    def head(self) -> fx.Node | None:
        """The activation or softmax that the answers go through last."""
        last = self.output
        while self.kind(last) == "shaping" and isinstance(last.args[0], fx.Node):
            last = last.args[0]
        return last if self.kind(last) in ("activation", "softmax") else None

    @property
    def hidden_activations(self) -> list[fx.Node]:
        """Activations that layers with weights come after; a softmax only where it goes right into one, unlike
        those of attention."""
        bent = [node for node in self.of_kind("activation") if node is not self.head and self.feeds_mixing(node)]
        shared = [node for node in self.of_kind("softmax") if node is not self.head and self._is_taken_by_mixing(node)]
        return [node for node in self.nodes if node in bent or node in shared]

    def _is_taken_by_mixing(self, node: fx.Node) -> bool:
        dropped = [after for user in node.users if self.kind(user) == "dropout" for after in user.users]
        return any(self.kind(after) == "mixing" for after in [*node.users, *dropped])

    def feeds_mixing(self, node: fx.Node) -> bool:
        """Whether a layer with weights comes after it."""
        seen, ahead = set[fx.Node](), list(node.users)
        while ahead:
            user = ahead.pop()
            if self.kind(user) in ("mixing", "whole"):
                return True
            if user not in seen:
                seen.add(user)
                ahead.extend(user.users)
        return False

    def finished(self) -> fx.GraphModule:
        self.network.graph.lint()
        self.network.delete_all_unused_submodules()
        self.network.recompile()
        return self.network


def draw(network: nn.Module, inputs: tuple[Tensor, ...]) -> Drawn | None:
    """Return a network as a graph; None where its forward pass depends on its input's values or cannot be followed."""
    try:
        drawn = fx.symbolic_trace(network)
        mode_follows(drawn)
        training = network.training
        drawn.eval()
        with torch.random.fork_rng([]), torch.no_grad():
            ShapeProp(drawn).propagate(*inputs)
        drawn.train(training)
    except (fx.proxy.TraceError, RuntimeError, TypeError, ValueError, AttributeError, NotImplementedError, NameError):
        return None
    returned = next(node for node in drawn.graph.nodes if node.op == "output").args[0]
    return Drawn(drawn) if isinstance(returned, fx.Node) else None


def mode_follows(network: fx.GraphModule) -> None:
    """Have functional dropout follow the network's mode again, which tracing froze."""
    for number, node in enumerate(list(network.graph.nodes)):
        if node.op == "call_function" and node.target in (functional.dropout, functional.dropout2d):
            share = node.kwargs.get("p", node.args[1] if len(node.args) > 1 else 0.5)
            name = f"dropout_{number}"
            network.add_submodule(name, nn.Dropout(float(share)))
            replace_call(network, node, name)
    network.recompile()


def replace_call(network: fx.GraphModule, node: fx.Node, name: str) -> fx.Node:
    """Have a submodule do what a node did to its first argument."""
    with network.graph.inserting_before(node):
        new = network.graph.call_module(name, (node.args[0] if node.args else node.kwargs["input"],))
    new.meta = dict(node.meta)
    node.replace_all_uses_with(new)
    network.graph.erase_node(node)
    return new


def insert_after(network: fx.GraphModule, node: fx.Node, name: str, module: nn.Module) -> fx.Node:
    """Put a module between a node and all that takes its result."""
    network.add_submodule(name, module)
    with network.graph.inserting_after(node):
        new = network.graph.call_module(name, (node,))
    new.meta = dict(node.meta)
    node.replace_all_uses_with(new, delete_user_cb=lambda user: user is not new)
    return new


def insert_before(network: fx.GraphModule, node: fx.Node, name: str, module: nn.Module) -> fx.Node:
    """Put a module between a node and its first argument."""
    before = node.args[0]
    assert isinstance(before, fx.Node)
    network.add_submodule(name, module)
    with network.graph.inserting_before(node):
        new = network.graph.call_module(name, (before,))
    new.meta = dict(before.meta)
    node.update_arg(0, new)
    return new


def kind_of_module(module: nn.Module) -> str:
    kinds = {
        "mixing": MIXING,
        "activation": ACTIVATION_MODULES,
        "softmax": SOFTMAX_MODULES,
        "normalization": NORMALIZATIONS,
        "dropout": DROPOUTS,
        "shaping": (nn.Flatten, nn.Unflatten, nn.Identity),
        "whole": ONE_MODULE,
    }
    return next((kind for kind, types in kinds.items() if isinstance(module, types)), "other")


def name_of(node: fx.Node) -> str:
    return str(node.target) if isinstance(node.target, str) else getattr(node.target, "__name__", "")


def kind_of_name(name: str) -> str:
    if name in ACTIVATION_NAMES:
        return "activation"
    if name in SOFTMAX_NAMES:
        return "softmax"
    return "shaping" if name in SHAPING_NAMES else "other"


def walk_back(drawn: Drawn, node: fx.Node) -> Iterator[fx.Node]:
    """Yield the nodes that a mixing node's input comes through, back to the last mixing nodes or activations."""
    for before in node.all_input_nodes:
        yield before
        if drawn.kind(before) not in ("mixing", "activation", "softmax", "whole"):
            yield from walk_back(drawn, before)


def places_of(network: nn.Module, types: tuple[type[nn.Module], ...]) -> list[tuple[nn.Module, str]]:
    """Return the parent, and the name in it, of each module of these types."""
    return [
        (parent, name)
        for parent in network.modules()
        for name, child in parent.named_children()
        if isinstance(child, types)
    ]
