"""Weights: pickles under another name, and safetensors whose header lies."""

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hostile.desk import Case, Desk
from hostile.harm import Payload, believes, breaks, fills, fires

PREDICT = ("predict", "{run}", "{inbox}/new.csv")
EVALUATE = ("evaluate", "{run}", "{inbox}/new.csv")
FILE = "weights.safetensors"
DEEP = 100_000


def safetensors(header: dict[str, Any] | bytes, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def fact(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def put(content: bytes) -> Callable[[Desk], object]:
    return lambda desk: (desk.run / FILE).write_bytes(content)


def header(desk: Desk) -> Any:
    """What a reader that believes the length makes of the header."""
    content = (desk.run / FILE).read_bytes()
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length])


def make_room(desk: Desk, name: str = "a") -> np.ndarray:
    """An unguarded reader: it makes the room that the header asks for, then reads."""
    return np.ones(header(desk)[name]["shape"], np.float32)


def _torch_file(desk: Desk) -> None:
    import torch

    (desk.run / FILE).unlink()
    torch.save(Payload(desk), desk.run / FILE)


def _load_torch_file(desk: Desk) -> str:
    import torch

    content = io.BytesIO((desk.run / FILE).read_bytes())
    return fires(desk, lambda: torch.load(content, weights_only=False))


def _pickle(desk: Desk) -> None:
    (desk.run / FILE).write_bytes(pickle.dumps(Payload(desk)))


def _unpickle(desk: Desk) -> str:
    return fires(desk, lambda: pickle.loads((desk.run / FILE).read_bytes()))


def _long_header(desk: Desk) -> None:
    """400 MB that are not on the disk: a hole."""
    with (desk.run / FILE).open("wb") as file:
        file.write(struct.pack("<Q", 400 << 20) + b"{")
        file.truncate(401 << 20)


def _read_length(desk: Desk) -> bytearray:
    length = int.from_bytes((desk.run / FILE).open("rb").read(8), "little")
    return bytearray(min(length, 1 << 40))  # Python refuses 2^63 as such; C would wrap


def _also_a_zip(desk: Desk) -> None:
    """The run's own weights with an archive behind them, as zip readers look from the end."""
    behind = io.BytesIO()
    with zipfile.ZipFile(behind, "w") as archive:
        archive.writestr("data.pkl", pickle.dumps(Payload(desk)))
    path = desk.run / FILE
    path.write_bytes(path.read_bytes() + behind.getvalue())


def _open_as_zip(desk: Desk) -> str:
    return fires(desk, lambda: pickle.loads(zipfile.ZipFile(desk.run / FILE).read("data.pkl")))


def _first_and_last(desk: Desk) -> str:
    content = (desk.run / FILE).read_bytes()
    text = content[8 : 8 + int.from_bytes(content[:8], "little")]
    last = json.loads(text)["a"]
    first = dict(reversed(json.loads(text, object_pairs_hook=list)))["a"]
    return believes(dict(first) != last, "two readers see two tensors")


def _cut(desk: Desk) -> None:
    path = desk.run / FILE
    path.write_bytes(path.read_bytes()[:-100])


def _lacks_bytes(desk: Desk) -> str:
    facts = header(desk)
    content = (desk.run / FILE).read_bytes()
    last = max(entry["data_offsets"][1] for name, entry in facts.items() if name != "__metadata__")
    data = content[8 + int.from_bytes(content[:8], "little") :]
    return believes(len(data) < last, "a slice is silently short")


def _overlap(desk: Desk) -> str:
    facts = header(desk)
    return believes(facts["a"]["data_offsets"] == facts["b"]["data_offsets"], "two tensors share their bytes")


def _wraps(desk: Desk) -> str:
    with np.errstate(over="ignore"):
        count = np.prod(np.array(header(desk)["a"]["shape"], np.int64))
    return believes(count == 0, "the product wraps to 0")


def _by_name(desk: Desk) -> str:
    import torch

    found = getattr(torch, header(desk)["a"]["dtype"])
    return believes(callable(found), f"getattr(torch, ...) is {found.__name__}()")


def _swap(desk: Desk) -> None:
    """Shapes that hold the right number of bytes, each the wrong way round."""
    path: Path = desk.run / FILE
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    facts = json.loads(content[8 : 8 + length])
    for entry in facts.values():
        entry["shape"] = entry["shape"][::-1]
    path.write_bytes(safetensors(facts, content[8 + length :]))


def _transposed(desk: Desk) -> str:
    shape = next(entry["shape"] for name, entry in header(desk).items() if name == "output.weight")
    return believes(shape[0] > shape[-1], f"reads {shape} as it says")


TWINS = b'{"a":' + json.dumps(fact([1], 0, 4)).encode() + b',"a":' + json.dumps(fact([1], 4, 8)).encode() + b"}"
MANY = {f"t{number}": fact([0], 0, 0) for number in range(140_000)}

CASES = [
    Case("weights: a pickle under the name", _pickle, PREDICT, ("weights", "damaged"), _unpickle),
    Case("weights: a pickle, to evaluate", _pickle, EVALUATE, ("weights", "damaged"), _unpickle),
    Case("weights: a PyTorch file under the name", _torch_file, PREDICT, ("weights", "damaged"), _load_torch_file),
    Case("weights: an archive with a pickle behind", _also_a_zip, PREDICT, ("weights", "damaged"), _open_as_zip),
    Case("weights: a header of 2^63 bytes", put(safetensors({}, length=1 << 63)), PREDICT, ("cut short",),
         lambda desk: fills(lambda: _read_length(desk))),
    Case("weights: a header of 400 MB", _long_header, PREDICT, ("header", "8,388,608"),
         lambda desk: fills(lambda: _read_length(desk))),
    Case("weights: a header of 140,000 tensors", put(safetensors(MANY)), PREDICT, ("header", "8,388,608"),
         lambda desk: fills(lambda: [header(desk), header(desk)])),
    Case("weights: offsets past the end", put(safetensors({"a": fact([1 << 28], 0, 1 << 30)}, b"1234")), PREDICT,
         ("damaged", "1,073,741,824"), lambda desk: fills(lambda: make_room(desk))),
    Case("weights: tensors that overlap", put(safetensors({"a": fact([2], 0, 8), "b": fact([2], 0, 8)}, b"12345678")),
         PREDICT, ("does not begin where",), _overlap),
    Case("weights: one name twice", put(safetensors(TWINS, b"12345678")), PREDICT, ("stands twice",), _first_and_last),
    Case("weights: a product of shapes beyond 2^64", put(safetensors({"a": fact([1 << 32, 1 << 32], 0, 0)})), PREDICT,
         ("other bytes",), _wraps),
    Case("weights: a shape of 10^12 and 4 bytes", put(safetensors({"a": fact([10**12], 0, 4)}, b"1234")), PREDICT,
         ("other bytes",), lambda desk: fills(lambda: make_room(desk))),
    Case("weights: a shape below zero", put(safetensors({"a": fact([-1, -1], 0, 4)}, b"1234")), PREDICT,
         ("impossible shape",), lambda desk: breaks(lambda: make_room(desk), ValueError)),
    Case("weights: offsets that run backwards", put(safetensors({"a": fact([1], 4, 0)}, b"1234")),
         PREDICT, ("other bytes",),
         lambda desk: breaks(lambda: bytearray(-np.subtract(*header(desk)["a"]["data_offsets"])), ValueError)),
    Case("weights: a type that is a function's name", put(safetensors({"a": fact([1], 0, 4, "load")}, b"1234")),
         PREDICT, ("unknown type", "'load'"), _by_name),
    Case("weights: cut short", _cut, PREDICT, ("damaged",), _lacks_bytes),
    Case("weights: a header 100,000 lists deep", put(safetensors(b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}")),
         PREDICT, ("nested too deeply",), lambda desk: breaks(lambda: header(desk), RecursionError)),
    Case("weights: shapes the wrong way round", _swap, PREDICT, ("does not fit",), _transposed),
]  # fmt: skip
