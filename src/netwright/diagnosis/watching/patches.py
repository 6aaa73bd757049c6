"""What is hung onto torch while a training is watched, and taken off again afterwards."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad
from torch.optim import Optimizer
from torch.utils.data import DataLoader

from netwright.diagnosis.watching.quick import loss, step_done
from netwright.diagnosis.watching.session import Session


def listen(events: Session, whole: nn.Module, parts: Iterable[nn.Module], optimizers: Iterable[Optimizer]) -> ExitStack:
    """Tell of forward passes, of backward passes and of steps, until the stack is closed.

    Args:
        events: who is told.
        whole: the network; once it is called itself its parts are not listened to any more.
        parts: of it, which a user may call himself.
        optimizers: what steps.
    """
    with ExitStack() as stack:
        beside = stack.enter_context(ExitStack())
        for part in parts:
            listen_to_module(events, part, beside)
        listen_to_module(events, whole, stack, beside)
        for optimizer in optimizers:
            listen_to_optimizer(events, optimizer, stack)
        stack.enter_context(_backward(events))
        stack.enter_context(_replaced(clip_grad, "_clip_grads_with_norm_", _telling_clip(events)))
        stack.enter_context(_replaced(torch.amp.GradScaler, "scale", _telling_scale(events)))
        stack.enter_context(_replaced(DataLoader, "__iter__", _telling_pass(events)))
        return stack.pop_all()


def listen_to_module(events: Session, module: nn.Module, stack: ExitStack, beside: ExitStack | None = None) -> None:
    """Tell of a module's forward passes, failed ones included; what is beside it ends with the first of them."""

    state, quick, waiting = events.state, events.state.quick, [] if beside is None else [beside]

    def before(_called: nn.Module, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        if waiting:
            waiting.pop().close()
            state.whole = True
        if quick.on and state.model.training and torch.is_grad_enabled():
            quick.call = arguments, options
        else:
            events.entered(arguments, options)

    def after(_called: nn.Module, _arguments: Any, _options: Any, result: Any) -> None:
        if state.depth:
            events.left(result)

    stack.callback(module.register_forward_pre_hook(Hook(before), with_kwargs=True).remove)
    stack.callback(module.register_forward_hook(Hook(after), with_kwargs=True, always_call=True).remove)


class Hook:
    """A function hung onto a module: copies of the module, and files of it, get one in its place that does nothing."""

    def __init__(self, function: Callable[..., None]) -> None:
        self.function = function

    def __call__(self, *given: Any) -> None:
        self.function(*given)

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (nullcontext(), "__exit__")  # takes anything, returns None, and needs nothing of ours


def listen_to_optimizer(events: Session, optimizer: Optimizer, stack: ExitStack) -> None:
    """Tell of an optimizer's steps."""

    state, quick = events.state, events.state.quick

    def before(stepping: Optimizer, _arguments: Any, _options: Any) -> None:
        if not quick.on:
            events.step_begins(stepping)

    def after(stepping: Optimizer, _arguments: Any, _options: Any) -> None:
        if quick.on:
            step_done(state)
        else:
            events.step_ended(stepping)

    stack.callback(optimizer.register_step_pre_hook(before).remove)
    stack.callback(optimizer.register_step_post_hook(after).remove)


@contextmanager
def _replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Put something around a function of torch; if somebody else does the same meanwhile, theirs stays."""
    former = getattr(owner, name, None)
    if former is None:
        yield
        return
    ours = make(former)
    setattr(owner, name, ours)
    try:
        yield
    finally:
        if getattr(owner, name) is ours:
            setattr(owner, name, former)


@contextmanager
def _backward(events: Session) -> Iterator[None]:
    state, quick = events.state, events.state.quick

    def telling(former: Callable[..., Any]) -> Callable[..., Any]:
        def backward(*args: Any, **kwargs: Any) -> Any:
            if state.in_backward:  # one backward pass calls the other, and checkpoints call it again
                return former(*args, **kwargs)
            state.in_backward = True
            try:
                losses = args[0] if args else kwargs.get("tensors")
                if not quick.on or not loss(state, losses):
                    events.backward_begins(losses)
                result = former(*args, **kwargs)
            finally:
                state.in_backward = False
            if not quick.on:
                events.backward_ended()
            return result

        return backward

    with _replaced(torch.autograd, "backward", telling), _replaced(Tensor, "backward", telling):
        yield


def _telling_clip(events: Session) -> Callable[[Any], Any]:
    def around(former: Callable[..., Any]) -> Callable[..., Any]:
        def clip(parameters: Any, max_norm: float, *args: Any, **kwargs: Any) -> Any:
            events.clipped(float(max_norm))
            return former(parameters, max_norm, *args, **kwargs)

        return clip

    return around


def _telling_scale(events: Session) -> Callable[[Any], Any]:
    def around(former: Callable[..., Any]) -> Callable[..., Any]:
        def scale(scaler: Any, outputs: Any) -> Any:
            result = former(scaler, outputs)
            events.scaled(outputs, result)
            return result

        return scale

    return around


def _telling_pass(events: Session) -> Callable[[Any], Any]:
    def around(former: Callable[..., Any]) -> Callable[..., Any]:
        def begin(loader: Any) -> Any:
            events.pass_began(loader)
            return former(loader)

        return begin

    return around
