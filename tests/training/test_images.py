"""Runs on images: read, trained, measured beside a linear model on pixels, shown, stored and read back."""

import shutil
import signal

import numpy as np
import polars as pl
import pytest
import torch

import netwright as nw
from netwright.api import settings_tree
from netwright.core.errors import Interrupted
from netwright.core.interrupts import StopSignal
from netwright.core.values import ImageInput, InputSpec
from netwright.data import Prepared
from netwright.networks import MLPConfig, build
from netwright.training.config import TrainingConfig
from netwright.training.engines.eager import Engine, _loss
from netwright.training.evaluation.baselines import linear, small_images
from netwright.training.job import resume_job, run_job
from netwright.training.losses import loss_for
from netwright.training.optimizers import hidden_weights, make_updater
from netwright.training.stage import Listener, Request
from tests.data.sources.images import made

SMALL = {"network.image_widths": [8, 12], "training.threads": 1, "training.precision": "float32"}


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    return made.write_shapes(tmp_path_factory.mktemp("images") / "shapes", each=40)


def tree_of(source, settings, **data):
    return settings_tree({"data": {"source": str(source)} | data}, SMALL | settings)


def job(source, runs, settings, listener=None, **data):
    return run_job(Request(tree_of(source, settings, **data), runs=runs, name="job"), listener or Listener())


@pytest.fixture(scope="module", params=["convnet", "resnet", "convnext"])
def run(request, shapes, tmp_path_factory):
    """A run of each recipe; do not change it."""
    settings = {"training.epochs": 14, "network.image_depth": 1, "training.batch_size": 16}
    options = nw.FitOptions(runs=tmp_path_factory.mktemp("runs"), recipe=request.param)
    return nw.fit(shapes, settings=SMALL | settings, options=options)


def test_images_are_learnt_and_the_choices_are_said(run):
    assert run.evaluation.metrics["accuracy"].value > 0.85
    assert [column.name for column in run.summary.schema.features] == ["image"]
    assert run.summary.schema.column("image").shape == (3, made.SIDE, made.SIDE)
    said = {choice.name: choice for choice in run.summary.choices}
    assert "all are 24 x 24 pixels" in said["data.image_size"].reason
    assert "a nearest neighbour finds" in said["preparation.image.flip"].reason
    assert "trees read no image" in run.evaluation.skipped["boosted trees"]
    assert "linear model" in run.evaluation.baselines
    assert not [finding for finding in run.findings if finding.severity != "note"]


def test_the_report_shows_images_and_what_answers_rest_on(run):
    gallery, page = run.summary.gallery, run.report.read_text()
    assert gallery.right
    assert all(image.truth == image.prediction and image.heat for image in gallery.right)
    assert all(image.truth != image.prediction for image in (*gallery.worst, *gallery.confused))
    assert len(gallery.changed) == 4
    assert len({image.picture for row in gallery.changed for image in row}) > 20
    assert page.count("data:image/png;base64,") >= 32
    assert "As training sees them" in page
    assert "<script" not in page


def test_new_images_are_answered_by_name_whatever_their_size_or_state(run, tmp_path):
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(made.encoded(made.shape_of("disc", 77, side=48), "JPEG", quality=95))
    (folder / "b.png").write_bytes(b"damaged")
    (folder / "c.png").write_bytes(made.encoded(made.shape_of("stripes", 78)))
    said = nw.load(run.path).predict(folder)
    assert said["file"].to_list() == ["a.jpg", "b.png", "c.png"]
    assert said["prediction"].is_null().to_list() == [False, True, False]
    assert said["prediction"][2] == "stripes"


def test_labelled_images_are_measured(run, tmp_path):
    others = made.write_shapes(tmp_path / "others", each=50)
    shutil.rmtree(others / "disc")
    assert nw.load(run.path).evaluate(others).metrics["accuracy"].value > 0.8
    stack = np.stack([made.shape_of("square", seed) for seed in range(900, 920)])
    assert (nw.load(run.path).predict(stack)["prediction"] == "square").mean() > 0.7


def test_parts_that_folders_tell_are_kept(tmp_path):
    root = made.write_shapes(tmp_path / "shapes", each=12, parts=("train", "validation", "test"))
    found = nw.load(job(root, tmp_path, {"training.epochs": 1}))
    assert found.summary.split == {"train": 36, "validation": 36, "test": 36}
    assert "the folders test, train, validation tell the parts" in " ".join(c.reason for c in found.summary.choices)


@pytest.mark.parametrize("recipe", ["convnet", "resnet", "convnext"])
def test_a_signal_changes_no_byte(shapes, tmp_path, recipe):
    settings = {"preset.recipe": recipe, "training.epochs": 3, "training.batch_size": 8, "network.image_mix": "cutmix"}
    settings |= {"network.image_depth": 1, "network.image_erase": 0.2, "network.image_trivial": True}
    untouched = job(shapes, tmp_path / "untouched", settings)
    stop = StopSignal()
    listener = Listener(stop=stop, observers=[lambda record: record.step > 14 and stop(signal.SIGTERM, None)])
    with pytest.raises(Interrupted):
        job(shapes, tmp_path, settings, listener)
    resume_job(tmp_path / "job", Request(settings={}), Listener())
    for name in ("weights.safetensors", "calibration.json"):
        assert (tmp_path / "job" / name).read_bytes() == (untouched / name).read_bytes()


def test_a_manifest_stands_beside_numbers_and_its_values_are_learnt(shapes, tmp_path):
    rows = [
        (f"{path.parent.name}/{path.name}", float(made_bright(path)), number % 5)
        for number, path in enumerate(sorted(shapes.rglob("*.png")))
    ]
    table = shapes / "list.csv"
    pl.DataFrame(rows, schema=["photo", "light", "other"], orient="row").write_csv(table)
    try:
        settings = {"training.epochs": 12, "training.batch_size": 16, "network.hidden_sizes": [16]}
        found = nw.load(job(table, tmp_path, settings, target="light"))
    finally:
        table.unlink()
    assert found.summary.schema.task == "regression"
    assert {column.name: column.kind for column in found.summary.schema.features} == {
        "photo": "image",
        "other": "numeric",
    }
    assert found.evaluation.metrics["rmse"].value < 0.6 * found.evaluation.baselines["mean"]["rmse"].value


def made_bright(path):
    from PIL import Image

    return np.asarray(Image.open(path)).mean()


def test_folds_and_members_too(shapes, tmp_path):
    settings = {"training.epochs": 4, "training.batch_size": 16, "ensemble.folds": 2, "ensemble.members": 2}
    found = nw.load(job(shapes, tmp_path, settings))
    assert found.summary.ensemble.kept == 4
    assert found.evaluation.metrics["accuracy"].value > 0.6
    assert found.predict(shapes / "disc").height == 40


def test_a_linear_model_reads_means_of_blocks():
    image = ImageInput(1, 70, 33, (100.0,), (50.0,))
    pixels = np.random.default_rng(0).integers(0, 256, (6, 1, 70, 33), dtype=np.uint8)
    rows = Prepared(np.zeros((6, 0), np.float32), np.zeros((6, 0), np.int64), np.arange(6) % 2, pixels)
    small = small_images(rows, image)
    assert small.shape == (6, 23 * 16)
    assert small[2, 16 + 3] == pytest.approx((pixels[2, 0, 3:6, 6:8].mean() - 100.0) / 50.0, abs=1e-5)
    assert linear(rows, rows, InputSpec(0, (), 1, "binary", image=image)).shape == (6, 2)


def test_a_mixed_image_is_held_to_both_labels():
    image = ImageInput(1, 6, 6, (100.0,), (50.0,))
    spec = InputSpec(0, (), 3, "multiclass", image=image)
    settings = MLPConfig(hidden_sizes=(), image_widths=(4,), image_mix="mixup", image_mix_share=1.0)
    network, config = build("mlp", settings, spec, 0).train(), TrainingConfig()
    targets = torch.tensor([0, 1, 2, 1])
    engine = Engine(network, loss_for(config, "multiclass", targets), make_updater(network, config), None, config)
    rows = (torch.zeros(4, 0), torch.zeros(4, 0, dtype=torch.int64), torch.randint(0, 256, (4, 1, 6, 6)).byte())
    torch.manual_seed(3)
    found = _loss(engine, rows, targets, None)
    torch.manual_seed(3)
    logits, (others, kept) = network(*rows), engine.mixing.drawn
    soft = kept * torch.eye(3)[targets] + (1 - kept) * torch.eye(3)[targets[others]]
    assert torch.allclose(found, -(soft * logits.log_softmax(1)).sum(1).mean())


def test_muon_turns_filters_and_leaves_what_reads_one_channel():
    spec = InputSpec(0, (), 3, "multiclass", image=ImageInput(3, 12, 12, (1.0,) * 3, (1.0,) * 3))
    network = build("mlp", MLPConfig(hidden_sizes=(), image="convnext", image_widths=(4, 6), image_depth=1), spec, 0)
    chosen = {id(weight) for weight in hidden_weights(network)}
    names = {name for name, weight in network.named_parameters() if id(weight) in chosen}
    assert not any("depthwise" in name or name.startswith("output") for name in names)
    assert any("widen" in name for name in names)
