"""The images that a report shows of a run: changed ones, errors, confusions, and where the evidence lies."""

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from netwright.core.evidence import Gallery, Shown
from netwright.data import FILE, Prepared
from netwright.explanation.class_activation import class_activation
from netwright.networks.layers.image import ImageLayer
from netwright.training.generators import seeded
from netwright.training.parts import inputs_of
from netwright.training.run_directory import GALLERY, write_part
from netwright.training.stage import Tested

if TYPE_CHECKING:
    from PIL import Image

CHANGED, TIMES = 4, 7  # training images shown, and changes of each
SHOWN = 12  # images of errors, of confusions, and of right answers
LEAST_SIDE = 64  # pixels that a picture's longer side has: smaller ones are enlarged without smoothing
LARGE = 64 * 64  # pixels from which JPEG takes less room than PNG


def show_images(tested: Tested) -> None:
    """Write the gallery of a run that has images; of others nothing."""
    layer = next((layer for layer in tested.module.modules() if isinstance(layer, ImageLayer)), None)
    if layer is None:
        return
    parts, truth = tested.stage.parts, tested.truth
    said = tested.predicted if tested.predicted.ndim == 1 else classes_said(tested.predicted, tested.threshold)
    classes = tested.stage.material.schema.classes
    wrong = np.flatnonzero(said != truth) if classes else np.arange(len(truth))
    surprise = surprise_of(tested.predicted, truth)
    worst = wrong[np.argsort(-surprise[wrong], kind="stable")][:SHOWN]
    right = np.flatnonzero(said == truth)[:: max(1, len(truth) // (2 * SHOWN))][:SHOWN] if classes else worst[:0]
    confused, counts = _confused(said, truth, surprise) if classes else (worst[:0], [])
    gallery = Gallery(
        changed=_changed(layer, parts.train),
        worst=_shown(tested, worst, said),
        confused=_shown(tested, confused, said, counts),
        right=_shown(tested, right, said),
    )
    write_part(tested.stage.folder, GALLERY, gallery)


def classes_said(predicted: NDArray[np.float64], threshold: float) -> NDArray[np.int64]:
    if predicted.shape[1] == 2:
        return np.asarray(predicted[:, 1] > threshold, dtype=np.int64)
    return np.asarray(predicted.argmax(axis=1), dtype=np.int64)


def surprise_of(predicted: NDArray[np.float64], truth: NDArray[np.generic]) -> NDArray[np.float64]:
    """-log p(truth) of classes, |error| of values."""
    if predicted.ndim == 1:
        return np.abs(predicted - truth.astype(np.float64))
    return -np.log(np.maximum(predicted[np.arange(len(truth)), truth.astype(np.int64)], 1e-300))


def _confused(
    said: NDArray[np.generic], truth: NDArray[np.generic], surprise: NDArray[np.float64]
) -> tuple[NDArray[np.int64], list[int]]:
    """Return a typical row of each pair of truth and prediction that differ, and the pair's rows, most rows first."""
    wrong = np.flatnonzero(said != truth)
    pairs, inverse, counts = np.unique(
        np.stack([truth[wrong], said[wrong]], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")[:SHOWN]
    chosen: list[int] = []
    for pair in order.tolist():
        rows = wrong[inverse.ravel() == pair]
        chosen.append(int(rows[np.argsort(surprise[rows], kind="stable")[len(rows) // 2]]))
    assert len(pairs) == len(counts)
    return np.array(chosen, dtype=np.int64), counts[order].tolist()


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


def label_of(value: object, classes: tuple[str, ...]) -> str:
    return classes[int(value)] if classes else f"{float(value):.4g}"  # type: ignore[call-overload,arg-type]


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
