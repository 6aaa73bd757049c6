"""Whether this machine can train: one function a question, each answering with a `Check`.

`packages` asks what is installed and whether it imports, `speed` what computes and how fast, `disk` where runs would be
saved. What cannot be imported is found in another process, so that a check survives what it looks for.
"""

from pathlib import Path

from netwright.core.values import Check
from netwright.training.installation import disk, packages, speed


def check_installation(runs: Path) -> tuple[Check, ...]:
    """Answer every question, with `runs` as the folder of the run directories; it need not exist yet."""
    broken = packages.failing_imports()
    found = [packages.check_python(), *packages.check_versions(), packages.check_torch(broken)]
    found += packages.check_imports(broken)
    if "torch" not in broken and "numpy" not in broken:
        found += [speed.check_kernels(broken), speed.check_threads(), speed.check_gpu()]
    return (*found, speed.check_fused(broken), disk.check_space(runs), disk.check_writing(runs))
