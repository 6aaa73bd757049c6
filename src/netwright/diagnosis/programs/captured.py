"""A program out of what was seen of somebody's own loop: its network as it began, its rows, loss and optimizer."""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from netwright.core.seeds import derive_seed
from netwright.diagnosis.case import Case
from netwright.diagnosis.material import Material
from netwright.diagnosis.programs.coding import is_one_hot, task_of
from netwright.diagnosis.programs.program import Habits, Penalty, Program, RateFactor, Sample


class Called(nn.Module):
    """A network called as its author did: with keywords, and one tensor taken out of what it returns."""

    def __init__(self, network: nn.Module, names: tuple[str, ...], answer: Callable[[Any], Tensor] | None) -> None:
        super().__init__()
        self.network = network
        self.names = names
        self.answer = answer

    def forward(self, *inputs: Tensor) -> Tensor:
        plain = [part for part, name in zip(inputs, self.names, strict=True) if not name]
        named = {name: part for part, name in zip(inputs, self.names, strict=True) if name}
        returned = self.network(*plain, **named)
        answered: Tensor = self.answer(returned) if self.answer is not None else returned
        return answered


def program_of(material: Material, case: Case | None = None) -> Program | None:
    """Return a program that trains as the watched loop did; None where too little of it was seen to repeat it.

    Under seed 0 the network starts as it did; under others each tensor's numbers are put in another order, which keeps
    their distribution, so that a constant start stays constant. The case tells the habits of the loop.
    """
    if not material.usable or material.model is None or material.targets is None or material.loss is None:
        return None
    if material.optimizer is None or not material.inputs:
        return None
    held, loss = held_like(material), material.loss
    return Program(
        "as watched",
        builder(material),
        loss,
        material.loss_name,
        Sample(material.inputs, material.targets),
        case.objective.task if case and case.objective.task else task(material),
        Sample(material.held_inputs, held) if held is not None else None,
        material.optimizer,
        settings_of(material.optimizer, material.settings),
        max(1, material.batch_size),
        max(1, material.epochs),
        material.shuffled,
        schedule_of(material.rates),
        material.clip_norm,
        penalty=_penalty(material),
        most_steps=material.steps or None,
        threshold=threshold(case),
        habits=habits_of(material.model, case),
    )


def held_like(material: Material) -> Tensor | None:
    """Return the targets of evaluations as training has its own; None where there are none of that form.

    A loop that asks only for the share of right answers compares class numbers where it trains on one-hot rows.
    """
    held, trained = material.held_targets, material.targets
    if held is None or trained is None or not material.held_inputs:
        return None
    if held.shape[1:] == trained.shape[1:]:
        return held.to(trained.dtype)
    if held.numel() == len(held) and trained.numel() == len(trained):
        return held.reshape(len(held), *trained.shape[1:]).to(trained.dtype)
    numbered = not held.is_floating_point() and held.dim() == trained.dim() - 1 and is_one_hot(trained)
    if not numbered or not held.numel() or int(held.min()) < 0 or int(held.max()) >= trained.shape[-1]:
        return None
    return nn.functional.one_hot(held.long(), trained.shape[-1]).to(trained.dtype)


def _penalty(material: Material) -> Penalty | None:
    charged = material.penalty
    if charged is None:
        return None
    return lambda network: charged(network.network if isinstance(network, Called) else network)


def settings_of(optimizer: type[Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return those settings that the optimizer is made with; AdamW notes one more among its defaults."""
    taken = inspect.signature(optimizer.__init__).parameters
    return {name: value for name, value in seen.items() if name in taken}


def task(material: Material) -> Any:
    assert material.targets is not None
    size = max(1, material.batch_size)
    with torch.random.fork_rng([]), torch.no_grad():
        output = builder(material)(0).eval()(*(part[:size] for part in material.inputs))
    return task_of(material.targets, output.shape[-1] if output.dim() > 1 else 1, material.loss_name)


def builder(material: Material) -> Callable[[int], nn.Module]:
    """Return what makes the network of a seed."""
    model, plain = material.model, not any(material.names) and material.answer is None
    assert model is not None
    names = material.names or ("",) * len(material.inputs)

    def build(seed: int) -> nn.Module:
        network = copy.deepcopy(model).train()
        if seed != 0:
            permute(network, seed)
        for parameter in network.parameters():
            parameter.requires_grad_(parameter.is_floating_point())
        return network if plain else Called(network, names, material.answer)

    return build


def permute(network: nn.Module, seed: int) -> None:
    """Put the numbers of each parameter in another order."""
    generator = torch.Generator().manual_seed(derive_seed(seed, "another start"))
    with torch.no_grad():
        for parameter in network.parameters():
            order = torch.randperm(parameter.numel(), generator=generator)
            parameter.copy_(parameter.flatten()[order].reshape(parameter.shape))


def schedule_of(rates: tuple[float, ...]) -> RateFactor | None:
    """Return the factors of a rate that was seen to change; after its last step it stays."""
    if len(set(rates)) < 2 or rates[0] == 0.0:
        return None
    return lambda step: rates[min(step, len(rates) - 1)] / rates[0]


def threshold(case: Case | None) -> float | None:
    """Return the answer above which it is class 1, where the loss goes through a function of the answers."""
    if case is None or case.objective.takes != "logits":
        applied = case is not None and any(op.after_output and op.name == "sigmoid" for op in case.network.ops)
        return 0.0 if applied else None
    return 0.0


def habits_of(model: nn.Module, case: Case | None) -> Habits:
    """Return the habits of a watched loop."""
    frozen = tuple(name for name, parameter in model.named_parameters() if not parameter.requires_grad)
    if case is None:
        return Habits(frozen=frozen, rate_per="step")
    seen = case.optimizing
    most = max(1, seen.steps // 2)
    return Habits(
        zero_grad=seen.kept_gradients < most,
        clear_before_step=seen.cleared_before_step >= most,
        train_mode=not seen.evaluating,
        evaluation_mode=not seen.training_in_evaluation,
        frozen=frozen,
        left_out=case.network.missing,
        backwards=not seen.no_backward,
        steps=not seen.no_step,
        accumulate=max(1, round(seen.backwards_per_step)),
        divides=False,  # the captured loss is divided already, if it was
        rate_per="step",
        one_batch=case.rows.same_batch,
    )
