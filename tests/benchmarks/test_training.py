"""Every peer does the work that its figure stands for: it learns what can be learnt. The command and its page work."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
QUICK, SLOW = ("script", "eager", "scikit-learn"), ("compiled", "lightning", "skorch", "jax")  # to import or compile
PEERS = (*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW))
SEPARABLE = """
from peers import load
from peers.work import AbsentError, Work, make_rows

if __name__ == "__main__":
    work = Work(20, (64, 32))
    x, _ = make_rows(work)
    try:
        done = load(sys.argv[1])(work, (x, x[:, :3].argmax(1)))
    except AbsentError as reason:
        print("absent:", reason)
    else:
        print(done.seconds, done.loss)
"""


def run(*arguments: str) -> str:
    """In a process of its own: peers warn, start threads and set what the whole process sees."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("peer", PEERS)
def test_an_installed_peer_learns_what_can_be_learnt(peer, tmp_path):
    (tmp_path / "separable.py").write_text(f"import sys\nsys.path.insert(0, {str(FOLDER)!r})\n{SEPARABLE}")
    said = run(str(tmp_path / "separable.py"), peer)
    if said.startswith("absent:"):
        pytest.skip(said)
    seconds, loss = map(float, said.split())
    assert seconds > 0
    assert loss < 0.4  # guessing: 1.1


def test_a_package_that_is_not_there_is_said_so():
    code = "import peers; peers.PEERS['jax'] = peers.Peer('jax', 'no_such_thing')"
    said = run("-c", f"{code}\ntry: peers.load('jax')\nexcept peers.AbsentError as reason: print(reason)")
    assert said == "not installed here\n"


def test_the_command_has_its_options():
    said = run("training.py", "--help")
    assert all(option in said for option in ("--quick", "--json", "--markdown"))


def test_the_page_says_which_targets_are_missed():
    code = """
from rows import Row, page
rows = [Row("work", "netwright", 3.0, "us", "< 4"), Row("work", "peer", 5.0, "us", "> 6"), Row("other", "x", None, "s")]
print(page("What.", ["- date: today"], rows))
"""
    lines = run("-c", code).splitlines()
    assert "| netwright | 3 | us | < 4 | yes |  |" in lines
    assert "| peer | 5 | us | > 6 | **no** |  |" in lines
    assert "| x | - | s |  |  |  |" in lines
    assert [line for line in lines if line.startswith("## ")] == ["## work", "## other"]
