"""The cases of the batteries in which the fault is in the file, not in the words of the command."""

from malformed.case import SETTINGS, Case
from tests.batteries.test_bad_input import FILES
from tests.batteries.test_odd_input import CASES as ODD

_OF_THE_FILE = ([], ["--target", "y"])


def _bytes(content: str | bytes | None) -> bytes | None:
    return content.encode() if isinstance(content, str) else content


def _bad(name: str, file: str, content: str | bytes | None, arguments: list[str], words: list[str]) -> Case:
    command = ("fit", "{file}", *arguments, *SETTINGS, "--json")
    return Case(f"battery: {name}", file, _bytes(content), command, refused=True, words=tuple(words))


def _odd(name: str, file: str, content: bytes, more: list[str], rows: tuple[int, int], words: list[str]) -> Case:
    command = ("fit", "{file}", "--target", "kind", *SETTINGS, *more, "--json")
    return Case(f"battery: {name}", file, content, command, rows=rows[0], aside=rows[1])


CASES = [*(_bad(*case) for case in FILES if case[3] in _OF_THE_FILE), *(_odd(*case) for case in ODD)]
