"""What "auto" stands for is fixed where there is a GPU, and stays open elsewhere."""

import pytest
import torch

from netwright.training.compile_choice import settle_compile
from netwright.training.config import TrainingConfig

CUDA, CPU = torch.device("cuda"), torch.device("cpu")


def test_on_a_gpu_steps_are_recorded_and_the_run_says_why():
    config, (choice,) = settle_compile(TrainingConfig(), CUDA)
    assert config.compile == choice.value == "graph"
    assert "recorded once and replayed" in choice.reason


@pytest.mark.parametrize(("asked", "device"), [("off", CUDA), ("full", CUDA), ("auto", CPU)])
def test_what_is_asked_for_stays_and_a_cpu_has_no_choice(asked, device):
    config = TrainingConfig(compile=asked)
    assert settle_compile(config, device) == (config, ())
