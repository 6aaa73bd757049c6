"""What a recipe leaves open is measured before a run, and stands in the recipe of the run."""

import tomllib

import pytest
import torch

from netwright.core.values import ImageInput, InputSpec
from netwright.networks import MLPConfig, build
from netwright.networks.layers.image import ImageLayer
from netwright.training.precision_choice import choose_layout
from tests.data.sources.images import made
from tests.training.test_images import job


def test_a_run_measures_and_writes_down_what_it_took(tmp_path):
    shapes = made.write_shapes(tmp_path / "shapes", each=12)
    folder = job(shapes, tmp_path, {"training.epochs": 1, "training.precision": "auto"})
    recipe = tomllib.loads((folder / "recipe.toml").read_text())
    assert recipe["training"]["precision"] in ("float32", "bfloat16")
    assert recipe["network"]["image_layout"] in ("channels_first", "channels_last")
    log = (folder / "run.log").read_text()
    assert "on this machine" in log or "bfloat16 gave" in log
    assert "with channels last and" in log


@pytest.mark.parametrize("faster", ["channels_first", "channels_last"])
def test_the_faster_layout_is_taken(faster):
    spec = InputSpec(0, (), 2, "multiclass", image=ImageInput(1, 8, 8, (0.0,), (1.0,)))
    module = build("mlp", MLPConfig(hidden_sizes=(), image_widths=(4,)), spec, 0)
    seen = []

    def trainer(copied, precision):
        layout = next(layer.layout for layer in copied.modules() if isinstance(layer, ImageLayer))
        seen.append((layout, precision))

        def step():
            busy = torch.randn(400, 400)
            for _ in range(1 if layout == faster else 30):
                busy = busy @ busy / 400
            return 1.0

        return step

    choice = choose_layout(module, trainer, "float32")
    assert choice.value == faster
    assert seen == [("channels_first", "float32"), ("channels_last", "float32")]
    assert module.images.layout == "auto"


def test_both_layouts_give_one_answer():
    spec = InputSpec(0, (), 2, "multiclass", image=ImageInput(3, 9, 8, (0.0,) * 3, (1.0,) * 3))
    answers = []
    for layout in ("channels_first", "channels_last"):
        config = MLPConfig(hidden_sizes=(), image_widths=(4,), image_layout=layout)
        module = build("mlp", config, spec, 0).eval()
        pixels = torch.arange(3 * 9 * 8).reshape(1, 3, 9, 8).byte()
        answers.append(module(torch.zeros(1, 0), torch.zeros(1, 0, dtype=torch.int64), pixels))
    assert torch.allclose(*answers, atol=1e-5)
