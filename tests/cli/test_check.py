"""`netwright check`, from the outside."""

import json
import os
import subprocess
import sys

from netwright.core.values import Check


def test_this_installation_is_usable(netwright, tmp_path):
    found = netwright("check", "--runs", tmp_path / "not" / "there" / "yet", "--json")
    answer = json.loads(found.out)
    assert found.code == 0, found.out
    assert answer["usable"] is True
    names = [check["name"] for check in answer["checks"]]
    assert names[0] == "Python"
    assert {"PyTorch", "fused engine", "matrix kernels", "threads", "GPU", "disk", "saving"} <= set(names)
    assert all(check["found"] and (check["verdict"] == "ok") == (not check["remedy"]) for check in answer["checks"])
    assert not list(tmp_path.iterdir())  # nothing is left


def test_a_fault_is_a_line_with_its_remedy_and_exit_code_1(netwright, monkeypatch):
    from netwright.training import installation

    checks = (Check("disk", "ok", "much"), Check("saving", "fault", "[red] cannot be written", "choose another"))
    monkeypatch.setattr(installation, "check_installation", lambda runs: checks)
    found = netwright("check")
    assert found.code == 1
    lines = [line.split() for line in found.out.splitlines()]
    at = lines.index(["fault", "saving", "[red]", "cannot", "be", "written"])
    assert lines[at + 1] == ["→", "choose", "another"]
    assert "not usable: 1 fault, 0 warnings" in found.out
    assert json.loads(netwright("check", "--json").out)["usable"] is False


def test_a_torch_that_does_not_import_is_named_and_not_met(tmp_path):
    """Its own process, so that nothing is imported yet."""
    (tmp_path / "torch.py").write_text("raise OSError('libtorch_cpu.so: cannot open shared object file')")
    (tmp_path / "torchvision.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}
    command = [sys.executable, "-m", "netwright", "check", "--json", "--runs", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1, done.stderr
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert found["PyTorch"]["verdict"] == "fault"
    assert "libtorch_cpu.so" in found["PyTorch"]["found"]
    assert found["torchvision"]["verdict"] == "warning"
    assert found["saving"]["verdict"] == "ok"


def test_help_has_examples(netwright):
    assert "netwright check --runs" in netwright("check", "--help").out
