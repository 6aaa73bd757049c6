"""The limits on size, and the list of exceptions to them, which may only shrink."""

import ast
import io
import statistics
import tokenize
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

import pytest

LIMITS = {"body": 40, "file": 400, "class": 150, "methods": 12, "arguments": 6, "name": 0}
MEDIAN_BODY = 7
MOST_EXCEPTIONS = 0  # the length of exceptions.toml; lower it with the list, never raise it
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "handler", "handlers"}
SILENT_TOKENS = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Measured(NamedTuple):
    rule: str
    where: str
    value: int


@pytest.fixture(scope="module")
def measured(sources) -> list[Measured]:
    return [entry for path, (text, tree) in sources.items() for entry in measure(path, text, tree)]


@pytest.fixture(scope="module")
def exceptions(root) -> dict[tuple[str, str], int]:
    listed = tomllib.loads((root / "tests/house/exceptions.toml").read_text()).get("exception", [])
    assert all(entry["reason"] for entry in listed)
    return {(entry["rule"], entry["where"]): entry["value"] for entry in listed}


@pytest.mark.parametrize("rule", LIMITS)
def test_nothing_is_larger_than_its_limit(rule, measured, exceptions):
    over = [entry for entry in measured if entry.rule == rule and entry.value > LIMITS[rule]]
    new = [entry for entry in over if entry.value > exceptions.get((rule, entry.where), 0)]
    assert not new, f"{rule}: the limit is {LIMITS[rule]}; cut these smaller:\n" + "\n".join(map(str, new))


def test_the_median_body_is_short(measured):
    bodies = [entry.value for entry in measured if entry.rule == "body"]
    assert statistics.median(bodies) <= MEDIAN_BODY, f"median of {len(bodies)} bodies: {statistics.median(bodies)}"


def test_every_exception_is_still_needed(measured, exceptions):
    today = {(entry.rule, entry.where): entry.value for entry in measured if entry.value > LIMITS[entry.rule]}
    stale = {key: value for key, value in exceptions.items() if today.get(key, 0) < value}
    assert not stale, f"mended or smaller now: lower or remove them in exceptions.toml: {stale}"


def test_the_list_of_exceptions_only_shrinks(exceptions):
    assert len(exceptions) == MOST_EXCEPTIONS


def test_every_signature_is_typed(sources):
    untyped = [
        f"{path}::{function.name}({name})"
        for path, (_, tree) in sources.items()
        for function in functions(tree)
        for name in untyped_parts(function)
    ]
    assert not untyped, untyped


def test_the_ruler_counts_code_lines_only():
    docstring = '"""Say.\n\n    More.\n    """'
    text = f"def f(a, /, b, *, c):\n    {docstring}\n\n    # why\n    x = (\n        a\n    )\n\n    return x\n"
    assert measure("src/netwright/f.py", text, ast.parse(text))[-2:] == [
        Measured("body", "src/netwright/f.py::f", 4),
        Measured("arguments", "src/netwright/f.py::f", 3),
    ]


@pytest.mark.parametrize("path", ["src/netwright/data/utils/x.py", "src/netwright/data/job_manager.py"])
def test_the_ruler_sees_vague_names(path):
    assert is_vague(path)
    assert not is_vague("src/netwright/core/files.py")


def measure(path: str, text: str, tree: ast.Module) -> list[Measured]:
    found = [Measured("file", path, len(text.splitlines())), Measured("name", path, int(is_vague(path)))]
    for kind in classes(tree):
        methods = sum(isinstance(node, Function) for node in kind.body)
        found.append(Measured("class", f"{path}::{kind.name}", lines_of(kind)))
        found.append(Measured("methods", f"{path}::{kind.name}", methods))
    code = code_lines(text, tree)
    for function in functions(tree):
        where = f"{path}::{function.name}"
        body = set(range(function.body[0].lineno, (function.end_lineno or 0) + 1))
        found.append(Measured("body", where, len(body & code)))
        found.append(Measured("arguments", where, sum(1 for _ in arguments(function))))
    return found


def code_lines(text: str, tree: ast.Module) -> set[int]:
    """Lines with code on them: no blank lines, comments or docstrings."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    spans = [(token.start[0], token.end[0]) for token in tokens if token.type not in SILENT_TOKENS]
    code = {line for first, last in spans for line in range(first, last + 1)}
    return code - {line for node in docstrings(tree) for line in range(node.lineno, (node.end_lineno or 0) + 1)}


def docstrings(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, *Function.__args__)) and ast.get_docstring(node) is not None:
            yield node.body[0]


def arguments(function: Function) -> Iterator[ast.arg]:
    """The arguments a caller passes; options that Typer reads from the command line are not passed by anybody."""
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    every += [extra for extra in (function.args.vararg, function.args.kwarg) if extra]
    for argument in every:
        read_by_typer = argument.annotation is not None and "typer." in ast.unparse(argument.annotation)
        if argument.arg not in ("self", "cls") and not read_by_typer:
            yield argument


def untyped_parts(function: Function) -> list[str]:
    untyped = [argument.arg for argument in arguments(function) if argument.annotation is None]
    return untyped if function.returns is not None else [*untyped, "return"]


def is_vague(path: str) -> bool:
    parts = path.removesuffix(".py").split("/")
    return any(part in VAGUE_NAMES or part.split("_")[-1] in VAGUE_NAMES for part in parts)


def functions(tree: ast.Module) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def lines_of(node: ast.ClassDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1
