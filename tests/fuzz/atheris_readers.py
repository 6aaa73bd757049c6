"""Let libFuzzer look for bytes that break a promise of a reader, guided by which lines of Netwright they reach.

    python tests/fuzz/atheris_readers.py TARGET [CORPUS] [-max_total_time=60] [other flags of libFuzzer]

The targets are those of `targets.py`. What breaks a promise is printed and kept as crash-..., and named in place of a
corpus it is tried again. Atheris is an extra: pip install -e '.[fuzz]'.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUIET = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"}
DEFAULTS = ("-timeout=20", "-rss_limit_mb=4096", "-max_len=512", "-len_control=0")


def main() -> int:
    """Fuzz one target; libFuzzer ends the process."""
    os.environ.update(QUIET)
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    try:
        import atheris
    except ModuleNotFoundError:
        print(
            "Atheris is not installed; get it by: pip install -e '.[fuzz]' (Linux, Python 3.11 to 3.13)",
            file=sys.stderr,
        )
        return 2
    with atheris.instrument_imports(include=["netwright", "tomllib", "zipfile", "gzip", "json"]):
        import netwright.api
        import netwright.cli.fit
        import netwright.report.tables
        import netwright.training.inference
        import netwright.training.job  # noqa: F401
    from tests.fuzz import originals
    from tests.fuzz.targets import TARGETS, hold

    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        print(f"expected a target, one of: {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    target = TARGETS[sys.argv.pop(1)]
    originals.prepare()
    given = {word.partition("=")[0] for word in sys.argv}
    flags = [flag for flag in DEFAULTS if flag.partition("=")[0] not in given]
    atheris.Setup([*sys.argv, *flags], lambda data: hold(target, data))
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
