"""Every torch function of a step in order, of the network and of the user's loss, as they run on real tensors."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from netwright.diagnosis.case import OpKind
from netwright.diagnosis.watching.functions import KINDS, SAME, WITH_WEIGHTS, plain_name
from netwright.diagnosis.watching.names import Names, layer_of, shown, tensors_in
from netwright.diagnosis.watching.origins import Origin, Origins, merged
from netwright.diagnosis.watching.places import line_now

# What reading may raise on tensors of unforeseen kinds: a training is not ended by that, and the report says so.
UNREADABLE = (RuntimeError, TypeError, ValueError, LookupError, AttributeError, AssertionError)
PASSING = 1e-5  # seconds that a function takes longer for passing through here, about
MOST = 20_000  # operations; what comes after is not looked at
Observer = Callable[["Entry", Tensor], None]


@dataclass
class Operand:
    """A tensor that an operation takes."""

    tensor: Tensor | None  # kept only where it comes from outside, or belongs to the loss
    origin: Origin | None
    shape: tuple[int, ...]

    @property
    def foreign(self) -> bool:
        """Whether no operation and no parameter made it."""
        return self.origin is None or self.origin.data


@dataclass(frozen=True)
class Call:
    """A function as it was called."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    result: Tensor


@dataclass
class Entry:
    """One operation as it ran."""

    number: int
    name: str
    kind: OpKind
    operands: list[Operand]
    shape: tuple[int, ...]
    weight: str = ""  # the first parameter of two or more axes, or else the first
    layer: str = ""
    bias: bool = False
    where: str = ""
    function: Callable[..., Any] | None = None
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    result: Tensor | None = None  # kept of what may belong to the loss
    before: Tensor | None = None  # what an operation in place found

    @property
    def inputs(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(n for operand in self.operands if operand.origin for n in operand.origin.ops))


class Tape(TorchFunctionMode):
    """The record of one step; `off` lets everything pass unseen, for a mode cannot leave from inside a function."""

    def __init__(self, names: Names, lines: bool = False, observer: Observer | None = None) -> None:
        super().__init__()
        self.names, self.lines, self.observer = names, lines, observer
        self.entries: list[Entry] = []
        self.origins = Origins()
        self.keeping = False  # arguments and results, from the network's return on
        self.off = False
        self.grad = True  # whether the operation that is noted keeps what gradients need
        self.unread = ""  # what an operation was that could not be noted
        self.below: list[Any] = []  # the modes when it was pushed
        self.calls = 0
        self.seconds = 0.0  # that noting took
        self.strangers: dict[int, Tensor] = {}  # weights in use that are no parameters of the network
        self.trace: list[Call] = []  # every function since the network's return, those that only reshape included

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if self.off:
            return func(*args, **kwargs)
        name = getattr(func, "__name__", "")
        if name in ("__get__", "__set__"):
            result = func(*args, **kwargs)
            if isinstance(result, Tensor) and args and isinstance(args[0], Tensor) and not _is_gradient(func):
                self._pass_on(args[0], result)
                if self.keeping:
                    self.trace.append(Call(func, args, kwargs, result))
            return result
        before, self.grad = self._before(name, args, kwargs), torch.is_grad_enabled()
        result = func(*args, **kwargs)
        self.calls += 1
        if self.keeping and name not in _SILENT and isinstance(result, Tensor):
            self.trace.append(Call(func, args, kwargs, result))
        if len(self.entries) < MOST and name not in _SILENT:
            began = time.perf_counter()
            try:
                with torch.no_grad():
                    self._note(func, name, args, kwargs, result, before)
            except UNREADABLE as error:
                self.unread = f"{name} could not be read: {type(error).__name__}: {error}"
            self.seconds += time.perf_counter() - began + PASSING
        return result

    def feed(self, values: object) -> None:
        """Say that tensors are the batch's inputs, unless an operation made them."""
        for tensor in tensors_in(values):
            if self.origins.of(tensor) is None:
                self.origins.note(tensor, Origin(data=True))

    def origin(self, tensor: Tensor) -> Origin | None:
        """Return where a tensor comes from."""
        if known := self.origins.of(tensor):
            return known
        name = self.names.of(tensor)
        return Origin(parameters=(name,)) if name else None

    def _before(self, name: str, args: Any, kwargs: Any) -> Tensor | None:
        """Return what an activation is given; a copy where it will be overwritten."""
        if self.observer is None or not _is_activation(name, args):
            return None
        found: Tensor = args[0].detach()
        in_place = (name.endswith("_") and not name.endswith("__")) or kwargs.get("inplace") is True
        return found.clone() if in_place and plain_name(name) not in OVERWRITTEN else found

    def _pass_on(self, source: Tensor, result: Tensor) -> None:
        origin = self.origin(source)
        if origin is not None and result is not source:
            self.origins.note(result, origin)

    def _note(
        self, func: Callable[..., Any], name: str, args: Any, kwargs: Any, result: Any, before: Tensor | None
    ) -> None:
        name = plain_name(name)
        taken = list(tensors_in((args, kwargs)))
        results = [args[0]] if name == "setitem" else list(tensors_in(result))
        origins = [self.origin(tensor) for tensor in taken]
        if not results or all(origin is None for origin in origins):
            return
        whole = merged(origins)
        drawn = KINDS.get(name) in WITH_WEIGHTS and None in origins  # weights act on what came from neither
        if not whole.ops and not whole.data and not drawn:
            self._note_all(results, whole)
            return
        if self._is_same(name, origins) and not (self.keeping and name == "getitem" and len(taken) > 1):
            self._note_all(results, origins[0] or whole)
            return
        if self._is_bias(name, taken, origins):
            self._note_all(results, next(o for o in origins if o and o.ops))
            return
        entry = self._entry(name, taken, origins, results[0])
        if self.keeping or entry.kind == "loss":
            entry.function, entry.arguments, entry.options, entry.result = func, args, kwargs, results[0]
        else:
            entry.function, entry.options = func, _plain_options(args, kwargs)
        entry.before = before
        self._note_strangers(taken, origins)
        self.entries.append(entry)
        self._note_all(results, Origin(ops=(entry.number,)))
        if self.observer is not None:
            self.observer(entry, results[0])
        entry.before = None

    def _note_strangers(self, taken: list[Tensor], origins: list[Origin | None]) -> None:
        if self.keeping or not self.grad:  # what follows the network's return may be another network
            return
        unknown = [t for t, of in zip(taken, origins, strict=True) if of is None and isinstance(t, nn.Parameter)]
        self.strangers |= {id(tensor): tensor for tensor in unknown if tensor.requires_grad}

    def _note_all(self, results: list[Tensor], origin: Origin) -> None:
        for tensor in results:
            self.origins.note(tensor, origin)

    def _is_same(self, name: str, origins: list[Origin | None]) -> bool:
        return name in SAME and origins[0] is not None and (bool(origins[0].ops) or origins[0].data)

    def _is_bias(self, name: str, taken: list[Tensor], origins: list[Origin | None]) -> bool:
        """See an added parameter as the bias of what it is added to."""
        if name != "add" or len(taken) != 2:
            return False
        producers = [origin.ops for origin in origins if origin is not None and origin.ops]
        if len(producers) != 1 or not any(origin is not None and origin.parameters for origin in origins):
            return False
        if len(producers[0]) != 1:
            return False
        producer = self.entries[producers[0][0]]
        if producer.kind not in ("linear", "convolution"):
            return False
        producer.bias = True
        return True

    def _entry(self, name: str, taken: list[Tensor], origins: list[Origin | None], result: Tensor) -> Entry:
        keeping = self.keeping or KINDS.get(name) == "loss"
        operands = [
            Operand(tensor if keeping or origin is None or origin.data else None, origin, tuple(tensor.shape))
            for tensor, origin in zip(taken, origins, strict=True)
        ]
        parameters = [
            (o.parameters[0], t) for t, o in zip(taken, origins, strict=True) if o is not None and o.parameters
        ]
        wide = [parameter for parameter, tensor in parameters if tensor.dim() > 1]
        weight = next(iter(wide), parameters[0][0] if parameters else "")
        kind = _kind(name, bool(wide), operands)
        bias = kind in WITH_WEIGHTS and any(tensor.dim() == 1 for _, tensor in parameters)
        where = line_now() if self.lines else ""
        layer = shown(layer_of(weight)) if weight else ""
        return Entry(len(self.entries), name, kind, operands, tuple(result.shape), weight, layer, bias, where)


OVERWRITTEN = ("relu", "sigmoid", "tanh")  # what they were given is not needed: their result says as much
_SILENT_NAMES = (
    "size dim numel stride is_floating_point is_complex __len__ item tolist numpy __bool__ backward register_hook "
    "__repr__ __format__ __hash__ ndimension data_ptr is_contiguous __set__ __float__ __int__ __index__ get_device "
    "element_size storage_offset has_names is_cuda"
)
_SILENT = frozenset(_SILENT_NAMES.split())


def _kind(name: str, weights: bool, operands: list[Operand]) -> OpKind:
    kind = KINDS.get(name, "other")
    if kind == "linear" and not weights:
        return "other"
    if kind == "add" and sum(bool(operand.origin and operand.origin.ops) for operand in operands) < 2:
        return "other"
    if name == "getitem" and weights:
        return "embedding"
    return kind


def _plain_options(args: Any, kwargs: Any) -> dict[str, Any]:
    """Keep numbers and names that a function was given, by keyword or, in order, by position."""
    plain = {str(number): value for number, value in enumerate(args) if not isinstance(value, Tensor | list | tuple)}
    named = {name: value for name, value in kwargs.items() if isinstance(value, int | float | str | bool)}
    return {name: value for name, value in plain.items() if isinstance(value, int | float | str | bool)} | named


def _is_activation(name: str, args: Any) -> bool:
    return KINDS.get(plain_name(name)) == "activation" and bool(args) and isinstance(args[0], Tensor)


def _is_gradient(func: Callable[..., Any]) -> bool:
    return getattr(getattr(func, "__self__", None), "__name__", "") in ("grad", "_grad")


def enter(tape: Tape) -> None:
    """Begin to record."""
    tape.below = _stack()
    torch.overrides._push_mode(tape)  # type: ignore[no-untyped-call]


def leave(tape: Tape) -> bool:
    """Take a tape off the stack of modes, wherever it lies; False if it was gone.

    A `with` of the user's own that ended meanwhile took off what lay on top, the tape, in place of its own mode: that
    one is taken off in its stead.
    """
    tape.off = True
    stack = _stack()
    if not any(mode is tape for mode in stack):
        if stack and len(stack) == len(tape.below) and stack[-1] is tape.below[-1]:
            torch.overrides._pop_mode()  # type: ignore[no-untyped-call]
        return False
    above: list[Any] = []
    while (top := torch.overrides._pop_mode()) is not tape:  # type: ignore[no-untyped-call]
        above.append(top)
    for mode in reversed(above):
        torch.overrides._push_mode(mode)  # type: ignore[no-untyped-call]
    return True


def _stack() -> list[Any]:
    return list(torch.overrides._get_current_function_mode_stack())  # type: ignore[no-untyped-call]
