"""Which line of the user's program runs now."""

import os
import sys
from pathlib import Path
from types import FrameType

import torch

OURS = f"{Path(__file__).resolve().parents[1]}{os.sep}"
TORCH = f"{Path(torch.__file__).resolve().parent}{os.sep}"
INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}", f"{os.sep}lib{os.sep}python3.")


def line_now() -> str:
    """Return the innermost line outside of torch and other libraries, as "train.py:23", or nothing."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if not is_foreign(path):
            return f"{os.path.basename(path)}:{frame.f_lineno}"  # noqa: PTH119
        frame = frame.f_back
    return ""


def is_foreign(path: str) -> bool:
    """Whether a file is torch's, ours or another library's."""
    if path.startswith((OURS, TORCH)):
        return True
    if path.startswith("<"):
        return not path.startswith("<ipython")
    return any(part in path for part in INSTALLED)
