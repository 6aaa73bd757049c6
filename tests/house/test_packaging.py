"""What is shipped: dependencies, version, licence, documents of a length that gets read, and no pickle."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest
from packaging.requirements import Requirement

import netwright

PICKLES = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


@pytest.fixture(scope="module")
def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def requirements(project) -> list[Requirement]:
    extras = project["optional-dependencies"].values()
    return [Requirement(line) for group in (project["dependencies"], *extras) for line in group]


def test_torchvision_is_absent():
    # Its release beside torch 2.13 on PyPI is built for CUDA only and breaks whoever looks for it beside torch+cpu.
    assert importlib.util.find_spec("torchvision") is None


def test_every_dependency_has_a_lower_bound(requirements):
    named = [entry for entry in requirements if entry.name != "netwright"]
    assert not [str(entry) for entry in named if not any(bound.operator == ">=" for bound in entry.specifier)]


def test_every_dependency_is_pinned_within_its_bounds(root, requirements):
    pins = dict(line.lower().split("==") for line in (root / "constraints.txt").read_text().split())
    for entry in requirements:
        assert entry.name == "netwright" or entry.specifier.contains(pins[entry.name]), entry


def test_the_version_heads_the_changelog(root):
    assert re.findall(r"^## \[(.+?)\]", (root / "CHANGELOG.md").read_text(), re.M)[0] == netwright.__version__


def test_nothing_is_pickled(sources):
    found = [f"{path}:{node.lineno}" for path, (_, tree) in sources.items() for node in ast.walk(tree) if pickles(node)]
    assert not found, found


@pytest.mark.parametrize(
    "line", ["import pickle", "from joblib import dump", "torch.save(x, y)", "numpy.load(path, allow_pickle=True)"]
)
def test_the_search_for_pickle_finds_it(line):
    assert any(pickles(node) for node in ast.walk(ast.parse(line)))


def pickles(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] in PICKLES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] in PICKLES
    if isinstance(node, ast.keyword):
        return node.arg == "allow_pickle" and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    return isinstance(node, ast.Attribute) and ast.unparse(node) in ("torch.load", "torch.save")


def test_documents_are_short(root):
    lengths = {path: len(path.read_text().splitlines()) for path in root.glob("docs/decisions/*.md")}
    assert not [path.name for path, length in lengths.items() if length > 20]
    assert len((root / "ARCHITECTURE.md").read_text().splitlines()) <= 70
    assert len((root / "README.md").read_text().splitlines()) <= 120


def test_the_readme_shows_code_at_once(root):
    assert any(line.startswith("```") for line in (root / "README.md").read_text().splitlines()[:20])


def test_relative_links_lead_somewhere(root):
    for page in [*root.glob("*.md"), *root.glob("docs/**/*.md")]:
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            assert link.startswith("http") or (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_wheel_carries_what_the_package_reads(root, tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    shipped = [path.relative_to(root / "src").as_posix() for path in root.glob("src/**/*") if path.is_file()]
    assert not [path for path in shipped if "__pycache__" not in path and path not in names]
    assert any(name.endswith("licenses/LICENSE") for name in names)
