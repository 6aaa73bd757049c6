"""`netwright compare`, and what it leaves behind."""

import json
import signal

import pytest

import netwright as nw
from netwright.api.comparison import load_comparison, write_comparison
from netwright.core.errors import Interrupted, RunError
from tests.conftest import QUICK, flowers_csv
from tests.report.contests import comparison

KIND = ["--target", "kind"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text(flowers_csv(150))
    return path


def test_a_table_with_categories_and_gaps_is_compared_and_the_same_values_are_printed_and_kept(
    netwright, table, tmp_path
):
    found = netwright("compare", table, *KIND, "--runs", tmp_path, "--json", "--seed", 1, "--budget", "10m", *QUICK)
    assert found.code == 0, found.err
    said = json.loads(found.out)
    folder = tmp_path / "flowers-compare-1"
    assert said["folder"] == str(folder)
    assert said["comparison"] == json.loads((folder / "comparison.json").read_text())
    kept = load_comparison(folder)
    assert [one.name for one in kept.contestants][:4] == [
        "linear model", "nearest neighbours", "decision tree", "boosted trees",
    ]  # fmt: skip
    assert kept.limits == ()
    assert [one.depth for one in kept.contestants if one.name.startswith("network with ")] == [0, 1, 2, 4, 8]
    assert all(len(one.curve) == len(kept.contestants[0].curve) >= 3 for one in kept.contestants)
    assert all(one.raw is not None for one in kept.contestants if one.name != "network of fit")
    assert all(one.cost.disk_bytes > 0 and one.cost.row_seconds > 0 for one in kept.contestants)
    assert kept.recommendation.name in {one.name for one in kept.contestants if one.alike}
    assert "--seed 1" in (folder / "compare.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "nowhere"], "nowhere"),
        (["--budget", "soon"], "--budget"),
        (["--metric", "bleu"], "bleu"),
        (["--horizon", "5", "--task", "binary"], "--task"),
        (["--seed", "1", "--set", "split.validation=0"], "validation rows"),
    ],
)
def test_mistakes_are_one_sentence_and_nothing_is_written(netwright, table, tmp_path, arguments, said):
    found = netwright("compare", table, *KIND, "--runs", tmp_path / "runs", *arguments)
    assert found.code == 2
    assert said in found.err
    assert not (tmp_path / "runs").exists()


def test_a_folder_with_something_else_is_left_alone(netwright, table, tmp_path):
    found = netwright("compare", table, *KIND, "--out", tmp_path)
    assert found.code == 2
    assert "something else than a comparison" in found.err
    assert [path.name for path in tmp_path.iterdir()] == ["flowers.csv"]


def test_a_signal_leaves_nothing_behind(table, tmp_path):
    from netwright.api.comparison import CompareOptions, compare_tree

    def stop(what, done, total):
        if what == "networks":
            raise Interrupted(signal.SIGINT)

    options = CompareOptions(tmp_path / "out", stop)
    with pytest.raises(Interrupted):
        compare_tree(str(table), {"data": {"target": "kind"}}, "1m", options)
    assert not (tmp_path / "out").exists()


def test_the_terminal_shows_what_to_take_first(netwright, table, tmp_path, monkeypatch):
    monkeypatch.setattr("netwright.api.comparison.compare_tree", lambda *_: comparison())
    found = netwright("compare", table, *KIND, "--out", tmp_path / "out")
    assert found.code == 0, found.err
    assert found.out.startswith("Take the decision tree.")
    assert "left out: 800 of 9,000 rows" in found.out


def test_what_is_written_is_read_again_and_damage_is_said(tmp_path):
    write_comparison(comparison(), tmp_path / "out")
    assert load_comparison(tmp_path / "out") == comparison()
    (tmp_path / "out" / "comparison.json").write_text("{}")
    with pytest.raises(RunError, match="damaged"):
        load_comparison(tmp_path / "out")
    with pytest.raises(RunError, match="expected a comparison"):
        load_comparison(tmp_path)


def test_python_has_it_too():
    assert "compare" in nw.__all__
