"""The import contract holds, and a stray import, a new room or a cycle would be refused."""

import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import networkx
import pytest


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", code, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(root, tmp_path) -> Path:
    """A copy of the source, to plant something wrong in."""
    shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / ".importlinter", tmp_path)
    return tmp_path


def test_the_contract_is_kept(root):
    result = lint(root)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("room", "statement", "said"),
    [
        ("core", "import netwright.report", "netwright.core.planted -> netwright.report"),
        ("networks", "import netwright.data", "netwright.networks.planted -> netwright.data"),
        ("diagnosis", "import netwright.search", "netwright.diagnosis.planted -> netwright.search"),
        ("training", "import netwright.diagnosis", "netwright.training.planted -> netwright.diagnosis"),
        ("report", "import torch", "netwright.report.planted -> torch"),
    ],
)
def test_a_wrong_import_is_refused(copy, room, statement, said):
    (copy / f"src/netwright/{room}/planted.py").write_text(f"{statement}\n")
    result = lint(copy)
    assert result.returncode == 1
    assert said in result.stdout


def test_a_new_room_must_be_placed(copy):
    (copy / "src/netwright/utils").mkdir()
    (copy / "src/netwright/utils/__init__.py").write_text("")
    result = lint(copy)
    assert result.returncode == 1
    assert "netwright.utils" in result.stdout


def test_a_cycle_inside_a_room_is_refused(copy):
    (copy / "src/netwright/core/left.py").write_text("import netwright.core.right\n")
    (copy / "src/netwright/core/right.py").write_text("import netwright.core.left\n")
    result = lint(copy)
    assert result.returncode == 1
    assert "No cycles between siblings, at any depth BROKEN" in result.stdout


def test_no_module_reaches_itself():
    graph = grimp.build_graph("netwright", cache_dir=None)
    edges = [(module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module)]
    components = networkx.strongly_connected_components(networkx.DiGraph(edges))
    cycles = [sorted(component) for component in components if len(component) > 1]
    assert not cycles, cycles
