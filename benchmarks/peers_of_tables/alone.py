"""One measurement in a process of its own: python -m peers_of_tables.alone WHO TABLE SEED TRAIN TEST -> JSON."""

import json
import os
import sys
import time
from pathlib import Path

from peers_of_tables import load
from peers_of_tables.tables import TABLES, Division


def main(who: str, name: str, seed: str, *files: str) -> None:
    """Measure on one core, imports left out, and print metrics and seconds."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    table = next(table for table in TABLES if table.name == name)
    train, test = map(Path, files)
    measure = load(who)
    start, processor = time.perf_counter(), time.process_time()
    metrics = measure(Division(table, train, test), int(seed))
    taken = {"seconds": time.perf_counter() - start, "processor": time.process_time() - processor}
    print(json.dumps({"metrics": metrics, **taken}))


if __name__ == "__main__":
    main(*sys.argv[1:])
