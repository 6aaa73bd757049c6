"""Whether every parameter is trained that should be."""

from netwright.core.values import Check
from netwright.diagnosis.preflight.subject import Subject, some


def check_optimizer(subject: Subject) -> Check | None:
    """Whether the optimizers hold the network's parameters, all of them and no others."""
    if not subject.optimizers:
        return None
    held = {id(value) for one in subject.optimizers for group in one.param_groups for value in group["params"]}
    own = dict(subject.model.named_parameters())
    missing = [name for name, value in own.items() if value.requires_grad and id(value) not in held]
    foreign = len(held - {id(value) for value in own.values()})
    if missing and not held & {id(value) for value in own.values()}:
        found = "the optimizer holds none of the network's parameters"
        return Check("optimizer", "fault", found, "make it after the network, of model.parameters()")
    if missing:
        found = f"{len(missing)} of {len(own)} are in no optimizer: {some(missing)}"
        return Check("optimizer", "fault", found, "give it model.parameters(), or set requires_grad to False")
    if foreign:
        found = f"{foreign} tensors in it are not the network's"
        return Check("optimizer", "warning", found, "make it of the parameters of this network")
    return Check("optimizer", "ok", f"holds all {len(own)} parameters" if own else "nothing to hold")


def check_frozen(subject: Subject) -> Check | None:
    """Whether parameters that are not trained look as if that were meant: whole layers, and not all of them."""
    own = dict(subject.model.named_parameters())
    frozen = [name for name, value in own.items() if not value.requires_grad]
    if own and len(frozen) == len(own):
        found = "no parameter is trained"
        return Check("frozen", "fault", found, "set requires_grad of those to be learnt")
    layers: dict[str, set[bool]] = {}
    for name, value in own.items():
        layers.setdefault(name.rpartition(".")[0], set()).add(value.requires_grad)
    mixed = [layer for layer, kinds in layers.items() if len(kinds) > 1]
    if mixed:
        found = f"of {some(mixed)} one part is frozen and another is trained"
        return Check("frozen", "warning", found, "freeze whole layers, or none")
    return Check("frozen", "ok", f"{len(frozen)} of {len(own)} parameters, whole layers" if frozen else "none")
