"""Both engines, one result: everything that a recipe can say. A new member is one row of CASES.

Autograd is the obvious one. Float64 losses agree to 1e-9 relative, float32 to 1e-4; gradients to 1e-9. Each case takes
42 steps; in float64 those of `TOGETHER`, in which everything meets, take more than 200. For the others that is slow.
"""

from dataclasses import dataclass, field, fields, replace

import pytest
import torch

from netwright.core.values import InputSpec
from netwright.networks import MLPConfig, build, fit_to_rows
from netwright.networks.feedforward import LEARNT_OR_STRAIGHT
from netwright.networks.layers.activations import ACTIVATIONS
from netwright.networks.layers.normalization import NORMALIZATIONS
from netwright.training.averaging import averaged, start_average
from netwright.training.batches import Batches, batch_sizes, epoch_order
from netwright.training.config import TrainingConfig
from netwright.training.engines.fused.engine import FusedRunner
from netwright.training.engines.fused.layout import lay_out
from netwright.training.engines.stretch import Stretch
from netwright.training.fit import fit
from netwright.training.losses import LOSSES, loss_for
from netwright.training.optimizers import OPTIMIZERS, make_updater
from netwright.training.predict import predict_logits
from netwright.training.preflight import bring
from netwright.training.schedules import SCHEDULES
from netwright.training.session import Session
from netwright.training.state import Progress, TrainingState

ROWS, HELD_OUT, BATCH = 211, 30, 16  # 13 batches of 16 and a ragged one of 3
CONFIG = TrainingConfig(
    epochs=15, batch_size=BATCH, learning_rate=0.003, device="cpu", record_every=1, patience=None, threads=1
)
NETWORK = MLPConfig((8, 6), activation="silu", dropout=0.0)  # smooth: float32 steps may fall on two sides of a kink
FEW = 3  # epochs: warm-up ends in the second, and three batches are ragged
TASKS = {"mse": "regression", "mae": "regression", "huber": "regression", "bce": "binary", "cce": "multiclass"}


@dataclass(frozen=True)
class Case:
    network: dict = field(default_factory=dict)
    config: dict = field(default_factory=dict)
    task: str = "multiclass"
    cardinalities: tuple = (4, 3)
    continuous: tuple = (0, 2, 3)  # of five numeric columns
    weighted: bool = False  # whether rows have weights of their own, some of them 0


CASES = {
    **{f"activation {name}": Case({"activation": name}) for name in ACTIVATIONS},
    **{f"normalization {name}": Case({"normalization": name}) for name in NORMALIZATIONS},
    **{f"loss {name}": Case(config={"loss": name, "huber_delta": 0.7}, task=TASKS[name]) for name in LOSSES},
    **{f"optimizer {name}": Case(config={"optimizer": name}) for name in OPTIMIZERS},
    **{f"schedule {name}": Case(config={"schedule": name, "warmup": 20.0}) for name in SCHEDULES},
    **{
        f"{form} decay, {name}": Case(config={"optimizer": name, "weight_decay": 0.1, "weight_decay_form": form})
        for name in OPTIMIZERS
        for form in ("coupled", "decoupled")
        if (name, form) != ("adamw", "coupled")
    },
    **{
        f"falling {form} decay": Case(
            config={"weight_decay": 0.5, "weight_decay_form": form, "weight_decay_schedule": "flat_cosine"}
        )
        for form in ("coupled", "decoupled")
    },
    **{
        f"ntk, {name}": Case(config={"optimizer": name, "parametrization": "ntk", "weight_decay": 0.1, "l1": 0.001})
        for name in OPTIMIZERS
    },
    "decay of everything": Case(config={"weight_decay": 0.1, "decay_norms_and_biases": True}),
    # Momentum, because Adam blows up autograd's rounding error in the gradient, truly 0, of a bias below batch norm.
    "coupled decay of everything": Case(
        config={
            "weight_decay": 0.1,
            "decay_norms_and_biases": True,
            "weight_decay_form": "coupled",
            "optimizer": "momentum",
        }
    ),
    "l1": Case(config={"l1": 0.02}),
    "l1, muon": Case(config={"l1": 0.02, "optimizer": "muon"}),
    "clip by norm": Case(config={"clip_norm": 0.1}),
    "clip by value": Case(config={"clip_value": 0.02}),
    "clip by both": Case(config={"clip_norm": 0.1, "clip_value": 0.02}),
    "average of weights": Case(config={"ema_decay": 0.95}),
    "last weights": Case(config={"ema_decay": 0.0}),
    "micro-batches": Case(config={"accumulate": 3, "clip_norm": 1.0}),
    "smoothing, cce": Case(config={"label_smoothing": 0.1}),
    "smoothing, bce": Case(config={"label_smoothing": 0.1}, task="binary"),
    "class weights, cce": Case(config={"class_weights": "balanced", "label_smoothing": 0.1}),
    "class weights, bce": Case(config={"class_weights": (1.0, 3.0)}, task="binary"),
    **{
        f"row weights, {name}": Case(config={"loss": name, "huber_delta": 0.7}, task=TASKS[name], weighted=True)
        for name in LOSSES
    },
    "row weights and all the others": Case(
        config={"class_weights": "balanced", "label_smoothing": 0.1, "accumulate": 3}, weighted=True
    ),
    "numbers only": Case(cardinalities=()),
    "no hidden layer": Case({"hidden_sizes": ()}),
    "no hidden layer, numbers only": Case({"hidden_sizes": ()}, cardinalities=()),
    "residual": Case({"hidden_sizes": (8, 8, 8), "residual": True}),
    "residual, other widths": Case({"hidden_sizes": (8, 5, 7), "residual": True, "activation": "tanh"}),
    "residual, numbers only": Case({"hidden_sizes": (5, 7), "residual": True, "activation": "silu"}, cardinalities=()),
    "residual, layer norm": Case({"hidden_sizes": (8, 8), "residual": True, "normalization": "layer"}),
    "deep": Case({"hidden_sizes": (9, 8, 7, 6, 5), "activation": "selu", "normalization": "none"}),
    "wide": Case({"hidden_sizes": (70, 33), "activation": "gelu"}, {"clip_norm": 1.0, "weight_decay": 0.01}),
    "periodic": Case({"numeric_embedding": "periodic"}),
    "periodic, other sizes": Case({"numeric_embedding": "periodic", "embedding_size": 3, "frequencies": 5}),
    "periodic, every column": Case({"numeric_embedding": "periodic"}, cardinalities=(), continuous=(0, 1, 2, 3, 4)),
    # No batch normalisation: below it the embedding's bias has no gradient but rounding errors, which Adam blows up.
    "piecewise": Case({"numeric_embedding": "piecewise", "normalization": "none"}),
    "piecewise, momentum": Case({"numeric_embedding": "piecewise"}, {"optimizer": "momentum"}),
    "piecewise, other sizes": Case(
        {"numeric_embedding": "piecewise", "embedding_size": 3, "bins": 7, "normalization": "none"}
    ),
    "piecewise, one bin": Case({"numeric_embedding": "piecewise", "bins": 1, "normalization": "layer"}),
    "scaling": Case({"scaling": True}),
    "scaling, numbers only": Case({"scaling": True}, cardinalities=()),
    "scaling, no hidden layer": Case({"scaling": True, "hidden_sizes": ()}),
    **{
        f"parametric {name}": Case({"activation": name, "parametric": True})
        for name in ACTIVATIONS
        if name not in LEARNT_OR_STRAIGHT
    },
    "parametric, residual": Case({"hidden_sizes": (8, 8), "residual": True, "parametric": True}),
    **{
        f"factors, {name}": Case(
            {"numeric_embedding": "periodic", "scaling": True, "parametric": True},
            {
                "optimizer": name,
                "weight_decay": 0.05,
                "l1": 0.001,
                "rate_factors": {"weight": 0.7, "bias": 0.1, "scaling": 6.0, "activation": 0.1, "normalization": 0.0},
                "decay_factors": {"bias": 0.5, "categorical_embedding": 0.0, "numeric_embedding": 2.0},
            },
        )
        for name in OPTIMIZERS
    },
    "factors, coupled": Case(
        {"activation": "prelu_units"},
        {
            "weight_decay": 0.05,
            "weight_decay_form": "coupled",
            "optimizer": "momentum",
            "rate_factors": {"weight": 0.7, "activation": 3.0},
            "decay_factors": {"activation": 0.5, "weight": 0.1},
        },
    ),
    **{
        f"members, {name}": Case(
            {"members": 4, "normalization": "none"}, {"loss": name, "huber_delta": 0.7}, task=TASKS[name], weighted=True
        )
        for name in LOSSES
    },
    "members, batch norm": Case({"members": 3}, {"optimizer": "momentum"}),
    "members, layer norm, residual": Case({"members": 3, "normalization": "layer", "residual": True}),
    "members, numbers only": Case({"members": 3, "normalization": "none"}, cardinalities=()),
    "members, no hidden layer": Case({"members": 3, "hidden_sizes": ()}),
    "members, muon": Case({"members": 3, "normalization": "none"}, {"optimizer": "muon", "weight_decay": 0.1}),
    **{
        f"members, {name}": Case(
            {"members": 3, "numeric_embedding": name, "normalization": "none", "scaling": True},
            {"label_smoothing": 0.1, "rate_factors": {"scaling": 2.0}, "weight_decay": 0.05},
        )
        for name in ("periodic", "piecewise")
    },
    **{
        f"members and everything, {task}": Case(
            {
                "members": 5,
                "numeric_embedding": "piecewise",
                "scaling": True,
                "parametric": True,
                "residual": True,
                "normalization": "none",
            },
            {
                "accumulate": 3,
                "ema_decay": 0.9,
                "clip_norm": 1.0,
                "weight_decay": 0.01,
                "l1": 0.001,
                **({} if task == "regression" else {"label_smoothing": 0.1, "class_weights": "balanced"}),
            },
            task,
            weighted=True,
        )
        for task in ("regression", "binary", "multiclass")
    },
    "realmlp": Case(
        {
            "normalization": "none",
            "initialization": "data_driven",
            "numeric_embedding": "periodic",
            "category_size": 8,
            "scaling": True,
            "parametric": True,
            "activation": "mish",
        },
        {
            "optimizer": "adam",
            "betas": (0.9, 0.95),
            "schedule": "coslog4",
            "parametrization": "ntk",
            "weight_decay": 0.02,
            "weight_decay_schedule": "flat_cosine",
            "decay_norms_and_biases": True,
            "rate_factors": {"scaling": 6.0, "bias": 0.1, "activation": 0.1, "numeric_embedding": 0.1},
            "decay_factors": {"bias": 0.0, "scaling": 6.0, "activation": 0.1, "numeric_embedding": 0.1},
        },
    ),
    "everything new": Case(
        {"numeric_embedding": "piecewise", "scaling": True, "parametric": True, "residual": True},
        {"accumulate": 2, "ema_decay": 0.9, "clip_norm": 1.0, "weight_decay": 0.01, "rate_factors": {"scaling": 6.0}},
    ),
    "everything": Case(
        {"hidden_sizes": (8, 8), "residual": True, "activation": "prelu"},
        {"accumulate": 2, "ema_decay": 0.9, "clip_norm": 1.0, "weight_decay": 0.01, "l1": 0.001, "warmup": 0.1},
    ),
}
TOGETHER = (
    *("everything", "everything new", "realmlp", "factors, muon", "row weights and all the others"),
    *(f"members and everything, {task}" for task in ("regression", "binary", "multiclass")),
)
LONG = [name if name in TOGETHER else pytest.param(name, marks=pytest.mark.slow) for name in CASES]


def material(case, dtype):
    generator = torch.Generator().manual_seed(1)
    count = ROWS + HELD_OUT
    numeric = torch.randn(count, 5, generator=generator, dtype=torch.float64)
    numeric[:, 3] = numeric[:, 3].round()  # few values, so few bins
    codes = torch.stack(
        [torch.randint(0, slots, (count,), generator=generator) for slots in case.cardinalities]
        or [torch.zeros(count, dtype=torch.long)],
        dim=1,
    )[:, : len(case.cardinalities)]
    score = numeric[:, 0] - numeric[:, 1] ** 2 + torch.randn(count, generator=generator, dtype=torch.float64)
    targets = {
        "regression": score.to(dtype),
        "binary": (score > -0.8).long(),
        "multiclass": (score > -1.5).long() + (score > 0).long(),
    }[case.task]
    inputs = (numeric.to(dtype), codes)
    weights = torch.randint(0, 4, (count,), generator=generator).to(dtype)
    train, held_out = slice(0, ROWS), slice(ROWS, None)
    return Batches(
        tuple(part[train] for part in inputs), targets[train], tuple(part[held_out] for part in inputs),
        targets[held_out], *((weights[train], weights[held_out]) if case.weighted else ()),
    )  # fmt: skip


def module_of(case, dtype):
    spec = InputSpec(5, case.cardinalities, 3 if case.task == "multiclass" else 1, case.task, case.continuous)
    module = build("mlp", replace(NETWORK, **case.network), spec, seed=0).to(dtype)
    fit_to_rows(module, material(case, dtype).train_inputs, material(case, dtype).train_targets, seed=0)
    return module


def config_of(case, **settings):
    return replace(CONFIG, **{**case.config, **settings})


def trained(case, dtype, engine, **settings):
    module, records = module_of(case, dtype), []
    config = config_of(case, engine=engine, **settings)
    result = fit(module, material(case, dtype), config, [records.append], Session(task=case.task))
    assert result.engine.value == engine
    return module, records, result


def losses_of(records):
    return torch.tensor([record.loss for record in records if record.kind == "step"], dtype=torch.float64)


def furthest(found, expected):
    """Largest difference, relative to the size of the values around it."""
    return float(((found - expected).abs() / expected.abs().clamp(min=expected.abs().mean())).max())


def same_record(one, two):
    kept = ("step", "epoch", "kind") if one.kind == "step" else ("step", "epoch", "kind", "best")
    numbers = ("loss", "learning_rate", "gradient_norm") if one.kind == "step" else ("train_loss", "validation_loss")
    close = all(getattr(one, name) == pytest.approx(getattr(two, name), rel=1e-7) for name in numbers)
    close = close and (one.kind == "epoch" or same_statistics(one.layers, two.layers))
    return close and all(getattr(one, name) == getattr(two, name) for name in kept)


def same_statistics(one, two):
    pairs = [
        pair for quantity in fields(one) for pair in zip(*(getattr(x, quantity.name) for x in (one, two)), strict=True)
    ]
    return all(a == b if not isinstance(b, float) else a == pytest.approx(b, rel=1e-6, abs=1e-12) for a, b in pairs)


def hold_to_autograd(case, epochs):
    """Train in float64 with both engines, and compare all that they tell and leave; return how many steps it took."""
    found, records, result = trained(case, torch.float64, "fused", epochs=epochs)
    expected, others, other = trained(case, torch.float64, "eager", epochs=epochs)
    assert len(losses_of(records)) == result.steps
    assert furthest(losses_of(records), losses_of(others)) < 1e-9
    assert all(same_record(one, two) for one, two in zip(records, others, strict=True))
    assert result.best_epoch == other.best_epoch
    for (key, one), two in zip(found.state_dict().items(), expected.state_dict().values(), strict=True):
        assert torch.allclose(one, two, rtol=1e-6, atol=1e-8), key
    return result.steps


def drift_in_float32(case, epochs):
    return furthest(*(losses_of(trained(case, torch.float32, name, epochs=epochs)[1]) for name in ("fused", "eager")))


@pytest.mark.parametrize("name", [name for name in CASES if name not in TOGETHER])
def test_float64_is_autograd_s_for_a_few_epochs(name):
    assert hold_to_autograd(CASES[name], FEW) >= 14 * FEW // CASES[name].config.get("accumulate", 1)


@pytest.mark.parametrize("name", LONG)
def test_float64_is_autograd_s(name):
    assert hold_to_autograd(CASES[name], CONFIG.epochs) > 200


@pytest.mark.parametrize("name", CASES)
def test_float32_is_near_autograd_s_for_a_few_epochs(name):
    assert drift_in_float32(CASES[name], FEW) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_float32_is_near_autograd_s(name):
    assert drift_in_float32(CASES[name], CONFIG.epochs) < 1e-4


def gradients(case):
    """Both engines' gradients of the first batch: the fused one takes a step of length 0."""
    module, config = module_of(case, torch.float64).train(), config_of(case, optimizer="sgd", accumulate=1)
    config = replace(config, clip_norm=None, clip_value=None, weight_decay=0.0, l1=0.0, ema_decay=None)
    batches = bring(material(case, torch.float64), case.task, torch.float64, torch.device("cpu"))
    chosen = epoch_order(ROWS, 0, 1)[:BATCH]
    loss = loss_for(config, case.task, batches.train_targets)
    weights = None if batches.train_weights is None else batches.train_weights[chosen]
    loss(module(*(part[chosen] for part in batches.train_inputs)), batches.train_targets[chosen], weights).backward()
    expected = {key: parameter.grad for key, parameter in module.named_parameters()}
    twin = module_of(case, torch.float64).train()
    flat, places = fused_gradients(twin, config, batches, case.task), lay_out(twin, config).places
    return {key: (flat[places[key] :][: g.numel()].view_as(g), g) for key, g in expected.items()}


def fused_gradients(module, config, batches, task, dropout=()):
    """All gradients of the first batch, as they lie in the fused engine."""
    state = TrainingState(module, make_updater(module, config), None, Progress(1))
    with FusedRunner(state, batches, batch_sizes(ROWS, BATCH), config, task) as runner:
        runner.begin_epoch(epoch_order(ROWS, 0, 1), 0)
        runner.run(Stretch(0, 0, [0.0], True, 0, 0, dropout))
    return torch.from_numpy(runner.memory.gradients)


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_autograd_s(name):
    found = gradients(CASES[name])
    size = torch.stack([torch.linalg.vector_norm(expected) for _, expected in found.values()]).max()
    for key, (ours, expected) in found.items():
        assert torch.linalg.vector_norm(ours - expected) <= 1e-9 * size, key


@pytest.mark.parametrize(("share", "factor"), [(0.5, 0.5), (0.5, 0.0), (0.3, 1.0)])
def test_a_factor_of_dropout_is_that_share_of_dropout(share, factor):
    """Bit for bit: chance depends on the place alone."""
    found = []
    for p, dropout in ((share, (factor,)), (share * factor, ())):
        case = Case({"dropout": p, "normalization": "none"})
        batches = bring(material(case, torch.float64), case.task, torch.float64, torch.device("cpu"))
        found.append(fused_gradients(module_of(case, torch.float64), CONFIG, batches, case.task, dropout))
    assert torch.equal(*found)
    assert found[0].abs().max() > 0


@pytest.mark.parametrize(("dtype", "limit"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.network.get("members", 1) == 1])
def test_validation_is_the_module_s(name, dtype, limit):
    """After an epoch with dropout, in which running statistics and averages have moved."""
    case = replace(CASES[name], network={**CASES[name].network, "dropout": 0.3})
    module, config = module_of(case, dtype), config_of(case)
    batches = bring(material(case, dtype), case.task, dtype, torch.device("cpu"))
    average = None if config.ema_decay is None else start_average(module)
    state, sizes = TrainingState(module, make_updater(module, config), average, Progress(1)), batch_sizes(ROWS, BATCH)
    with FusedRunner(state, batches, sizes, config, case.task) as runner:
        runner.begin_epoch(epoch_order(ROWS, 0, 1), 0)
        runner.run(Stretch(0, 0, [config.learning_rate] * len(sizes), False, 0, 0))
        loss, logits = runner.measure()
    with averaged(module, average):
        expected = predict_logits(module, batches.validation_inputs)
    loss_of = loss_for(config, case.task, batches.train_targets)
    true = loss_of(expected, batches.validation_targets, batches.validation_weights).item()
    assert loss == pytest.approx(true, rel=limit)
    assert furthest(logits, expected) < 10 * limit
