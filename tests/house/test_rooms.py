"""Every room says what it takes, hands on and does not know, and docs/rooms.md says the same."""

import ast
import re

import pytest

ROOMS = (
    "core", "data", "networks", "training", "diagnosis", "explanation", "search", "compression", "federation",
    "deployment", "report", "hub", "web", "api", "cli", "sklearn",
)  # fmt: skip


def docstring(root, room) -> str:
    return ast.get_docstring(ast.parse((root / f"src/netwright/{room}/__init__.py").read_text())) or ""


def paragraphs(root, room) -> str:
    """The room's words without its heading line and line breaks."""
    return " ".join(docstring(root, room).split("\n", 2)[2].split())


def test_the_folders_are_the_rooms(root):
    folders = {path.parent.name for path in root.glob("src/netwright/*/__init__.py")}
    assert folders == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_its_borders(root, room):
    assert re.search(r"^Takes .+ Hands on .+ Does not know .+\.$", paragraphs(root, room))


@pytest.mark.parametrize("room", ROOMS)
def test_the_page_of_rooms_repeats_the_docstring(root, room):
    page = " ".join((root / "docs/rooms.md").read_text().split())
    heading = docstring(root, room).split("\n", 1)[0]
    assert f"`{room}` {heading} {paragraphs(root, room)}" in page


def test_architecture_names_every_room(root):
    text = (root / "ARCHITECTURE.md").read_text()
    assert not [room for room in ROOMS if f"`{room}`" not in text]
