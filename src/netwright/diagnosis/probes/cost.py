"""What a training step costs, estimated from its operations: a budget of seconds always gives the same steps."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from netwright.diagnosis.programs.program import Program

FLOPS = 3e10  # a second, on one core
STEP = 6e-4  # seconds of any step
TENSOR = 6e-5  # seconds of a parameter tensor's update
TICK = 1.5e-4  # seconds of one position of a recurrent layer, forward and back


def step_seconds(program: Program) -> float:
    """Return about how long one step of a program takes, on one core of today."""
    batch = program.rows.at(torch.arange(min(program.batch_size, program.rows.rows)))
    with torch.random.fork_rng([]):
        torch.default_generator.manual_seed(0)
        network = program.build(0).eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            network(*batch.inputs)
    recurrent = sum(module.num_layers for module in network.modules() if isinstance(module, (nn.RNN, nn.LSTM, nn.GRU)))
    ticks = recurrent * (batch.inputs[0].shape[1] if batch.inputs[0].dim() > 1 else 1)
    tensors = sum(1 for _ in network.parameters())
    flops = float(counter.get_total_flops())
    return 3.0 * flops / FLOPS + STEP + TENSOR * tensors + TICK * ticks
