"""Time of `import netwright` and `netwright --help`, and what the core installation weighs."""

import importlib.metadata
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rows import Row, report

COMMANDS = {
    "import netwright": ([sys.executable, "-c", "import netwright"], 0.1),
    "netwright --help": ([str(Path(sys.executable).parent / "netwright"), "--help"], 0.4),
}


def measure(quick: bool) -> Iterator[Row]:
    """Yield medians of 10 cold processes, then the size of the installation."""
    for work, (command, target) in COMMANDS.items():
        _seconds(command)  # once unmeasured: the files come into the page cache
        seconds = statistics.median(_seconds(command) for _ in range(3 if quick else 10))
        yield Row(work, "netwright", seconds, "s", f"< {target}")
    bare = statistics.median(_seconds([sys.executable, "-c", ""]) for _ in range(3 if quick else 10))
    yield Row("python -c ''", "floor", bare, "s")
    packages = core_packages()
    yield Row("core installation", "netwright", sum(map(_megabytes, packages)), "MB", "< 1400")
    yield Row("core installation", "netwright", len(packages), "packages")


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def core_packages() -> set[str]:
    """Return netwright and what it needs without extras, and what those need, among the installed packages."""
    found: set[str] = set()
    waiting = ["netwright"]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found or not _installed(name):
            continue
        found.add(name)
        required = importlib.metadata.requires(name) or []
        waiting += [re.split(r"[ ;<>=!~\[(]", line)[0] for line in required if "extra ==" not in line]
    return found


def _installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _megabytes(name: str) -> float:
    files = importlib.metadata.files(name) or []
    paths = (Path(str(file.locate())) for file in files if not str(file).endswith(".pyc"))
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
