"""What computes here and how fast: the fused engine, the kernels of the matrix products, threads, GPUs."""

import importlib.util
import math
import os
import re
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

from netwright.core.values import Check
from netwright.training.engines.fused import cache

HOLDS = (  # environment variables that hold a library to older instructions
    *("OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"),
    *("MKL_ENABLE_INSTRUCTIONS", "MKL_DEBUG_CPU_TYPE", "MKL_CBWR"),
)
WIDTHS = {"AVX-512": "avx512f", "AVX2": "avx2", "AVX": "avx"}  # instructions and their flag in /proc/cpuinfo
KERNELS = {  # what each set of kernels uses, as OpenBLAS and PyTorch name them
    **dict.fromkeys(("skylakex", "cooperlake", "sapphirerapids", "avx512"), "AVX-512"),
    **dict.fromkeys(("haswell", "zen", "excavator", "avx2"), "AVX2"),
    **dict.fromkeys(("sandybridge", "bulldozer", "piledriver", "steamroller"), "AVX"),
}
OLDEST = "SSE"
COMPILING = "the first run that takes it compiles for about 20 s"


def check_fused(broken: Mapping[str, str]) -> Check:
    """Ask whether compiled training is there, and whether what it compiles can be kept."""
    name, slower = "fused engine", "small networks train many times slower without it"
    if importlib.util.find_spec("numba") is None:
        return Check(name, "warning", f"Numba is not installed; {slower}", "pip install 'netwright[fused]'")
    if "numba" in broken:
        found = f"Numba does not import ({broken['numba']}); {slower}"
        return Check(
            name, "warning", found, "install the Numba and the NumPy that belong together: pip install -U numba"
        )
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return Check(name, "warning", "NUMBA_DISABLE_JIT keeps Numba from compiling", "unset NUMBA_DISABLE_JIT")
    return _check_cache(name)


def _check_cache(name: str) -> Check:
    folder = cache.folder()
    keep = "give it a folder that can be written: NUMBA_CACHE_DIR=FOLDER"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(name, "warning", f"what it compiles cannot be kept: {folder}: {error.strerror}", keep)
    state = "compiled" if cache.is_compiled() else f"not compiled yet ({COMPILING})"
    if not cache.is_lasting():
        return Check(name, "warning", f"{state}; kept in {folder} only, which may be emptied", keep)
    return Check(name, "ok", f"{state}; kept in {folder}")


def check_kernels(broken: Mapping[str, str]) -> Check:
    """Ask which BLAS is loaded and for which processor its kernels are, and whether this one could do better."""
    import numpy.linalg  # noqa: F401 - loads its BLAS
    import torch
    from threadpoolctl import threadpool_info

    if "scipy" not in broken:
        import scipy.linalg  # noqa: F401 - whose BLAS the fused engine calls
    loaded = sorted(threadpool_info(), key=lambda entry: _owner(entry["filepath"]))
    loaded = [entry for entry in loaded if entry["user_api"] == "blas"]
    taken = {_owner(entry["filepath"]): str(entry.get("architecture", "unknown")) for entry in loaded}
    libraries = {_owner(entry["filepath"]): f"{entry['internal_api']} {entry['version'] or ''}" for entry in loaded}
    said = [f"{owner}: {library.strip()} for {taken[owner]}" for owner, library in libraries.items()]
    blas = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    taken["PyTorch"] = torch.backends.cpu.get_cpu_capability()
    said.append(f"PyTorch: {blas[1] if blas else 'own BLAS'} for {taken['PyTorch']}")
    return judge_kernels("; ".join(said), taken, _processor_flags())


def judge_kernels(said: str, taken: Mapping[str, str], flags: frozenset[str]) -> Check:
    """Compare what each library's kernels use with what the processor has; without flags nothing is judged."""
    held = [f"{name}={os.environ[name]}" for name in HOLDS if os.environ.get(name)]
    found = said + (f"; set: {', '.join(held)}" if held else "")
    best = next((width for width, flag in WIDTHS.items() if flag in flags), OLDEST)
    order = [*WIDTHS, OLDEST]
    older = [who for who, kernels in taken.items() if flags and order.index(_width(kernels, best)) > order.index(best)]
    if not older:
        return Check("matrix kernels", "ok", found)
    found += f"; the processor has {best}, which {' and '.join(older)} leave{'s' if len(older) == 1 else ''} unused"
    names = ", ".join(name.split("=")[0] for name in held)
    remedy = f"unset {names}, which holds the kernels to older ones" if held else "update NumPy, SciPy and PyTorch"
    return Check("matrix kernels", "warning", found, remedy)


def _width(kernels: str, best: str) -> str:
    """Return what a set of kernels uses. A name that is not known is given the benefit of the doubt."""
    lower = kernels.lower()
    if lower in ("unknown", "") or lower.startswith(("arm", "neoverse", "vortex")):
        return best
    old = lower in ("default", "prescott", "core2", "penryn", "dunnington", "nehalem", "athlon", "opteron", "barcelona")
    return OLDEST if old else KERNELS.get(lower, best)


def _owner(path: str) -> str:
    """Return which package brought a library: .../site-packages/numpy.libs/x.so -> NumPy."""
    owners = {"numpy": "NumPy", "scipy": "SciPy", "torch": "PyTorch"}
    parts = {part.removesuffix(".libs") for part in Path(path).parts}
    return next((shown for name, shown in owners.items() if name in parts), Path(path).name)


def _processor_flags() -> frozenset[str]:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    return frozenset(next((line.split(":", 1)[1].split() for line in lines if line.startswith("flags")), ()))


def check_threads() -> Check:
    """Ask whether PyTorch has more threads than there are cores for them."""
    import torch

    threads, cores, allowed = torch.get_num_threads(), os.cpu_count() or 1, usable_cores()
    given = os.environ.get("OMP_NUM_THREADS")
    found = f"{threads} of PyTorch on {allowed} usable cores of {cores}{f'; OMP_NUM_THREADS={given}' if given else ''}"
    if threads > allowed:
        remedy = f"set OMP_NUM_THREADS={allowed}: threads that wait for each other are slower than fewer"
        return Check("threads", "warning", found, remedy)
    return Check("threads", "ok", found)


def usable_cores() -> int:
    """Return how many cores this process may use: its affinity, and the quota of its container (cgroup v2, v1)."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, math.ceil(min(cores, _quota(Path("/sys/fs/cgroup")))))


def _quota(root: Path) -> float:
    """Return how many cores' time the container is given; infinity where nothing is said."""
    try:
        limit, period = (root / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            limit, period = ((root / "cpu" / f"cpu.cfs_{name}_us").read_text().strip() for name in ("quota", "period"))
        except OSError:
            return math.inf
    return math.inf if limit in ("max", "-1") else int(limit) / int(period)


def check_gpu() -> Check:
    """Ask whether PyTorch sees a GPU, and whether that computes."""
    import torch

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        there = torch.cuda.is_available()
    if there:
        return _try_gpu()
    if torch.backends.mps.is_available():
        return Check("GPU", "ok", "Apple's, by MPS")
    if not Path("/proc/driver/nvidia/version").exists():
        return Check("GPU", "ok", "none; the CPU trains")
    why = "its driver does not suit this PyTorch" if torch.version.cuda else "this PyTorch is built without CUDA"
    more = f" ({' '.join(str(said[0].message).split())[:200]})" if said else ""
    return Check("GPU", "warning", f"NVIDIA's is here, but {why}{more}", "install the PyTorch that suits the driver")


def _try_gpu() -> Check:
    import torch

    name = torch.cuda.get_device_name(0)
    try:
        free, total = torch.cuda.mem_get_info(0)
        torch.ones(64, 64, device="cuda:0").matmul(torch.ones(64, 64, device="cuda:0")).sum().item()
    except RuntimeError as error:
        found = f"{name} cannot compute: {str(error).splitlines()[0]}"
        return Check("GPU", "fault", found, "train with --device cpu, or install the PyTorch that suits the GPU")
    return Check("GPU", "ok", f"{name}, {free / 1e9:.0f} of {total / 1e9:.0f} GB free")
