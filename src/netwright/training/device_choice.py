"""Whether a run leaves its GPU alone: small networks on tables are trained sooner by the compiled engine on a CPU.

A GPU takes about the same time for a step however little there is to compute; the compiled engine goes by the sizes.
"""

from collections.abc import Sequence
from dataclasses import replace

from netwright.core.devices import choose_device
from netwright.core.values import Choice
from netwright.training.batches import batch_sizes
from netwright.training.compile_choice import settle_compile
from netwright.training.engines.choice import estimate, why_not_fused
from netwright.training.kinds import Kind
from netwright.training.parts import Parts
from netwright.training.recipe import Recipe

GPU_STEP = 2.8e-3  # seconds of a step of `fit @digits --quality fast` on an H200, looks at layers and rows included
SETTING = "training.device"


def settle_device(recipe: Recipe, kinds: Sequence[Kind], parts: Parts) -> tuple[Recipe, tuple[Choice, ...]]:
    """Fix the CPU where the device is left open, there is a GPU, and every network is trained sooner without it.

    Networks of an ensemble stay on the GPU, which trains those of one shape as one.

    Where the GPU is taken, how it is given its work is fixed too.

    Returns:
        The recipe, and the choices that were made.
    """
    device, _ = choose_device(recipe.training.device)
    free = recipe.training.device == "auto" and device.type == "cuda" and recipe.ensemble.networks == 1
    times = _times(kinds, parts) if free else None
    if times is None or times[0] >= times[1]:
        training, choices = settle_compile(recipe.training, device)
        return replace(recipe, training=training), choices
    said = (
        f"compiled backpropagation on the CPU takes an estimated {times[0]:.2g} s where steps of so small networks "
        f"would take a GPU {times[1]:.2g} s"
    )
    contenders = {
        name: replace(one, training=replace(one.training, device="cpu")) for name, one in recipe.contenders.items()
    }
    recipe = replace(recipe, training=replace(recipe.training, device="cpu"), contenders=contenders)
    return recipe, (Choice(SETTING, "cpu", said),)


def _times(kinds: Sequence[Kind], parts: Parts) -> tuple[float, float] | None:
    """Estimate the seconds of the compiled engine and of a GPU; None where that engine cannot train all of them."""
    fused = gpu = 0.0
    for kind in kinds:
        batches, config = kind.narrow(parts).batches()[0], replace(kind.training, device="cpu")
        module = kind.build()
        if config.engine == "eager" or why_not_fused(module, config, batches, kind.spec.task):
            return None
        fused += estimate(module, config, batches, len(kinds)).fused
        gpu += GPU_STEP * len(batch_sizes(batches.rows, config.batch_size)) * config.epochs
    return fused, gpu
