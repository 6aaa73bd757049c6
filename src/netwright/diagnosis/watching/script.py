"""Running somebody's own script under `watch`, without a change to it."""

import runpy
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from netwright.core.errors import SourceError
from netwright.diagnosis.watching.finding import Found, noting_optimizers
from netwright.diagnosis.watching.places import OURS, TORCH
from netwright.diagnosis.watching.watch import Doctor, called_parts, listening, prepare


@dataclass
class Ran:
    """What came of a script."""

    doctor: Doctor | None  # None where nothing was trained that could be watched
    failure: str = ""  # the script's own traceback; empty where it came to its end
    exit_code: int = 0  # that it asked for
    seconds: float = 0.0
    optimizers: int = 0  # that it made


def run_script(path: Path, arguments: Sequence[str] = ()) -> Ran:
    """Run a script as `python path arguments` does, and watch the first training in it.

    Args:
        path: of a Python file.
        arguments: what it finds in sys.argv after its name.

    Raises:
        SourceError: there is no such file.
    """
    if not path.is_file():
        raise SourceError(f"{path} is no file: name a Python script that trains a network")
    found, ran, began = Found(), Ran(None), time.perf_counter()
    with ExitStack() as stack:
        stack.enter_context(_as_main(path, arguments))
        stack.enter_context(noting_optimizers(found))
        _watch_first(found, ran, path.name, stack)
        try:
            runpy.run_path(str(path), run_name="__main__")
        except SystemExit as leaving:
            ran.exit_code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
            ran.failure = leaving.code if isinstance(leaving.code, str) else ""
        except Exception as error:  # noqa: BLE001 - whatever the script does not catch is what it ends with
            ran.exit_code, ran.failure = 1, own_traceback(error)
    ran.seconds, ran.optimizers = time.perf_counter() - began, len(found.optimizers)
    return ran


def _watch_first(found: Found, ran: Ran, source: str, stack: ExitStack) -> None:
    """Begin to watch at the first forward pass of what an optimizer trains."""

    def called(module: nn.Module, arguments: tuple[Any, ...]) -> None:
        trained = found.trained(module)
        if trained is None or ran.doctor is not None:
            return
        handle.remove()
        ran.doctor = prepare(*trained, source=source)
        session = stack.enter_context(listening(ran.doctor))
        if any(module is part for part in (trained[0], *called_parts(trained[0]))):
            ran.doctor.state.whole = module is trained[0]
            session.entered(arguments, _keywords())  # the hooks hung on just now miss the call that is under way

    handle = register_module_forward_pre_hook(called)
    stack.callback(handle.remove)


def _keywords() -> dict[str, Any]:
    """Return the keywords of the module's call that is under way, which global hooks are not told."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not (frame.f_code.co_filename.startswith(TORCH) and "kwargs" in frame.f_locals):
        frame = frame.f_back
    return dict(frame.f_locals["kwargs"]) if frame is not None else {}


@contextmanager
def _as_main(path: Path, arguments: Sequence[str]) -> Iterator[None]:
    """Give the script its arguments, and its folder as the first to import from."""
    former = sys.argv, sys.path[:]
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, str(path.resolve().parent))
    try:
        yield
    finally:
        sys.argv, sys.path[:] = former


def own_traceback(error: BaseException) -> str:
    """Return an error as Python prints it, without the frames that watching put between."""
    told = traceback.TracebackException.from_exception(error)
    waiting: list[traceback.TracebackException | None] = [told]
    while waiting:
        part = waiting.pop()
        if part is not None:
            kept = [frame for frame in part.stack if not _is_between(frame.filename)]
            part.stack = traceback.StackSummary.from_list(kept)
            waiting += [part.__cause__, part.__context__]
    return "".join(told.format())


def _is_between(path: str) -> bool:
    return path.startswith(OURS) or "runpy" in Path(path).name or path == "<frozen runpy>"
