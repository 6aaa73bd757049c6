"""Bytes as a program: they say how a valid file is spoilt, so that what is made of them gets past the header.

Each function takes the valid content and a `Draw`, and returns what is handed to the reader.
"""

import json
import math
from collections.abc import Callable
from copy import deepcopy
from typing import Any

MOST_EDITS = 6
TOKENS = (
    *(b"\x00", b"\n", b"\r\n", b'"', b'""', b",", b";", b"\t", b"\\", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe"),
    *(b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\x1b[31m", b"[/bold]", b"NaN", b"-inf", b"1e999", b"9" * 400, b"null"),
    *(b"{}", b"[", b"]", b"{", b"\xff" * 8, b"\xff\xff\xff\x7f", b"\x80" * 8, b"PK\x05\x06", b"PAR1", b"ARROW1"),
    *(b"\x1f\x8b", b"# ", b" = "),
)  # fmt: skip
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 255, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**30),
    *(0.5, -0.5, 1e-320, 1e308, -1e308, math.nan, math.inf, -math.inf),
    *("", " ", "\n", "a\nb", "\x00", "\x1b[31m", "[/bold]", "\ud800", "\u2028", "é", "x" * 5000, "none", "nan", "1"),
    *("python:abs", "../x", "feature", "target", "numeric", "categorical", "datetime", "%Y", "%", "9999-12-31"),
    *([], {}, [[]], [None], {"": None}, [1, "a", None], {"a": {"b": [1]}}),
)
TOML = (
    *("0", "-1", "1", "9223372036854775807", "1" * 400, "0x10", "0.5", "-1.0", "1e308", "nan", "inf", "true", "[]"),
    *("[1]", "[-1, 0]", "[1e9]", '["a"]', "{}", "{a = 1}", '""', '"none"', '"a\\nb"', '"\\u0000"', '"\\u001b[31m"'),
    *("'x'", '"[/bold]"', '"relu"', '"adam"', '"python:abs"', "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z"),
    *("[[1], [2]]", "1000000000", '"@iris"', "[" * 300 + "]" * 300),
)  # fmt: skip


class Draw:
    """Numbers taken off bytes one after another; zeros where they have ended."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        return max(0, len(self._data) - self._at)

    def take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def below(self, limit: int) -> int:
        """A whole number from 0, in as few bytes as the limit needs."""
        width = (max(limit - 1, 1).bit_length() + 7) // 8
        return int.from_bytes(self.take(width), "little") % max(limit, 1)

    def of(self, options: Any) -> Any:
        return options[self.below(len(options))]


def spliced(valid: bytes, draw: Draw) -> bytes:
    """Flip, replace, insert, cut out, repeat and move bytes until the draw ends, at most MOST_EDITS times."""
    content = bytearray(valid)
    for _ in range(MOST_EDITS):
        if not draw.left:
            break
        start, end = sorted((draw.below(len(content) + 1), draw.below(len(content) + 1)))
        draw.of(_EDITS)(content, (start, end), draw)
    return bytes(content)


Span = tuple[int, int]


def _flip(content: bytearray, span: Span, draw: Draw) -> None:
    if span[0] < len(content):
        content[span[0]] ^= 1 << draw.below(8)


def _put(content: bytearray, span: Span, draw: Draw) -> None:
    content[span[0] : span[0] + 1] = draw.take(1)


def _put_token(content: bytearray, span: Span, draw: Draw) -> None:
    token = draw.of(TOKENS)
    content[span[0] : span[0] + len(token)] = token


def _insert_token(content: bytearray, span: Span, draw: Draw) -> None:
    content[span[0] : span[0]] = draw.of(TOKENS)


def _insert(content: bytearray, span: Span, draw: Draw) -> None:
    content[span[0] : span[0]] = draw.take(1 + draw.below(16))


def _cut_out(content: bytearray, span: Span, draw: Draw) -> None:
    del content[span[0] : min(span[1], span[0] + 1 + draw.below(64))]


def _repeat(content: bytearray, span: Span, draw: Draw) -> None:
    content[span[1] : span[1]] = content[span[0] : span[1]] * (1 + draw.below(3))


def _copy_over(content: bytearray, span: Span, draw: Draw) -> None:
    piece = content[span[0] : span[0] + 1 + draw.below(32)]
    content[span[1] : span[1] + len(piece)] = piece


def _cut_short(content: bytearray, span: Span, draw: Draw) -> None:
    del content[span[1] :]


_EDITS: tuple[Callable[[bytearray, Span, Draw], None], ...] = (
    *(_flip, _put, _put_token, _insert_token, _insert, _cut_out, _repeat, _copy_over, _cut_short),
)  # fmt: skip


def altered_json(valid: bytes, draw: Draw) -> bytes:
    """Change values and keys of a JSON text, which stays one; one time in eight its bytes are spoilt too."""
    tree = [json.loads(valid)]
    bytes_too = draw.below(8) == 7
    for _ in range(1 + draw.below(3)):
        _alter(tree, draw)
    content = json.dumps(tree[0] if tree else None, separators=(",", ":")).encode()
    return spliced(content, draw) if bytes_too else content


def altered_json_lines(valid: bytes, draw: Draw) -> bytes:
    """As `altered_json`, of one of the lines."""
    lines = valid.splitlines()
    at = draw.below(len(lines))
    lines[at] = altered_json(lines[at], draw)
    return b"\n".join(lines) + b"\n"


def _alter(tree: Any, draw: Draw) -> None:
    """Walk down from the root, and where the draw stops change one entry."""
    while True:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        if not keys:
            return
        key = draw.of(keys)
        if isinstance(tree[key], dict | list) and tree[key] and draw.below(8):
            tree = tree[key]
            continue
        draw.of(_CHANGES)(tree, key, draw)
        return


def _odd(draw: Draw) -> Any:
    return deepcopy(draw.of(ODD))  # later changes reach into it


def _replace(tree: Any, key: Any, draw: Draw) -> None:
    tree[key] = _odd(draw)


def _exchange(tree: Any, key: Any, draw: Draw) -> None:
    other = draw.of(list(tree) if isinstance(tree, dict) else list(range(len(tree))))
    tree[key], tree[other] = tree[other], tree[key]


def _remove(tree: Any, key: Any, draw: Draw) -> None:
    del tree[key]


def _add(tree: Any, key: Any, draw: Draw) -> None:
    if isinstance(tree, dict):
        odd = _odd(draw)
        tree[odd if isinstance(odd, str) else "more"] = deepcopy(tree[key])
    else:
        tree.insert(key, deepcopy(tree[key]))


def _rename(tree: Any, key: Any, draw: Draw) -> None:
    odd, value = _odd(draw), tree[key]
    if isinstance(tree, dict):
        del tree[key]
        tree[str(odd)] = value
    else:
        tree[key] = odd


def _nudge(tree: Any, key: Any, draw: Draw) -> None:
    value, by = tree[key], draw.below(256)
    if isinstance(value, int | float):
        tree[key] = value + by - 128
    elif isinstance(value, str):
        tree[key] = value[: by % (len(value) + 1)]
    else:
        tree[key] = [deepcopy(value) for _ in range(by % 4)]


_CHANGES = (_replace, _replace, _exchange, _remove, _add, _rename, _nudge)


def altered_toml(valid: bytes, draw: Draw) -> bytes:
    """Change lines of a TOML text: values, names, order; one time in four its bytes are spoilt too."""
    lines = valid.decode().split("\n")
    bytes_too = draw.below(4) == 3
    for _ in range(1 + draw.below(3)):
        at = draw.below(len(lines))
        name, equals, _ = lines[at].partition(" = ")
        kind = draw.below(8)
        if kind < 4 and equals:
            lines[at] = f"{name} = {draw.of(TOML)}"
        elif kind == 4 and equals:
            lines[at] = lines[at].replace(name, draw.of(TOML), 1)
        elif kind == 5:
            lines.insert(draw.below(len(lines)), lines[at])
        elif kind == 6:
            del lines[at : at + 1 + draw.below(4)]
            lines = lines or [""]
        else:
            lines.insert(at, f"{draw.of(lines).partition(' = ')[0]} = {draw.of(TOML)}")
    content = "\n".join(lines).encode()
    return spliced(content, draw) if bytes_too else content
