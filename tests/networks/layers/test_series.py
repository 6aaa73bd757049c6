"""One battery for every network that reads time series, and what is special to each."""

import math

import numpy as np
import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.core.values import InputSpec, SeriesInput
from netwright.networks import MLPConfig, build, fit_to_rows, shapes_of
from netwright.networks.layers.rocket import HIGH, KERNELS, Bank, dilations_for
from netwright.networks.layers.series import SeriesNorm, inside_of
from netwright.networks.layers.series_config import SERIES_NETWORKS, most_series_numbers, series_width
from netwright.networks.layers.series_layers import SERIES_LAYERS
from netwright.networks.ridge_start import ridge

KINDS = {
    "rocket": {"series": "rocket", "series_kernels": 336},
    "fcn": {"series": "fcn", "series_widths": (5, 6)},
    "inception": {"series": "inception", "series_filters": 3, "series_depth": 4},
    "gru": {"series": "gru", "series_units": 4, "series_depth": 2},
    "lstm": {"series": "lstm", "series_units": 4, "series_depth": 1},
}
LEARNT = [kind for kind in KINDS if kind != "rocket"]


def series_of(channels=2, length=20):
    return SeriesInput(channels, length, (0.5,) * channels, (2.0,) * channels)


def network_of(kind, seen=None, outputs=3, task="multiclass", **settings):
    spec = InputSpec(0, (), outputs, task, series=seen or series_of())
    return build("mlp", MLPConfig(**{"hidden_sizes": ()} | KINDS[kind] | settings), spec, 0)


def rows_of(rows=6, channels=2, length=20, dtype=torch.float32):
    values = torch.randn(rows, channels, length, dtype=dtype)
    return torch.zeros(rows, 0, dtype=dtype), torch.zeros(rows, 0, dtype=torch.int64), values


def fitted(kind, rows, **settings):
    """A network that has seen training rows: thresholds are learnt and running statistics moved."""
    network = network_of(kind, series_of(rows[2].shape[1], rows[2].shape[2]), **settings)
    fit_to_rows(network, rows, torch.arange(len(rows[2])) % 3, 0)
    network(*rows)
    return network.eval()


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_every_name_is_in_the_battery():
    assert set(KINDS) == set(SERIES_LAYERS) == set(SERIES_NETWORKS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1, 150), (6, 100), (1, 24), (3, 2), (1, 1), (12, 9)])
def test_any_shape_becomes_logits(kind, shape):
    rows = rows_of(5, *shape)
    network = network_of(kind, series_of(*shape))
    fit_to_rows(network, rows, torch.arange(5) % 3, 0)
    assert network(*rows).shape == (5, 3)
    assert torch.isfinite(network.eval()(*rows_of(1, *shape))).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes_and_shapes_are_known_beforehand(kind):
    one, other = network_of(kind).state_dict(), network_of(kind).state_dict()
    assert all(torch.equal(one[name], other[name]) for name in one)
    config = MLPConfig(**{"hidden_sizes": ()} | KINDS[kind])
    shapes = shapes_of(config, InputSpec(0, (), 3, "multiclass", series=series_of()))
    assert shapes == {name: tuple(value.shape) for name, value in one.items()}
    held = sum(math.prod(shape) for name, shape in shapes.items() if name.startswith("series"))
    assert held <= most_series_numbers(config, series_of()) + 10 * series_width(config)
    assert network_of(kind).series.width <= series_width(config)


@pytest.mark.parametrize("kind", LEARNT)
def test_gradients_are_those_of_finite_differences(kind):
    network = network_of(kind).double().train()
    rows = rows_of(4, dtype=torch.float64)
    rows[2][1, :, 14:] = torch.nan
    network(*rows).square().sum().backward()
    for name, weight in network.named_parameters():
        place = tuple(side // 2 for side in weight.shape)
        before, step, values = weight[place].item(), 1e-6, []
        for sign in (1, -1):
            with torch.no_grad():
                weight[place] = before + sign * step
            values.append(network(*rows).square().sum().item())
        with torch.no_grad():
            weight[place] = before
        expected = (values[0] - values[1]) / (2 * step)
        assert weight.grad[place].item() == pytest.approx(expected, rel=1e-4, abs=1e-5), name


@pytest.mark.parametrize("kind", LEARNT)
def test_what_a_layer_hands_on_passes_gradcheck(kind):
    layer = network_of(kind).double().eval().series
    values, inside = layer.standardised(rows_of(2, length=9, dtype=torch.float64)[2])
    values.requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: layer.read(x, inside), (values,), eps=1e-6, atol=1e-5, nondet_tol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_a_series_end_changes_no_answer(kind):
    rows = rows_of(8)
    rows[2][1, :, 11:], rows[2][2, :, 1:] = torch.nan, torch.nan
    network = fitted(kind, rows)
    longer = torch.cat([rows[2], torch.full((8, 2, 13), torch.nan)], dim=2)
    answers = network(*rows)
    assert torch.allclose(answers, network(*rows[:2], longer), atol=1e-5)
    alone = network(rows[0][1:2], rows[1][1:2], rows[2][1:2, :, :11])
    assert torch.allclose(answers[1:2], alone, atol=1e-5)


@pytest.mark.parametrize("kind", LEARNT)
def test_what_follows_a_series_end_changes_no_step_of_training(kind):
    rows = rows_of(8)
    rows[2][1, :, 11:] = torch.nan
    longer = torch.cat([rows[2], torch.full((8, 2, 13), torch.nan)], dim=2)
    one, other = network_of(kind).train(), network_of(kind).train()
    found = [network(*rows[:2], values) for network, values in ((one, rows[2]), (other, longer))]
    assert torch.allclose(*found, atol=1e-5)
    for weight, twin in zip(one.state_dict().values(), other.state_dict().values(), strict=True):
        assert torch.allclose(weight, twin, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_series_without_values_gets_a_finite_answer(kind):
    network = fitted(kind, rows_of(8))
    rows = rows_of(2)
    rows[2][0] = torch.nan
    rows[2][1, 0] = torch.nan  # a channel without values
    assert torch.isfinite(network(*rows)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_answers_in_evaluation_depend_on_no_other_row(kind):
    rows = rows_of(6)
    rows[2][3, :, 7:] = torch.nan
    network = fitted(kind, rows)
    together = network(*rows)
    alone = torch.cat([network(*(part[at : at + 1] for part in rows)) for at in range(6)])
    assert torch.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("kind", ["rocket", "fcn", "inception"])
def test_a_network_can_be_exported(kind):
    rows = rows_of(6)
    network = fitted(kind, rows)
    program = torch.export.export(network, rows)
    assert torch.allclose(program.module()(*rows), network(*rows), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_series_stand_beside_numbers_categories_and_hidden_layers(kind):
    spec = InputSpec(2, (5,), 3, "multiclass", series=series_of())
    network = build("mlp", MLPConfig(**KINDS[kind] | {"hidden_sizes": (7,)}), spec, 0).eval()
    numbers, categories, values = torch.randn(4, 2), torch.randint(0, 5, (4, 1)), rows_of(4)[2]
    answers = network(numbers, categories, values)
    for changed in (
        (numbers + 1, categories, values),
        (numbers, (categories + 1) % 5, values),
        (numbers, categories, values.flip(0)),
    ):
        assert not torch.allclose(answers, network(*changed), atol=1e-6)


def test_normalisation_counts_only_what_is_there():
    values = torch.randn(5, 3, 12)
    values[:, :, 7:] = torch.nan
    inside = inside_of(values)
    assert inside.sum(dim=2).flatten().tolist() == [7] * 5
    norm = SeriesNorm(3).train()
    found = norm(torch.nan_to_num(values), inside)
    assert torch.allclose(found[:, :, :7].mean(dim=(0, 2)), torch.zeros(3), atol=1e-5)
    assert torch.allclose(found[:, :, :7].std(dim=(0, 2), correction=0), torch.ones(3), atol=1e-3)
    assert torch.equal(found[:, :, 7:], torch.zeros(5, 3, 5))


def test_a_kernel_counts_how_often_and_how_strongly_it_is_above_its_threshold():
    bank, values = Bank(1, 30, KERNELS), torch.randn(4, 1, 30)
    bank.fill(torch.Generator().manual_seed(0))
    inside = inside_of(values)
    bank.fit(values, inside)
    found, gap = bank(values, inside).numpy(), bank.dilations[0].gap
    for kernel in (0, 1, 50):
        weight = np.where(np.isin(np.arange(9), HIGH[kernel]), 2.0, -1.0)
        reach = 4 * gap
        padded = np.pad(values[2, 0].numpy(), reach)
        given = np.array([padded[at : at + 8 * gap + 1 : gap] @ weight for at in range(30)])
        given = given if kernel % 2 == 0 else given[reach : 30 - reach]
        excess = given - bank.thresholds[0, kernel].item()
        assert found[2, kernel] == pytest.approx((excess > 0).mean(), abs=1e-5)
        assert found[2, KERNELS + kernel] == pytest.approx(
            excess[excess > 0].mean() if (excess > 0).any() else 0, abs=1e-4
        )


@pytest.mark.parametrize("length", [1, 2, 9, 10, 17, 100, 1000])
@pytest.mark.parametrize("each", [1, 3, 12, 119])
def test_kernels_fit_into_the_series_and_none_is_lost(length, each):
    found = dilations_for(length, each * KERNELS)
    assert sum(dilation.thresholds for dilation in found) == each
    assert all(dilation.gap >= 1 for dilation in found)
    assert 8 * found[-1].gap < max(length, 9)


def test_numbers_of_kernels_are_standardised_over_training_rows():
    rows = rows_of(30)
    vectors = fitted("rocket", rows).series(rows[2]) * math.sqrt(network_of("rocket").series.width)
    assert torch.allclose(vectors.mean(dim=0), torch.zeros(vectors.shape[1]), atol=1e-4)
    spread = vectors.std(dim=0, correction=0)
    assert ((spread - 1.0).abs() < 1e-3).float().mean() > 0.9


def test_ridge_leaves_rows_out_as_if_they_had_not_been_there():
    x, y = torch.randn(12, 40, dtype=torch.float64), torch.randn(12, 2, dtype=torch.float64)
    x -= x.mean(dim=0)
    _, weight, bias = ridge(x, y)
    penalty = min(
        (10.0 ** (power / 2.0) for power in range(-10, 7)),
        key=lambda value: (
            x.T @ torch.linalg.solve(x @ x.T + value * torch.eye(12), y - y.mean(dim=0)) - weight
        ).norm(),
    )
    kept = torch.arange(12) != 4
    left_out, _, _ = ridge(x, y)
    centred = y - y.mean(dim=0)  # the level is that of all rows
    kernel = x[kept] @ x[kept].T + penalty * torch.eye(11, dtype=torch.float64)
    expected = x[4] @ x[kept].T @ torch.linalg.solve(kernel, centred[kept]) + y.mean(dim=0)
    assert torch.allclose(left_out[4], expected, atol=1e-6)
    assert torch.allclose(bias, y.mean(dim=0) - x.mean(dim=0) @ weight)


@pytest.mark.parametrize(("task", "outputs"), [("multiclass", 3), ("binary", 1), ("regression", 1)])
def test_the_last_layer_starts_at_answers_that_fit(task, outputs):
    rows = rows_of(40)
    level = rows[2].diff(dim=2).abs().mean(dim=(1, 2))
    targets = level if task == "regression" else (level.argsort().argsort() * max(outputs, 2) // 40)
    network = network_of("rocket", outputs=outputs, task=task)
    fit_to_rows(network, rows, targets, 0)
    said = network.eval()(*rows)
    if task == "regression":
        assert ((said[:, 0] - targets) ** 2).mean() < 0.2 * targets.var()
    else:
        found = said.argmax(dim=1) if task == "multiclass" else (said[:, 0] > 0).long()
        assert (found == targets).float().mean() > 0.9


def test_a_forget_gate_starts_open():
    cell = network_of("lstm").series.cell
    for name, bias in cell.named_parameters():
        if name.startswith("bias_ih"):
            assert bias.tolist() == [0.0] * 4 + [1.0] * 4 + [0.0] * 8


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"series": "rockets"}, "network.series: expected one of rocket, fcn"),
        ({"series_kernels": 10}, "network.series_kernels"),
        ({"series_widths": ()}, "network.series_widths"),
        ({"series_filters": 0}, "network.series_filters"),
        ({"series_depth": 0}, "network.series_depth"),
        ({"series_units": 0}, "network.series_units"),
        ({"series_dropout": 1.0}, "network.series_dropout"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(RecipeError, match=message):
        network_of("rocket", **settings)


def test_a_network_without_end_is_refused_before_it_takes_memory():
    with pytest.raises(RecipeError, match="numbers to learn"):
        network_of("fcn", series_widths=(16_384,) * 16)
