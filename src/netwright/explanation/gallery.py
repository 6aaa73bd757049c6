"""What a report shows of single rows: images as training sees them, errors, and where the evidence lies."""

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from netwright.core.evidence import Gallery, Shown
from netwright.data import FILE, Prepared
from netwright.explanation.chosen_rows import choose_rows
from netwright.explanation.class_activation import class_activation
from netwright.explanation.words import label_of, read_texts
from netwright.networks.layers.image import ImageLayer
from netwright.training.generators import seeded
from netwright.training.parts import inputs_of
from netwright.training.run_directory import GALLERY, write_part
from netwright.training.stage import Tested

if TYPE_CHECKING:
    from PIL import Image

CHANGED, TIMES = 4, 7  # training images shown, and changes of each
LEAST_SIDE = 64  # pixels that a picture's longer side has: smaller ones are enlarged without smoothing
LARGE = 64 * 64  # pixels from which JPEG takes less room than PNG


def show_rows(tested: Tested) -> None:
    """Write the gallery of a run that has images or texts; of others nothing."""
    preparation = tested.stage.preparation
    layer = next((layer for layer in tested.module.modules() if isinstance(layer, ImageLayer)), None)
    if layer is not None:
        rows = choose_rows(tested)
        gallery = Gallery(
            changed=_changed(layer, tested.stage.parts.train),
            worst=_shown(tested, rows.worst, rows.said),
            confused=_shown(tested, rows.confused, rows.said, rows.counts),
            right=_shown(tested, rows.right, rows.said),
        )
        write_part(tested.stage.folder, GALLERY, gallery)
    elif preparation.texts:
        write_part(tested.stage.folder, GALLERY, Gallery(texts=read_texts(tested, choose_rows(tested))))


def _shown(
    tested: Tested, rows: NDArray[np.int64], said: NDArray[np.generic], counts: Sequence[int] = ()
) -> tuple[Shown, ...]:
    if not len(rows):
        return ()
    part = tested.stage.parts.test.rows(rows)
    assert part.pixels is not None
    heats = _heats(tested, part, said[rows])
    material, truth = tested.stage.material, tested.truth
    names = names_of(tested, rows)
    found: list[Shown] = []
    for number, row in enumerate(rows.tolist()):
        label, answer = (label_of(value, material.schema.classes) for value in (truth[row], said[row]))
        picture, heat = picture_of(part.pixels[number]), "" if heats is None else heat_of(heats[number])
        found.append(Shown(picture, heat, label, answer, names[number], counts[number] if counts else 1))
    return tuple(found)


def _heats(tested: Tested, part: Prepared, said: NDArray[np.generic]) -> NDArray[np.float32] | None:
    if tested.predicted.ndim == 1:
        return None
    device = next(tested.module.parameters()).device
    inputs = tuple(tensor.to(device) for tensor in inputs_of(part))
    return class_activation(tested.module, inputs, torch.from_numpy(said.astype(np.int64))).cpu().numpy()


def names_of(tested: Tested, rows: NDArray[np.int64]) -> list[str]:
    material = tested.stage.material
    frame, positions = material.test.frame, material.test_rows[rows]
    if FILE in frame.columns:
        return [str(name) for name in frame[FILE].gather(positions).to_list()]
    return [f"row {number:,}" for number in material.test.row[positions].tolist()]


@torch.no_grad()
def _changed(layer: ImageLayer, train: Prepared) -> tuple[tuple[Shown, ...], ...]:
    """Some training images, each followed by what training makes of it."""
    assert train.pixels is not None
    chosen = train.pixels[:: max(1, len(train) // CHANGED)][:CHANGED]
    device = layer.get_buffer("mean").device
    images = layer.standardised(torch.from_numpy(chosen).to(device))
    was = layer.training
    layer.train()
    with seeded(0, device):
        seen = [layer.augmentation(images) for _ in range(TIMES)]
    layer.train(was)
    mean, deviation = layer.get_buffer("mean"), layer.get_buffer("deviation")
    pixels = [(image * deviation + mean).round().clamp(0, 255).byte().cpu().numpy() for image in seen]
    return tuple(
        (Shown(picture_of(chosen[number])), *(Shown(picture_of(made[number])) for made in pixels))
        for number in range(len(chosen))
    )


def picture_of(pixels: NDArray[np.uint8]) -> str:
    """Return an image [channels, height, width] as a data URI."""
    from PIL import Image

    image = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
    large = image.width * image.height > LARGE
    return _uri(_enlarged(image), "JPEG" if large else "PNG")


def heat_of(heat: NDArray[np.float32]) -> str:
    """Return a heat [height, width] from 0 to 1 as a data URI: orange, as opaque as it is hot."""
    from PIL import Image

    layers = np.zeros((*heat.shape, 4), np.uint8)
    layers[..., :3] = (255, 110, 0)
    layers[..., 3] = (heat.clip(0.0, 1.0) * 190).astype(np.uint8)
    return _uri(_enlarged(Image.fromarray(layers), smooth=True), "PNG")


def _enlarged(image: "Image.Image", smooth: bool = False) -> "Image.Image":
    from PIL import Image

    factor = -(-LEAST_SIDE // max(image.size))
    if factor < 2:
        return image
    size = (image.width * factor, image.height * factor)
    return image.resize(size, Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST)


def _uri(image: "Image.Image", form: str) -> str:
    target = io.BytesIO()
    image.save(target, form, quality=82) if form == "JPEG" else image.save(target, form, optimize=True)
    return f"data:image/{form.lower()};base64,{base64.b64encode(target.getvalue()).decode()}"
