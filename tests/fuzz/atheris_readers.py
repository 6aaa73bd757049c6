"""Let libFuzzer look for bytes that break a promise of a reader, guided by which lines of Netwright they reach.

    python tests/fuzz/atheris_readers.py TARGET [CORPUS] [-max_total_time=60] [other flags of libFuzzer]
    python tests/fuzz/atheris_readers.py all --seconds 60    # every target, one after another; or those named

The targets are those of `targets.py`. With --seconds, what breaks a promise is kept as build/fuzz/TARGET-crash-..., and
named in place of a corpus it is tried again; what was learnt is kept in build/fuzz/TARGET.
Atheris is an extra: pip install -e '.[fuzz]'.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "fuzz"
ALONE = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"}
DEFAULTS = ("-timeout=20", "-rss_limit_mb=4096", "-max_len=512", "-len_control=0")
WANT = b"memory allocation of"  # Polars ended the process: docs/reliability.md says where that may happen
ABSENT = "Atheris is not installed; get it by: pip install -e '.[fuzz]' (it has wheels for Linux on x86-64)"


def main() -> int:
    """Fuzz one target, where libFuzzer ends the process, or one after another in processes of their own."""
    os.environ.update(ALONE)
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    try:
        import atheris
    except ModuleNotFoundError:
        print(ABSENT, file=sys.stderr)
        return 2
    asked = sys.argv[1:]
    if "--seconds" in asked:
        place = asked.index("--seconds")
        return _each(asked[:place], float(asked[place + 1]))
    with atheris.instrument_imports(include=["netwright", "tomllib", "zipfile", "gzip", "json"]):
        import netwright.cli.fit
        import netwright.report.tables
        import netwright.training.inference
        import netwright.training.job  # noqa: F401
    from tests.fuzz import originals
    from tests.fuzz.targets import TARGETS, hold

    if not asked or asked[0] not in TARGETS:
        print(f"expected a target, one of: {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    target, given = TARGETS[asked[0]], {word.partition("=")[0] for word in asked}
    originals.prepare()
    flags = [flag for flag in DEFAULTS if flag.partition("=")[0] not in given]
    atheris.Setup([sys.argv[0], *asked[1:], *flags], lambda data: hold(target, data))
    atheris.Fuzz()
    return 0


def _each(names: list[str], seconds: float) -> int:
    """Give each target its time; print a line for each, and return 1 if one broke a promise."""
    from tests.fuzz.targets import TARGETS

    broken = []
    for name in TARGETS if names == ["all"] else names:
        said, runs, ends = _one(name, seconds)
        print(f"{name}: {runs:,} runs in {seconds:g} s{f', {ends} times out of memory' if ends else ''}", flush=True)
        if said:
            broken.append(name)
            print(said, flush=True)
    print(f"broken: {', '.join(broken) or 'none'}")
    return 1 if broken else 0


def _one(name: str, seconds: float) -> tuple[str, int, int]:
    """Fuzz for so long, again where Polars ended the process; return what was said of a fault, runs and such ends."""
    (KEPT / name).mkdir(parents=True, exist_ok=True)
    began, runs, ends = time.monotonic(), 0, 0
    while (left := round(seconds - (time.monotonic() - began))) > 0:
        flags = [str(KEPT / name), f"-max_total_time={left}", f"-artifact_prefix={KEPT}/{name}-"]
        done = subprocess.run([sys.executable, __file__, name, *flags], capture_output=True, check=False)
        runs += max(map(int, re.findall(rb"^#(\d+)\t", done.stderr, re.M)), default=0)
        if done.returncode == 0:
            break
        if WANT not in done.stderr:
            kept = [line for line in done.stderr.splitlines() if not line.startswith(b"#")]
            return b"\n".join((done.stdout[-4000:], *kept[-12:])).decode(errors="replace"), runs, ends
        ends += 1
    return "", runs, ends


if __name__ == "__main__":
    sys.exit(main())
