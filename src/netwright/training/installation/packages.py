"""What is installed: versions within our bounds, and whether it imports."""

import importlib.metadata
import importlib.util
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Mapping

from netwright.core.values import Check

CORE = ("numpy", "torch", "scipy", "sklearn", "polars", "safetensors", "msgspec", "tomlkit", "jinja2")
EXTRAS = ("fused", "pandas")  # that a user installs; versions of the others do not matter to a training
OPTIONAL = ("numba", "torchvision")  # imported last: a broken one may break what comes after it
PROBE = """
import importlib, sys
for name in sys.argv[1:]:
    print("begin", name, flush=True)
    try:
        importlib.import_module(name)
    except BaseException as error:
        print("failed", type(error).__name__ + ":", " ".join(str(error).split())[:300], flush=True)
"""
MOST_SECONDS = 300


def failing_imports() -> dict[str, str]:
    """Import everything in another process; return what failed, and how."""
    there = [name for name in (*CORE, *OPTIONAL) if importlib.util.find_spec(name) is not None]
    failed = {name: "it is not installed" for name in CORE if name not in there}
    command = [sys.executable, "-c", PROBE, *there]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
    last = ""
    for line in done.stdout.splitlines():
        kind, _, said = line.partition(" ")
        if kind == "begin":
            last = said
        elif kind == "failed":
            failed[last] = said
    if done.returncode != 0:
        failed[last] = _how_it_ended(done.returncode)
    return failed


def _how_it_ended(code: int) -> str:
    if code == -signal.SIGILL:
        return "importing it ends the process: it is built for instructions that this processor lacks"
    return f"importing it ends the process (exit code {code})"


def check_python() -> Check:
    found = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    return Check("Python", "ok", found)  # with an older one, nothing of Netwright would be read


def check_torch(broken: Mapping[str, str]) -> Check:
    if "torch" in broken:
        remedy = "install PyTorch anew: pip install --force-reinstall torch"
        return Check("PyTorch", "fault", f"does not import: {broken['torch']}", remedy)
    import torch

    cuda = torch.version.cuda  # the wheel's; whether there is a GPU is another question
    return Check("PyTorch", "ok", f"{torch.__version__}, built {f'for CUDA {cuda}' if cuda else 'without CUDA'}")


def check_imports(broken: Mapping[str, str]) -> list[Check]:
    """Name what does not import; Numba and PyTorch have lines of their own."""
    core = [name for name in broken if name in CORE and name != "torch"]
    found = [Check(name, "fault", f"does not import: {broken[name]}", f"install {name} anew") for name in core]
    if "torchvision" in broken:
        said = f"does not import beside this PyTorch: {broken['torchvision']}"
        remedy = "Netwright does not use it, other packages would fail: pip uninstall torchvision"
        found.append(Check("torchvision", "warning", said, remedy))
    return found


def check_versions() -> list[Check]:
    """Hold what is installed to the bounds of our own metadata: a line for each that breaks them, or one for all."""
    try:
        lines = importlib.metadata.requires("netwright") or []
    except importlib.metadata.PackageNotFoundError:
        return [Check("packages", "fault", "netwright itself is not installed", "pip install netwright")]
    checks = [check for line in lines if (check := _check_requirement(line)) is not None]
    bad = [check for check in checks if check.verdict != "ok"]
    return bad or [Check("packages", "ok", f"{len(checks)} installed, all within our bounds")]


def _check_requirement(line: str) -> Check | None:
    """Check one line of metadata, `numba>=0.61; extra == 'fused'`; None where it does not matter here."""
    named, _, marker = line.partition(";")
    extra = re.search(r"extra\s*==\s*['\"]([\w-]+)", marker)
    name = re.split(r"[\s<>=!~\[(]", named.strip())[0]
    if extra is not None and (extra[1] not in EXTRAS or name == "netwright"):
        return None
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None if extra else Check(name, "fault", "is not installed", f"pip install '{named.strip()}'")
    if all(_keeps(version, sign, bound) for sign, bound in re.findall(r"(>=|<)\s*([\d.]+)", named)):
        return Check(name, "ok", version)
    found = f"{version}, but we need {named.strip().removeprefix(name).strip()}"
    return Check(name, "warning" if extra else "fault", found, f"pip install '{named.strip()}'")


def _keeps(version: str, sign: str, bound: str) -> bool:
    return (_release(version) >= _release(bound)) == (sign == ">=")


def _release(version: str) -> tuple[int, ...]:
    """Return the first numbers of a version: 2.13.0+cpu -> (2, 13, 0, 0)."""
    leading = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(part) for part in leading[0].split(".")] if leading else []
    return tuple([*numbers, 0, 0, 0, 0][:4])
