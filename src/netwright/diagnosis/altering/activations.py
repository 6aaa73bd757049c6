"""Other activations in the hidden layers, and one where two layers follow each other without any."""

from torch import Tensor, fx, nn

from netwright.diagnosis.altering.graphs import (
    ACTIVATION_MODULES,
    ACTIVATIONS,
    Drawn,
    draw,
    insert_after,
    kind_of_module,
    name_of,
    places_of,
    replace_call,
    walk_back,
)


def with_activation(network: nn.Module, inputs: tuple[Tensor, ...], name: str) -> nn.Module | None:
    """Return the network with this activation in every hidden layer; None where there is no place for one."""
    drawn = draw(network, inputs)
    if drawn is None:
        return with_modules_swapped(network, name)
    hidden = [node for node in drawn.hidden_activations if not is_already(drawn, node, name)]
    gaps = missing(drawn)
    for number, node in enumerate(hidden):
        drawn.network.add_submodule(f"activation_{number}", ACTIVATIONS[name]())
        replace_call(drawn.network, node, f"activation_{number}")
    for number, node in enumerate(gaps):
        insert_after(drawn.network, node, f"inserted_{number}", ACTIVATIONS[name]())
    return drawn.finished() if hidden or gaps else None


def is_already(drawn: Drawn, node: fx.Node, name: str) -> bool:
    if node.op != "call_module":
        return name_of(node) == name
    return type(drawn.network.get_submodule(str(node.target))) is ACTIVATIONS[name]


def missing(drawn: Drawn) -> list[fx.Node]:
    """Return the nodes after which an activation is missing: of two mixing layers, the first, or its normalization."""
    places: list[fx.Node] = []
    for node in drawn.of_kind("mixing"):
        came = list(walk_back(drawn, node))
        kinds = {drawn.kind(before) for before in came}
        first = next((before for before in came if drawn.kind(before) == "mixing"), None)
        if first is None or kinds & {"activation", "softmax"} or any(is_sum(before) for before in came):
            continue
        normalized = next((before for before in came if drawn.kind(before) == "normalization"), None)
        if (place := normalized or first) not in places:
            places.append(place)
    return places


def is_sum(node: fx.Node) -> bool:
    """Whether it adds two results: the linear end of a block with a skip is meant."""
    return node.op == "call_function" and node.name.startswith(("add", "iadd"))


def with_modules_swapped(network: nn.Module, name: str) -> nn.Module | None:
    """Replace activation modules where they stand, all but a last one that is the head."""
    last = last_module(network)
    changed = [place for place in places_of(network, ACTIVATION_MODULES) if getattr(*place) is not last]
    for parent, child_name in changed:
        setattr(parent, child_name, ACTIVATIONS[name]())
    return network if changed else None


def last_module(network: nn.Module) -> nn.Module | None:
    leaves = [module for module in network.modules() if not list(module.children())]
    return leaves[-1] if leaves and kind_of_module(leaves[-1]) in ("activation", "softmax") else None
