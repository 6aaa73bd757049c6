"""Seconds until the first step of a process: when nothing is compiled yet, and when another process has done it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from rows import Row

PROBE = """
import time, torch
from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit
torch.set_num_threads(1)
rows = Batches((torch.randn(64, 4), torch.zeros(64, 0, dtype=torch.long)), torch.zeros(64).long())
module = build("mlp", MLPConfig(), InputSpec(4, (), 3, "multiclass"), 0)
fit(module, rows, TrainingConfig(epochs=1, device="cpu", engine="eager"))  # loads what torch itself needs
start = time.perf_counter()
fit(module, rows, TrainingConfig(epochs=1, device="cpu", engine="fused"))
print(time.perf_counter() - start)
"""


def measure(_quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_CACHE_HOME": folder}
        for work, target in (("first use: compiling", "< 20"), ("later process: loading", "< 1.5")):
            run = subprocess.run([sys.executable, "-c", PROBE], env=environment, capture_output=True, check=True)
            yield Row(work, "netwright", float(run.stdout), "s", target)
