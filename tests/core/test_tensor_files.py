"""Headers of safetensors: what the library writes is taken, what it would not write is not."""

import json
import struct

import pytest
import torch
from safetensors.torch import save

from netwright.core.tensor_files import HeaderError, TensorFact, read_header


def test_what_the_library_writes_is_taken(tmp_path):
    tensors = {
        "a": torch.zeros(2, 3),
        "b": torch.tensor(7),
        "empty": torch.zeros(0, 4, dtype=torch.float64),
        "flag": torch.tensor([True]),
        "half": torch.zeros(3, dtype=torch.bfloat16),
    }
    (tmp_path / "w").write_bytes(save(tensors, metadata={"made": "here"}))
    found = read_header(tmp_path / "w")
    assert {name: fact.shape for name, fact in found.items()} == {k: tuple(v.shape) for k, v in tensors.items()}
    assert found["b"].dtype == "I64"


FACT = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}


@pytest.mark.parametrize(
    ("header", "data", "words"),
    [
        ({"a": FACT}, b"123", "holds 3 bytes"),
        ({"a": FACT}, b"12345", "holds 5 bytes"),
        ({"a": FACT | {"data_offsets": [1, 5]}}, b"12345", "does not begin"),
        ({"a": FACT, "b": FACT}, b"1234", "does not begin"),
        ({"a": FACT | {"shape": [2]}}, b"1234", "other bytes"),
        ({"a": FACT | {"shape": [-1]}}, b"1234", "impossible shape"),
        ({"a": FACT | {"shape": [1] * 9}}, b"1234", "impossible shape"),
        ({"a": FACT | {"dtype": "object"}}, b"1234", "unknown type"),
        ({"a": FACT | {"shape": "x"}}, b"1234", "no table"),
        ([1], b"", "no table"),
    ],
)
def test_what_contradicts_itself_is_not(tmp_path, header, data, words):
    text = json.dumps(header).encode()
    (tmp_path / "w").write_bytes(struct.pack("<Q", len(text)) + text + data)
    with pytest.raises(HeaderError, match=words):
        read_header(tmp_path / "w")


def test_a_type_of_any_width_and_shape_is_counted_exactly():
    assert not TensorFact("F64", (3, 2), (8, 56)).fault("a")
    assert TensorFact("F64", (1 << 40, 1 << 40), (0, 0)).fault("a")
