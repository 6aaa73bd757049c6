"""Scripts are run as Python runs them, and the training in them is watched without a change."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.optim import Optimizer

from netwright.core.errors import SourceError
from netwright.diagnosis.watching.script import run_script

HEAD = """
import sys, torch
from torch import nn
torch.manual_seed(0)
x, y = torch.randn(64, 20), torch.randint(0, 3, (64,))
"""
LOOP = """
optimizer = torch.optim.SGD(PARAMETERS, lr=0.1)
for step in range(6):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(ANSWER, y)
    loss.backward()
    optimizer.step()
"""


@pytest.fixture
def root():
    return Path(__file__).parents[3]


def written(tmp_path, text, name="train.py"):
    (tmp_path / name).write_text(text)
    return tmp_path / name


def loop(parameters, answer):
    return LOOP.replace("PARAMETERS", parameters).replace("ANSWER", answer)


STACK = "nn.Sequential(nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 3))"
KEYWORDS = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(20, 3)
    def forward(self, *, rows):
        return self.out(rows)
model = Net()"""
NETWORKS = {
    "a module": (f"model = {STACK}", "model.parameters()", "model(x)"),
    "keywords": (
        KEYWORDS,
        "model.parameters()",
        "model(rows=x)",
    ),
    "two modules": (
        "first, second = nn.Linear(20, 8), nn.Linear(8, 3)",
        "[*first.parameters(), *second.parameters()]",
        "second(torch.relu(first(x)))",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", NETWORKS)
def test_the_network_and_the_optimizer_are_found(tmp_path, kind):
    made, parameters, answer = NETWORKS[kind]
    ran = run_script(written(tmp_path, HEAD + made + loop(parameters, answer)))
    case = ran.doctor.case()
    assert (ran.exit_code, ran.optimizers, case.optimizing.steps) == (0, 1, 6)
    assert case.network.missing == ()
    assert case.network.unseen == ""
    assert case.objective.loss == "cross_entropy"
    assert case.objective.where == f"train.py:{(HEAD + made + LOOP).splitlines().index(_loss_line()) + 1}"
    assert case.optimizing.rows == 64
    assert case.network.weights[0].from_data


def _loss_line():
    return "    loss = nn.functional.cross_entropy(ANSWER, y)"


def test_arguments_and_neighbours_are_found(tmp_path, capsys):
    written(tmp_path, "rows = 64\n", "settings.py")
    text = "import settings\nprint(sys.argv[1:], settings.rows, __name__)\nmodel = nn.Linear(20, 3)"
    run_script(written(tmp_path, HEAD + text + loop("model.parameters()", "model(x)")), ["--epochs", "5"])
    assert capsys.readouterr().out == "['--epochs', '5'] 64 __main__\n"
    sys.modules.pop("settings")


def test_a_failure_is_the_scripts_own(tmp_path):
    text = (
        HEAD
        + "model = nn.Linear(20, 3)"
        + loop("model.parameters()", "model(x)")
        + "    if step == 3:\n        model(y)\n"
    )
    ran = run_script(written(tmp_path, text))
    assert ran.exit_code == 1
    assert ran.failure.startswith("Traceback (most recent call last):\n")
    assert "train.py" in ran.failure
    assert "netwright" not in ran.failure
    assert ran.doctor.case().optimizing.steps == 4


def test_an_exit_code_is_kept(tmp_path):
    assert run_script(written(tmp_path, "import sys; sys.exit(3)")).exit_code == 3
    assert run_script(written(tmp_path, "import sys; sys.exit()")).exit_code == 0


def test_torch_is_as_before(tmp_path):
    before = (Optimizer.__init__, torch.Tensor.backward, sys.argv, sys.path[:])
    run_script(written(tmp_path, HEAD + "model = nn.Linear(20, 3)" + loop("model.parameters()", "model(x)")))
    assert (Optimizer.__init__, torch.Tensor.backward, sys.argv, sys.path[:]) == before
    assert not torch.nn.modules.module._global_forward_pre_hooks


def test_a_script_that_is_not_there_is_said(tmp_path):
    with pytest.raises(SourceError, match="is no file"):
        run_script(tmp_path / "train.py")


def test_the_example_is_diagnosed_with_both_lines(root):
    command = [sys.executable, "-m", "netwright", "diagnose", "examples/broken_train.py", "--no-probe"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    lines = (root / "examples/broken_train.py").read_text().splitlines()
    softmax = next(n for n, line in enumerate(lines, 1) if "torch.softmax" in line)
    step = next(n for n, line in enumerate(lines, 1) if "optimizer.step()" in line)
    words = " ".join(done.stdout.split())
    assert "epoch 10: loss" in done.stdout
    assert f"broken_train.py:{softmax}" in words
    assert f"broken_train.py:{step}" in words
    assert sum(line.startswith("error") for line in done.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("print(1)", 2, "made no optimizer of torch.optim"),
        (HEAD + "torch.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1)", 2, "called no network with gradients"),
        ("raise KeyError('mine')", 1, "KeyError: 'mine'"),
    ],
)
def test_what_cannot_be_watched_is_said(tmp_path, text, code, said):
    command = [sys.executable, "-m", "netwright", "diagnose", str(written(tmp_path, text))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert said in " ".join(done.stderr.split())
