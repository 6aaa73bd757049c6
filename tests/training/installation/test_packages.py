import importlib.metadata
import subprocess
import sys

import pytest

from netwright.training.installation import packages


def versions(monkeypatch, installed):
    def version(name):
        if name not in installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(importlib.metadata, "version", version)


@pytest.mark.parametrize(
    ("line", "installed", "verdict"),
    [
        ("torch>=2.9", "2.13.0+cpu", "ok"),
        ("torch>=2.9", "2.9", "ok"),
        ("torch>=2.9", "2.8.1", "fault"),
        ("click<8.5,>=8.1", "8.5.0", "fault"),
        ("click<8.5,>=8.1", "8.4.2", "ok"),
        ("jinja2>=3.1.5", "3.1", "fault"),
        ("numba>=0.61; extra == 'fused'", "0.60.0", "warning"),
    ],
)
def test_a_version_is_held_to_its_bounds(monkeypatch, line, installed, verdict):
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: [line])
    versions(monkeypatch, {line.split("<")[0].split(">")[0]: installed})
    (check,) = packages.check_versions()
    assert check.verdict == verdict
    if verdict != "ok":
        assert installed in check.found
        assert check.remedy == f"pip install '{line.split(';')[0]}'"


def test_what_is_missing_is_a_fault_unless_it_is_an_extra(monkeypatch):
    lines = ["polars>=1.20", "pandas>=2.2; extra == 'pandas'", "mypy>=1.15; extra == 'dev'"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: lines)
    versions(monkeypatch, {})
    (check,) = packages.check_versions()
    assert (check.name, check.verdict) == ("polars", "fault")


def test_what_does_not_import_is_named(monkeypatch, tmp_path):
    """Other packages break in other ways: an error of any kind, and the end of the process."""
    (tmp_path / "torchvision.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    monkeypatch.setattr(packages, "CORE", ("tomlkit", "absent_package"))
    monkeypatch.setattr(packages, "OPTIONAL", ("torchvision", "dying_package"))
    (tmp_path / "dying_package.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    broken = packages.failing_imports()
    assert set(broken) == {"absent_package", "torchvision", "dying_package"}
    assert "instructions that this processor lacks" in broken["dying_package"]
    found = {check.name: check for check in packages.check_imports(broken)}
    assert found["absent_package"].verdict == "fault"
    assert found["torchvision"].verdict == "warning"
    assert "torchvision::nms" in found["torchvision"].found
    assert "pip uninstall torchvision" in found["torchvision"].remedy


def test_a_torch_that_does_not_import_is_a_fault():
    check = packages.check_torch({"torch": "OSError: libfoo.so: cannot open"})
    assert check.verdict == "fault"
    assert "libfoo.so" in check.found


def test_nothing_heavy_is_imported_to_find_out():
    code = "import sys, netwright.training.installation; assert not {'torch', 'numpy', 'numba'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
