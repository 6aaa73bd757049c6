"""A small training with everything random or stateful in it, for tests that compare bytes."""

import hashlib
import signal
from dataclasses import replace

import torch

from netwright.core.interrupts import StopSignal
from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.fit import fit
from netwright.training.records import RecordSink, read_records
from netwright.training.session import Session

CONFIG = TrainingConfig(
    epochs=3,
    batch_size=8,
    accumulate=2,
    weight_decay=0.01,
    l1=0.001,
    schedule="plateau",
    plateau_patience=1,
    warmup=3.0,
    label_smoothing=0.05,
    class_weights="balanced",
    clip_norm=1.0,
    ema_decay=0.9,
    seed=5,
    device="cpu",
    record_every=1,
    checkpoint_every=3600.0,
)


def config_for(optimizer: str) -> TrainingConfig:
    return replace(CONFIG, optimizer=optimizer)


def make_module(seed=0, **settings):
    spec = InputSpec(4, (3,), 3, "multiclass", continuous=(0, 1, 3))
    return build("mlp", replace(MLPConfig((6, 5), dropout=0.3), **settings), spec, seed)


def make_batches(rows=27, held_out=11):
    generator = torch.Generator().manual_seed(1)
    count = rows + held_out
    numeric = torch.randn(count, 4, generator=generator)
    categorical = torch.randint(0, 3, (count, 1), generator=generator)
    targets = (numeric[:, 0] + categorical[:, 0] > 1).long() + (numeric[:, 1] > 0.5).long()
    return Batches(
        (numeric[:rows], categorical[:rows]), targets[:rows], (numeric[rows:], categorical[rows:]), targets[rows:]
    )


def digest(module) -> str:
    """Return a sha256 over every weight and buffer."""
    found = hashlib.sha256()
    for name, tensor in module.state_dict().items():
        found.update(name.encode() + tensor.cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()


def run_in(folder, material, config, stop_at=None, resume=False):
    """Train a module on batches; stop as a signal would at the record of a step. Return its digest, log and result."""
    stop, (module, batches) = StopSignal(), material

    def watch(record):
        if record.kind == "step" and record.step == stop_at:
            stop(signal.SIGTERM, None)

    with RecordSink(folder / "records.jsonl") as records:
        session = Session(folder / "checkpoints", stop, resume=resume, records=records)
        result = fit(module, batches, config, [watch], session)
    return digest(module), read_records(folder / "records.jsonl"), result
