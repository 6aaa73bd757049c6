"""Images per second of a training step of the recipe `convnet`, beside the same network as people write it."""

import logging
import os
import statistics
import time
import warnings
from collections.abc import Callable, Iterator

import torch
from peers.images import WIDTHS, lightning, loop
from rows import Row, report
from torch import Tensor

from netwright.core.values import ImageInput, InputSpec
from netwright.networks import MLPConfig, build, fit_to_rows
from netwright.training.batches import Batches
from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Batch, Engine, take_step
from netwright.training.losses import loss_for
from netwright.training.optimizers import make_updater
from netwright.training.preflight import bring

BATCH, CLASSES = 256, 10
IMAGE = ImageInput(3, 32, 32, (120.0,) * 3, (60.0,) * 3, mirrors=True)
TARGET = 8.0  # times the plain loop


def netwright(precision: str) -> Callable[[Tensor, Tensor, int, int], float]:
    """Return a function that takes steps of the recipe: its changes of images, Muon, and a precision."""

    def steps_of(pixels: Tensor, targets: Tensor, batch: int, steps: int) -> float:
        network = MLPConfig(hidden_sizes=(), image_widths=WIDTHS, image_turn=8.0, image_zoom=0.08)
        spec = InputSpec(0, (), CLASSES, "multiclass", image=IMAGE)
        module = build("mlp", network, spec, 0)
        rows = len(targets)
        inputs = (torch.zeros(rows, 0), torch.zeros(rows, 0, dtype=torch.int64), pixels)
        fit_to_rows(module, inputs, targets, 0)
        config = TrainingConfig(optimizer="muon", learning_rate=0.02, precision=precision, label_smoothing=0.1)
        engine = Engine(
            module.train(), loss_for(config, "multiclass", targets), make_updater(module, config), None, config
        )
        batches = bring(Batches(inputs, targets), "multiclass", torch.float32, torch.device("cpu"))
        began = 0.0
        for number in range(steps + 1):
            if number == 1:
                began = time.perf_counter()
            chosen = torch.randperm(rows)[:batch]
            part = tuple(tensor[chosen] for tensor in batches.train_inputs)
            take_step(engine, Batch(part, batches.train_targets[chosen], None, number + 1, 0.002, False))
        return time.perf_counter() - began

    return steps_of


WHO: dict[str, Callable[[Tensor, Tensor, int, int], float]] = {
    "netwright, bfloat16": netwright("bfloat16"),
    "netwright, float32": netwright("float32"),
    "plain loop, float32": loop,
    "Lightning, float32": lightning,
}


def measure(quick: bool) -> Iterator[Row]:
    """Yield each one's images per second, all measured in turns."""
    warnings.filterwarnings("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    torch.set_num_threads(os.cpu_count() or 1)
    steps, repeats = (3, 3) if quick else (8, 5)
    torch.manual_seed(0)
    rows = BATCH * (steps + 2)
    pixels = torch.randint(0, 256, (rows, 3, 32, 32), dtype=torch.uint8)
    targets = torch.arange(rows) % CLASSES
    seconds: dict[str, list[float]] = {who: [] for who in WHO}
    missing: dict[str, str] = {}
    for _ in range(repeats):
        for who, take in WHO.items():
            try:
                seconds[who].append(take(pixels, targets, BATCH, steps))
            except ImportError as error:
                missing[who] = str(error)
    plain = statistics.median(seconds["plain loop, float32"])
    work = f"convnet {'-'.join(map(str, WIDTHS))} on 32 x 32, batch {BATCH}"
    for who, times in seconds.items():
        if who in missing:
            yield Row(work, who, None, "images/s", "", missing[who])
            continue
        median = statistics.median(times)
        target = f">= {TARGET:g} x loop" if who == "netwright, bfloat16" else ""
        note = f"{plain / median:.2f} times the plain loop; median of {len(times)}, {torch.get_num_threads()} threads"
        yield Row(work, who, BATCH * steps / median, "images/s", target, note)
    yield Row(work, "Keras", None, "images/s", "", "not installed" if not _has_keras() else "not measured")


def _has_keras() -> bool:
    from importlib.util import find_spec

    return find_spec("keras") is not None


if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
