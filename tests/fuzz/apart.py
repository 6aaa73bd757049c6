"""Fuzz a reader of typed files in children of this process: where Polars is out of memory it ends the process.

    python tests/fuzz/apart.py parquet --runs 10000

Prints a line for each broken promise, with the bytes, and how many children ended for want of memory, which
docs/reliability.md says may happen. Exits with 1 if a promise was broken. Linux (forks).
"""

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

SIZES = (8, 16, 32, 64, 200)  # bytes of an input
WANT = "memory allocation of"  # what Rust says before it ends the process


def main() -> int:
    """Run inputs in one child after another until all were tried; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    sys.path[:0] = [str(Path(__file__).parents[2])]
    os.environ.update({"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"})
    import netwright.training.inference
    import netwright.training.material  # noqa: F401 - in the parent, whose children then need not

    source = random.Random(asked.seed)
    inputs = [b"\0" + source.randbytes(source.choice(SIZES)) for _ in range(asked.runs)]
    done = ended = broken = 0
    with tempfile.TemporaryDirectory() as folder:
        while done < len(inputs):
            status, tried, said = _child(asked.target, inputs[done:], Path(folder))
            done += tried
            faults = [line for line in said if line.startswith("broken: ")]
            wanting = status != 0 and any(WANT in line for line in said)
            if status and not wanting:
                faults.append(f"broken: the process ended with {status} at {inputs[done - 1].hex()}")
            ended, broken = ended + wanting, broken + len(faults)
            print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{asked.target}: {done:,} runs, {broken} broken promises, {ended} times out of memory")
    return 1 if broken else 0


def _child(target: str, inputs: list[bytes], folder: Path) -> tuple[int, int, list[str]]:
    """Return how a child ended, how many inputs it tried, and what it and Rust said."""
    log, count = folder / "log", folder / "count"
    count.write_text("0")
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _try_all(target, inputs, log, count)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), int(count.read_text()), log.read_text(errors="replace").splitlines()


def _try_all(target: str, inputs: list[bytes], log: Path, count: Path) -> None:
    code = 1
    try:
        from tests.fuzz.targets import TARGETS, hold

        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        for number, data in enumerate(inputs, start=1):
            count.write_text(str(number))
            try:
                hold(TARGETS[target], data)
            except BaseException as error:  # noqa: BLE001 - a panic of Polars is no Exception
                said = str(error).replace("\n", " ")
                print(f"broken: {type(error).__name__}: {said} at {data.hex()}", file=sys.stderr, flush=True)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
