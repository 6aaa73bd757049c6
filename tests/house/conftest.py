"""What the house checks share: where the project is and its source, parsed."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sources() -> dict[str, tuple[str, ast.Module]]:
    """Path relative to the project -> text and tree, of every module of the package."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(ROOT.glob("src/**/*.py"))}
    return {path: (text, ast.parse(text)) for path, text in texts.items()}
