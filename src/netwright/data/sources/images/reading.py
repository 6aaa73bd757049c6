"""A folder or an archive of images as a table: a row for each image, its label the folder that it lies in."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from netwright.core.errors import SourceError
from netwright.core.values import Choice, Rejected
from netwright.data.pictures import keyed
from netwright.data.sources.images.entries import Entry, entries_of
from netwright.data.sources.images.store import Decoded, Shape, read_pictures, shape_choices
from netwright.data.table import FILE, ReadOptions, Table, np_rows

IMAGE, LABEL, PART = "image", "label", "part"
MOST_SIDE = 1 << 12  # pixels


def read_images(path: Path, options: ReadOptions, progress: Callable[[str, float], None]) -> Table:
    """Read every image, in the order of the names.

    Args:
        path: a folder or a zip archive. Images that lie in no folder have no label: for predictions.
        options: the size to bring them to, where it is known.
        progress: told of the share that is read.

    Raises:
        SourceError: no image can be read.
    """
    entries, others = entries_of(path)
    try:
        decoded = read_pictures(entries, shape_asked(options), progress)
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from None
    labelled = [position for position in decoded.kept if entries[position].label is not None]
    faults = dict(decoded.faults)
    keep = list(range(len(decoded.kept)))
    if labelled and len(labelled) < len(decoded.kept):  # beside folders of classes, an image in none has no target
        keep = [at for at in keep if entries[decoded.kept[at]].label is not None]
        outside = [position for position in decoded.kept if entries[position].label is None]
        faults |= dict.fromkeys(outside, "it lies in no folder, so it has no label")
    kept = [entries[decoded.kept[at]] for at in keep]
    rejected = tuple(Rejected(at + 1, FILE, entries[at].name, reason) for at, reason in sorted(faults.items()))
    return Table(
        frame=_frame(kept, [decoded.keys[at] for at in keep]),
        row=np_rows([decoded.kept[at] + 1 for at in keep]),
        rejected=rejected,
        total=len(entries),
        source=str(path),
        choices=_choices(path, kept, decoded, others),
        missing={},
        fingerprint=decoded.fingerprint,
        pictures=keyed(IMAGE, decoded.pixels, decoded.keys),
    )


def shape_asked(options: ReadOptions) -> Shape | None:
    """Return the shape that images must have: that of training, or of the size that was asked for."""
    if options.schema is not None:
        known = next((column.shape for column in options.schema.columns if column.kind == "image"), None)
        if known is not None:
            return Shape(known[1], known[2], known[0], "as in training")
    if options.image_size is not None:
        if any(not 1 <= side <= MOST_SIDE for side in options.image_size):
            got = list(options.image_size)
            raise SourceError(f"data.image_size: expected height and width from 1 to {MOST_SIDE:,} pixels, got {got}")
        return Shape(*options.image_size, options.image_channels, "asked for")
    return None


def _frame(entries: list[Entry], keys: list[str]) -> pl.DataFrame:
    columns: dict[str, list[str | None]] = {FILE: [entry.name for entry in entries], IMAGE: list(keys)}
    if any(entry.label is not None for entry in entries):
        columns[LABEL] = [entry.label for entry in entries]
    if any(entry.part is not None for entry in entries):
        columns[PART] = [entry.part for entry in entries]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _choices(path: Path, kept: list[Entry], decoded: Decoded, others: int) -> tuple[Choice, ...]:
    beside = f"; {others:,} other files are not looked at" if others else ""
    said = f"{len(decoded.kept) + len(decoded.faults):,} images below {path}, each a row{beside}"
    found = [Choice("data.files", len(decoded.kept) + len(decoded.faults), said), *shape_choices(decoded)]
    if decoded.animated:
        found.append(Choice("data.animated", decoded.animated, "animations: the first frame of each is taken"))
    if any(entry.label is not None for entry in kept):
        found.append(Choice("data.target", LABEL, "the folder that an image lies in"))
    if any(entry.part is not None for entry in kept):
        names = ", ".join(dict.fromkeys(entry.part for entry in kept if entry.part))
        found.append(Choice("split.column", PART, f"the folders {names} tell the parts"))
    return tuple(found)
