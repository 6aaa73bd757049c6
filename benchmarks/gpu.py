"""Training steps on a GPU: images and tokens per second of our engine, beside the same networks in a plain loop."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

import numpy as np
import torch
from peers.images import WIDTHS, plain_convnet
from rows import Row, machine, options, publish
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from netwright.core.values import ImageInput, InputSpec
from netwright.networks import MLPConfig, build, fit_to_rows
from netwright.networks.language import LanguageNetworkConfig, build_language
from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Batch, Engine, on_gpu, take_step
from netwright.training.language.recipe import language_recipe
from netwright.training.language.windows import Windows, token_loss
from netwright.training.losses import loss_for
from netwright.training.optimizers import make_updater

COLUMNS, CLASSES, VOCABULARY, SETS = 14, 10, 66, 8  # SETS: batches that take turns
IMAGE = ImageInput(3, 32, 32, (120.0,) * 3, (60.0,) * 3, mirrors=True)
PEAKS = {"H100": 989e12, "H200": 989e12}  # dense bfloat16 products a second, by the vendor's data sheets
SIDE = 8192  # of the product that is measured
Step = Callable[[], object]
PROSE = (
    "Steps are those of the engine that trains: forward, loss, backward, a look at whether the loss is finite, update "
    "(Muon, for tables AdamW with clipping); recorded ones are replayed as CUDA graphs, fused ones are of kernels by "
    "torch.compile besides. The plain loop is the same network in float32 with AdamW, its rows on the GPU, without "
    "changes of images, and it never looks at the loss. Operations are those of the products of forward and backward "
    "pass. The first steps are compiled unless torch.compile's cache on the disk has them."
)


@dataclass(frozen=True)
class Way:
    """How our engine takes steps."""

    who: str
    precision: str
    compile: str


WAYS = (
    Way("netwright, float32", "float32", "off"),
    Way("netwright, bfloat16", "bfloat16", "off"),
    Way("netwright, bfloat16, recorded", "bfloat16", "graph"),
    Way("netwright, bfloat16, recorded, fused", "bfloat16", "full"),
)
RECORDED = Way("netwright, float32, recorded", "float32", "graph")


@dataclass(frozen=True)
class Work:
    """A network with a batch."""

    name: str
    unit: str
    items: int  # images or tokens of a step
    ours: Callable[[Way], Engine]
    batches: Callable[[], list[Batch]]
    plain: Callable[[], Step]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Taken:
    """What steps took."""

    first: float  # seconds of the first two, in which they are compiled and recorded
    each: float


def table(batch: int) -> Work:
    """A network of the default recipe's size on 14 numbers."""
    generator = torch.Generator().manual_seed(0)
    numbers, targets = torch.randn(SETS, batch, COLUMNS, generator=generator), torch.arange(batch) % 2

    def made() -> nn.Module:
        network = MLPConfig(hidden_sizes=(256, 128, 64), normalization="batch", dropout=0.15)
        return build("mlp", network, InputSpec(COLUMNS, (), 1, "binary"), 0).cuda().train()

    def rows() -> list[tuple[Tensor, Tensor]]:
        none = torch.zeros(batch, 0, dtype=torch.int64, device="cuda")
        return [(part.cuda(), none) for part in numbers]

    def ours(way: Way) -> Engine:
        module, truth = made(), targets.float().cuda()
        config = TrainingConfig(optimizer="adamw", weight_decay=0.1, clip_norm=1.0, compile=way.compile)
        return Engine(module, loss_for(config, "binary", truth), make_updater(module, config), None, config)

    def batches() -> list[Batch]:
        truth = targets.float().cuda()
        return [Batch(inputs, truth, None, 1, 0.005, False) for inputs in rows()]

    def plain() -> Step:
        network, truth, parts, turns = made(), targets.float().cuda(), rows(), count()

        def ask() -> Tensor:
            return binary_cross_entropy_with_logits(network(*parts[next(turns) % SETS]).flatten(), truth)

        return plain_step(network, ask)

    name = f"{COLUMNS} numbers, layers of 256, 128 and 64, batch {batch}"
    return Work(name, "rows/s", batch, ours, batches, plain, (WAYS[0], RECORDED))


def images(batch: int) -> Work:
    """The recipe `convnet` with its changes of images and Muon."""
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (SETS, batch, 3, 32, 32), dtype=torch.uint8, generator=generator)
    targets = torch.arange(batch) % CLASSES

    def ours(way: Way) -> Engine:
        network = MLPConfig(hidden_sizes=(), image_widths=WIDTHS, image_turn=8.0, image_zoom=0.08)
        module = build("mlp", network, InputSpec(0, (), CLASSES, "multiclass", image=IMAGE), 0)
        fit_to_rows(module, (*_no_numbers(batch, "cpu"), pixels[0]), targets, 0)
        config = TrainingConfig(optimizer="muon", precision=way.precision, label_smoothing=0.1, compile=way.compile)
        module = module.cuda().train()
        return Engine(
            module, loss_for(config, "multiclass", targets.cuda()), make_updater(module, config), None, config
        )

    def batches() -> list[Batch]:
        there = (*_no_numbers(batch, "cuda"),)
        return [Batch((*there, part.cuda()), targets.cuda(), None, 1, 0.002, False) for part in pixels]

    def plain() -> Step:
        network, truth = plain_convnet(CLASSES).cuda(), targets.cuda()
        parts = [part.cuda() for part in pixels]
        turns = count()

        def ask() -> Tensor:
            return cross_entropy(network((parts[next(turns) % SETS].float() - 120.0) / 60.0), truth)

        return plain_step(network, ask)

    name = f"convnet {'-'.join(map(str, WIDTHS))} on 32 x 32, batch {batch}"
    return Work(name, "images/s", batch, ours, batches, plain, WAYS)


def _no_numbers(rows: int, device: str) -> tuple[Tensor, Tensor]:
    return torch.zeros(rows, 0, device=device), torch.zeros(rows, 0, dtype=torch.int64, device=device)


def language(width: int, depth: int, context: int, batch: int) -> Work:
    """A gpt with Muon on windows of random tokens that lie on the GPU."""
    network = LanguageNetworkConfig(width=width, depth=depth, heads=width // 64, context=context)
    tokens = np.random.default_rng(0).integers(1, VOCABULARY, (SETS * batch + 2) * context).astype(np.uint16)

    def ours(way: Way) -> Engine:
        config = replace(language_recipe({}, "benchmark").training, precision=way.precision, compile=way.compile)
        windows = Windows(build_language(network, VOCABULARY, 0), tokens, 0, SETS * batch).cuda().train()
        return Engine(windows, token_loss(windows.plan), make_updater(windows, config), None, config)

    def batches() -> list[Batch]:
        every = torch.arange(SETS * batch, device="cuda").split(batch)
        return [Batch((rows,), rows, None, 1, 0.001, False) for rows in every]

    def plain() -> Step:
        module = build_language(network, VOCABULARY, 0).cuda().train()
        text = torch.from_numpy(tokens.astype(np.int64)).cuda()
        parts = text[: SETS * batch * context].view(SETS, batch, context)
        after = text[1 : SETS * batch * context + 1].view(SETS, batch, context)
        turns = count()

        def ask() -> Tensor:
            turn = next(turns) % SETS
            return cross_entropy(module(parts[turn]).flatten(0, 1), after[turn].flatten())

        return plain_step(module, ask)

    name = f"gpt of width {width}, {depth} blocks, context {context}, batch {batch}"
    return Work(name, "tokens/s", batch * context, ours, batches, plain, WAYS[:3])


def plain_step(network: nn.Module, ask: Callable[[], Tensor]) -> Step:
    """Return a step as people write it: AdamW as torch makes it, and no look at the loss."""
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)

    def step() -> None:
        optimizer.zero_grad()
        ask().backward()
        optimizer.step()

    return step


def our_step(work: Work, way: Way) -> Step:
    batches, turns = work.batches(), count()
    engine = on_gpu(work.ours(way), len(batches[0].targets))
    if engine.recorder is None and way.compile != "off":
        raise AssertionError("the steps cannot be recorded")

    def step() -> None:
        take_step(engine, batches[next(turns) % SETS])
        if engine.recorder is not None and engine.recorder.refused:
            raise AssertionError(engine.recorder.refused)

    return step


def take(make: Callable[[], Step], quick: bool) -> Taken:
    """Time five runs of steps and take the median, after the first steps and five more."""
    torch.cuda.empty_cache()
    step = make()
    began = time.perf_counter()
    step()
    step()
    torch.cuda.synchronize()
    first = time.perf_counter() - began
    few = timed(step, 5)
    steps = max(4, min(200, int((0.05 if quick else 0.15) / few)))
    each = statistics.median(timed(step, steps) for _ in range(5))
    return Taken(first, each)


def timed(step: Step, steps: int) -> float:
    """Return the seconds of one step, of so many that follow each other."""
    torch.cuda.synchronize()
    began = time.perf_counter()
    for _ in range(steps):
        step()
    torch.cuda.synchronize()
    return (time.perf_counter() - began) / steps


def works(quick: bool) -> list[Work]:
    some = [table(256), images(256), language(384, 6, 256, 64)]
    return some if quick else [*some[:2], images(1024), some[2], language(768, 12, 1024, 16)]


def measure(quick: bool) -> Iterator[Row]:
    """Yield every work's figures; where there is no GPU, a row that says so."""
    if not torch.cuda.is_available():
        for work in works(quick):
            yield Row(work.name, "netwright", None, work.unit, "", "no GPU here")
        return
    peak, said = peak_of(torch.cuda.get_device_name())
    yield Row("the chip", f"bfloat16 product, {SIDE} squared", product() / 1e12, "TFLOP/s", "", said)
    for work in works(quick):
        yield from measure_work(work, quick, peak)


def measure_work(work: Work, quick: bool, peak: float) -> Iterator[Row]:
    plain = take(work.plain, quick)
    of = counted(work.ours(WAYS[0]), work.batches()[0]) / peak, plain.each
    yield row(work, "plain PyTorch loop, float32", plain, of)
    for way in work.ways:
        yield row(work, way.who, take(partial(our_step, work, way), quick), of)


def counted(engine: Engine, batch: Batch) -> int:
    """Return the floating-point operations of the products of forward and backward pass."""
    with FlopCounterMode(display=False) as counter:
        engine.loss(engine.module(*batch.inputs), batch.targets).backward()
    return int(counter.get_total_flops())


def row(work: Work, who: str, taken: Taken, of: tuple[float, float]) -> Row:
    """Return the figure of one; `of`: the seconds that a step would take at the peak, and that the plain loop takes."""
    best, plain = of
    share = f"{best / taken.each:.1%} of the peak"
    note = f"{1000 * taken.each:.3g} ms a step, {share}, {plain / taken.each:.2f} times the plain loop"
    return Row(work.name, who, work.items / taken.each, work.unit, "", f"{note}; first steps {taken.first:.2g} s")


def peak_of(name: str) -> tuple[float, str]:
    """Return the products a second that shares are taken of, and where the number is from."""
    for chip, peak in PEAKS.items():
        if chip in name:
            return peak, f"shares of the peak are of {peak / 1e12:.0f}, dense bfloat16 by the data sheet of {name}"
    return product(), f"no data sheet of {name} is known here: shares of the peak are of this measured product"


def product() -> float:
    """Return the floating-point operations a second of a large bfloat16 product of random numbers."""
    one, other = (torch.randn(SIDE, SIDE, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    torch.matmul(one, other)
    return 2 * SIDE**3 / statistics.median(timed(lambda: torch.matmul(one, other), 10) for _ in range(3))


def gpu() -> list[str]:
    """Return what the figures depend on beside the processor."""
    if not torch.cuda.is_available():
        return ["- GPU: none"]
    memory = torch.cuda.get_device_properties(0).total_memory / 2**30
    return [f"- GPU: {torch.cuda.get_device_name()}, {memory:.0f} GiB, CUDA {torch.version.cuda}"]


if __name__ == "__main__":
    asked = options(__doc__.splitlines()[0]).parse_args()
    facts, found = machine() + gpu(), []
    for one in measure(asked.quick):
        found.append(one)
        print(one.work, one.who, one.figure, one.note, sep="; ", file=sys.stderr, flush=True)
    publish(asked, facts, found, "On a GPU", PROSE)
