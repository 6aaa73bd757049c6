"""The header of a safetensors file, checked before a byte of a tensor is read.

A file is 8 bytes with the length of the header, the header (JSON: name -> dtype, shape, offsets) and the data. Beyond
what the library checks: no name stands twice, since two readers could then see two tensors.
"""

import json
import math
import os
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import msgspec

from netwright.core.foreign import open_plain

MOST_HEADER = 1 << 23  # bytes: some 60,000 tensors
MOST_AXES = 8
WIDTHS = {
    **dict.fromkeys(("BOOL", "U8", "I8"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64"), 8),
}  # bytes of one number
METADATA = "__metadata__"


class HeaderError(ValueError):
    """The file is no safetensors file, or its header contradicts itself; the text says how."""


@dataclass(frozen=True)
class TensorFact:
    """What a header says of one tensor."""

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]  # from the end of the header

    def fault(self, name: str) -> str:
        """Return what is wrong with it, or nothing."""
        start, end = self.data_offsets
        if self.dtype not in WIDTHS:
            return f"{name[:80]!r} has the unknown type {self.dtype[:20]!r}"
        if len(self.shape) > MOST_AXES or any(not 0 <= size < 1 << 63 for size in self.shape):
            return f"{name[:80]!r} has an impossible shape"
        if not 0 <= start <= end or math.prod(self.shape) * WIDTHS[self.dtype] != end - start:
            return f"{name[:80]!r} has other bytes than its type and shape take"
        return ""


def read_header(path: Path) -> dict[str, TensorFact]:
    """Return what a file says of its tensors, name by name.

    Raises:
        OSError: there is none, or it is a link, a pipe or a device.
        HeaderError: it is no safetensors file, or contradicts itself.
    """
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size
        length = _length_of(file, size)
        facts = _parse(file.read(length))
    _refuse_gaps(facts, size - 8 - length)
    return facts


def _length_of(file: BufferedReader, size: int) -> int:
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > size - 8:
        raise HeaderError("it is no safetensors file, or was cut short")
    if length > MOST_HEADER:
        raise HeaderError(f"its header would have {length:,} bytes, more than {MOST_HEADER:,}")
    return length


def _parse(header: bytes) -> dict[str, TensorFact]:
    try:
        tree = json.loads(header, object_pairs_hook=_without_twins)
        if not isinstance(tree, dict):
            raise HeaderError("its header is no table of tensors")
        tree.pop(METADATA, None)
        return msgspec.convert(tree, dict[str, TensorFact])
    except HeaderError:
        raise
    except RecursionError:
        raise HeaderError("its header is nested too deeply") from None
    except ValueError as error:  # of json, of UTF-8, of msgspec
        raise HeaderError("its header is no table of tensors") from error


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise HeaderError("a name stands twice in its header")
    return table


def _refuse_gaps(facts: dict[str, TensorFact], size: int) -> None:
    """Tensors lie one after another from the first byte of the data to the last."""
    for name, fact in facts.items():
        if fault := fact.fault(name):
            raise HeaderError(fault)
    at = 0
    for name, fact in sorted(facts.items(), key=lambda item: item[1].data_offsets):
        if fact.data_offsets[0] != at:
            raise HeaderError(f"{name[:80]!r} does not begin where the tensor before it ends")
        at = fact.data_offsets[1]
    if at != size:
        raise HeaderError(f"it holds {size:,} bytes of tensors where its header says {at:,}")
