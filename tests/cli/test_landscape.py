"""`netwright landscape` and `nw.landscape` on every kind of run, and on anybody's network."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from torch import nn

import netwright as nw
from netwright.core.errors import RecipeError
from netwright.training.inference import load_model
from netwright.training.language import pictures
from netwright.training.losses import loss_for, prepare_targets
from netwright.training.parts import tensors
from netwright.training.predict import predict_logits
from netwright.training.reopening import reopen
from tests.data.series.series_tables import hourly

SMALL = ("--points", 5, "--rows", 40)
TEXT = "".join(
    f"{number} little ducks went out one day{', over the hills' * (number % 3)}\nand far away.\n"
    for number in range(60)
)


@pytest.fixture(scope="module")
def drawn(finished_run, tmp_path_factory):
    """A copy of the finished run with its landscape, and the landscape."""
    folder = Path(shutil.copytree(finished_run, tmp_path_factory.mktemp("landscape") / "flowers"))
    return folder, nw.landscape(folder, points=5)


def test_the_middle_of_the_surface_is_the_loss_of_the_runs_training_rows(drawn):
    folder, found = drawn
    stage, model = reopen(folder), load_model(folder)
    inputs, targets = tensors(stage.parts.train)
    targets = prepare_targets(targets, model.schema.task, torch.float32)
    loss = loss_for(model.recipe.training, model.schema.task, targets)(predict_logits(model.module, inputs), targets)
    assert found.rows == found.of_rows == len(targets)
    assert found.view.surface.losses[2][2] == pytest.approx(float(loss), rel=1e-6)
    assert found.view.loss == found.view.surface.losses[2][2] == found.view.profile.losses[100]


def test_training_once_more_ends_in_the_runs_own_network(drawn):
    _, found = drawn
    assert found.trajectory is not None, found.notes
    assert found.trajectory.same
    assert found.trajectory.stops[0].epoch == 0
    assert found.trajectory.stops[-1].loss == pytest.approx(found.view.loss, rel=1e-6)
    assert found.view.sharpness.method == "exact second derivatives"


def test_a_run_holds_its_landscape_and_its_report_shows_it(drawn):
    folder, _ = drawn
    assert (folder / "landscape.png").read_bytes()[:4] == b"\x89PNG"
    assert 'id="data"' in (folder / "landscape.html").read_text()
    report = (folder / "report.html").read_text()
    assert 'id="landscape-title"' in report
    assert "prefers-color-scheme: dark" in report
    assert "<script" not in report


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(netwright, run_copy):
    found = []
    for seed in (0, 0, 1):
        told = netwright("landscape", run_copy, *SMALL, "--seed", seed, "--without-trajectory")
        assert told.code == 0, told.err
        found.append([(run_copy / name).read_bytes() for name in ("landscape.json", "landscape.png")])
    assert found[0] == found[1]
    assert found[0][0] != found[2][0]
    assert found[0][1] != found[2][1]
    assert "largest eigenvalues" in told.out
    assert "landscape.html" in told.out


@pytest.mark.slow
def test_a_pair_with_and_without_skip_connections_is_drawn_at_one_scale(netwright, run_copy):
    told = netwright("landscape", run_copy, *SMALL, "--compare-skips", "--depth", 3, "--without-trajectory", "--json")
    found = json.loads(told.out)
    assert [view["name"] for view in found["skips"]] == ["with skip connections", "without skip connections"]
    assert all("3 hidden layers" in view["words"] for view in found["skips"])
    assert found["skips"][0]["surface"]["losses"] != found["skips"][1]["surface"]["losses"]
    assert "with skip connections" in (run_copy / "report.html").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--points", 50), "odd number"),
        (("--points", 1), "odd number"),
        (("--span", 0), "--span"),
        (("--span", "nan"), "--span"),
        (("--rows", 0), "--rows"),
        (("--depth", 1), "--depth"),
    ],
)
def test_what_no_landscape_can_be_drawn_with_is_refused(netwright, finished_run, options, said):
    told = netwright("landscape", finished_run, *options)
    assert told.code == 2
    assert said in told.err
    assert not (finished_run / "landscape.json").exists()


def test_a_folder_that_is_no_run_is_refused(netwright, tmp_path):
    told = netwright("landscape", tmp_path)
    assert told.code == 2
    assert "recipe.toml" in told.err


def test_an_ensemble_says_which_of_its_networks_is_drawn(tmp_path, finished_run):
    settings = {"training.epochs": 2, "training.threads": 1, "ensemble.members": 2}
    run = nw.fit(finished_run.parent / "flowers.csv", "kind", settings=settings, options=nw.FitOptions(runs=tmp_path))
    found = nw.landscape(run, points=3, rows=20, trajectory=False)
    assert "the first of the 2 networks" in found.network
    member = load_model(run.path).module.members[0]
    assert found.view.sharpness.parameters == sum(value.numel() for value in member.parameters())


def test_a_forecast_is_drawn_and_has_no_skip_connections_to_compare(netwright, tmp_path):
    settings = {"windows.lookback": 24, "training.epochs": 3, "training.threads": 1}
    hourly(200, channels=1).write_csv(tmp_path / "hours.csv")
    options = nw.FitOptions(runs=tmp_path, recipe="nlinear")
    run = nw.forecast(tmp_path / "hours.csv", 4, settings=settings, options=options)
    found = nw.landscape(run, points=3)
    assert found.view.surface.losses[1][1] == found.view.loss
    assert found.trajectory is None or found.trajectory.same
    assert 'id="landscape-title"' in run.report.read_text()
    told = netwright("landscape", run.path, "--compare-skips")
    assert told.code == 2
    assert "--compare-skips" in told.err


@pytest.mark.slow
def test_a_language_model_is_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "WRITTEN", 5)
    (tmp_path / "ducks.txt").write_text(TEXT)
    settings = {"network.width": 16, "network.depth": 1, "network.context": 16, "training.epochs": 3}
    settings |= {"windows.steps_per_epoch": 3, "training.batch_size": 4, "training.threads": 1}
    run = nw.fit(tmp_path / "ducks.txt", settings=settings, options=nw.FitOptions(runs=tmp_path))
    found = nw.landscape(run, points=3)
    assert found.view.surface.losses[1][1] == found.view.loss
    assert found.loss_name == "nats per token"
    assert found.trajectory is None or found.trajectory.same
    assert 'id="landscape-title"' in run.report.read_text()


def test_anybodys_network_is_drawn_and_left_as_it_was():
    module = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))
    module[0].eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    x, y = torch.randn(30, 3), torch.randint(0, 2, (30,))
    found = nw.landscape(module, nn.functional.cross_entropy, x, y, points=5, span=0.5)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert module.training
    assert not module[0].training
    assert all(value.grad is None for value in module.parameters())
    assert found.loss_name == "cross_entropy"
    assert found.view.surface.across == (-0.5, -0.25, 0.0, 0.25, 0.5)
    with torch.no_grad():
        assert found.view.loss == pytest.approx(float(nn.functional.cross_entropy(module.eval()(x), y)))


def test_a_module_without_rows_is_refused():
    with pytest.raises(RecipeError, match="inputs and targets"):
        nw.landscape(nn.Linear(2, 1))
