import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from netwright.training.batches import batch_sizes
from netwright.training.engines.fused.compiled import is_known, signature_of
from netwright.training.engines.fused.compiling import arguments_for
from netwright.training.engines.fused.engine import FusedRunner
from netwright.training.engines.fused.interpreter import run_steps
from netwright.training.optimizers import make_updater
from netwright.training.preflight import bring
from netwright.training.state import Progress, TrainingState
from tests.training.small_runs import CONFIG, make_batches, make_module

DIGEST = """
from dataclasses import replace
from netwright.training.fit import fit
from tests.training.small_runs import CONFIG, digest, make_batches, make_module
module = make_module()
fit(module, make_batches(203, 50), replace(CONFIG, engine="fused"))
print(digest(module))
"""


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("ema_decay", [None, 0.9])
def test_what_is_compiled_apart_is_what_a_training_asks_for(dtype, ema_decay):
    module, config = make_module().to(dtype), replace(CONFIG, ema_decay=ema_decay)
    batches = make_batches()
    batches = replace(batches, train_inputs=(batches.train_inputs[0].to(dtype), batches.train_inputs[1]))
    batches = bring(batches, "multiclass", dtype, torch.device("cpu"))
    state = TrainingState(module, make_updater(module, config), None, Progress(1))
    runner = FusedRunner(state, batches, batch_sizes(batches.rows, config.batch_size), config, "multiclass")
    arguments = (runner.program, runner.memory, runner.data, runner.rule, (0, 0, 0, 0), np.ones((4, 1)))
    kind = "float32" if dtype == torch.float32 else "float64"
    assert signature_of(*arguments) == signature_of(*arguments_for(kind))
    assert is_known(run_steps, *arguments)


@pytest.mark.slow  # it compiles
def test_the_first_run_on_a_machine_is_every_later_one_bit_for_bit(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", DIGEST]
    runs = [subprocess.run(command, env=environment, capture_output=True, check=True).stdout for _ in range(3)]
    assert len(set(runs)) == 1
