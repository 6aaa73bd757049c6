"""Where compiled code is kept between processes. Numba is not imported here: choosing an engine must cost nothing."""

import hashlib
import os
import shutil
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

KEPT = 8  # compiled versions, a few megabytes each


@cache
def folder() -> Path:
    """Return a folder that can be written, named by the engine's sources: Numba looks only at a function's own file."""
    name = f"kernels-{_digest()}"
    kept = [_wanted()] if os.environ.get("NUMBA_CACHE_DIR") else [_wanted(), _temporary()]
    chosen = next((root / name for root in kept if _can_write(root)), None)
    chosen = chosen or Path(tempfile.mkdtemp()) / name
    if not chosen.exists():
        _forget_old(chosen.parent)
    return chosen


def is_compiled() -> bool:
    """Whether a process on this machine has compiled these sources before."""
    return any(folder().rglob("*.nbc"))


def is_lasting() -> bool:
    """Whether the folder is where it belongs; elsewhere it may be emptied, or is known to this process only."""
    return folder().parent == _wanted()


def _wanted() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("NUMBA_CACHE_DIR") or Path(home) / "netwright")


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / f"netwright-{os.getuid()}"


def _forget_old(root: Path) -> None:
    """Remove what older versions have compiled, but for the newest few: another checkout may be at work with them."""
    folders = sorted(root.glob("kernels-*"), key=lambda path: path.stat().st_mtime)
    for path in folders[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)  # another process may be removing it too


def _can_write(root: Path) -> bool:
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return False
    return os.access(root, os.W_OK) and root.stat().st_uid == os.getuid()


def _digest() -> str:
    digest = hashlib.sha256(version("numba").encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
