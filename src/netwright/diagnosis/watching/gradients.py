"""What a loop does with gradients around its backward passes and steps: kept, cleared too early, never made."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from torch import Tensor
from torch.optim import Optimizer

PROBES = 3  # parameters that are looked at for all
LOOKS = 7  # of so many steps that are only counted the gradients of one are read


@dataclass
class Held:
    """The gradients of one optimizer's parameters, as steps go by."""

    optimizer: Optimizer
    probes: list[Tensor] = field(default_factory=list)
    stale: bool = False  # what is there was used by the last step already
    given: bool = False  # a backward pass came since
    nonzero: bool = False  # and it was seen to give something
    keeps: bool = False  # the last time that it was looked for, they were still there before backward
    clears: bool = False  # the last time that it was looked for, gradients were zero between backward and step
    steps: int = 0
    kept: int = 0
    cleared: int = 0

    def before_backward(self, looked: bool = True) -> None:
        """See whether the last step's gradients are gone; where they are there, only now and then whether all are 0."""
        if not self.stale:
            return
        for probe in self.probes:
            if probe.grad is not None:
                break
        else:
            self.stale = False
            return
        if looked or self.steps % LOOKS == 0:
            self.keeps = any_gradient(self.probes)
        self.stale = self.keeps

    def after_backward(self, watched: bool) -> None:
        self.given = True
        if watched:
            self.nonzero = any_gradient(parameters_of(self.optimizer))

    def before_step(self, watched: bool) -> None:
        if watched and self.nonzero:
            self.clears = not any_gradient(parameters_of(self.optimizer))
        elif self.given and self.probes and all(probe.grad is None for probe in self.probes):
            self.clears = True

    def after_step(self) -> None:
        if not self.probes:
            present = [p for p in parameters_of(self.optimizer) if p.grad is not None and bool(nonzero(p.grad))]
            self.probes = sorted(present, key=lambda parameter: parameter.numel())[:PROBES]
        self.stepped()

    def stepped(self) -> None:
        """Count a step; whether its gradients were cleared before is taken to be as it was when last looked for."""
        self.steps += 1
        self.kept += self.stale and self.given
        self.cleared += self.clears
        self.stale, self.given, self.nonzero = True, False, False


def parameters_of(optimizer: Optimizer) -> list[Tensor]:
    """Return every tensor that an optimizer holds."""
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def any_gradient(parameters: Iterable[Tensor]) -> bool:
    """Whether a gradient is there that is not zero."""
    return any(parameter.grad is not None and nonzero(parameter.grad) for parameter in parameters)


def nonzero(gradient: Tensor) -> bool:
    """Whether a gradient, dense or sparse, has a value that is not 0."""
    values = gradient.coalesce().values() if gradient.is_sparse else gradient
    return bool(values.detach().any())
