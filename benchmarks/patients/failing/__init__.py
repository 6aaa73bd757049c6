"""Nine failing trainings that people asked about, rebuilt with Keras's semantics, and what may be said of each.

Source: the DeepLocalize benchmark (Wardat et al., 2021), causes by DeepFD (Cao et al., 2022) and a re-labelling of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netwright.diagnosis.programs import Program, Sample
from patients.failing import keras
from patients.failing.images import digits

LONG = ("optimisation.too-few-steps", "optimisation.rate-too-low", "optimisation.optimizer-choice")


@dataclass(frozen=True)
class Failing:
    """A failing training, and the causes that its readers accept."""

    make: Callable[[], Program]
    causes: tuple[str, ...]
    symptoms: tuple[str, ...] = ()


def network(*layers: Callable[[], nn.Module]) -> Callable[[int], nn.Module]:
    return lambda _seed: nn.Sequential(*(layer() for layer in layers))


def normal(weight: Tensor) -> None:
    nn.init.normal_(weight)


def wide_normal(inputs: int, outputs: int) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    return layer


def descent(rate: float, decay: float = 0.0, momentum: float = 0.0) -> dict[str, object]:
    """Settings of Keras's SGD, its Nesterov momentum and its decay."""
    settings = {"lr": rate, "momentum": momentum, "nesterov": momentum > 0.0}
    return {
        "optimizer": torch.optim.SGD,
        "settings": settings,
        "schedule": keras.decay(decay) if decay else None,
    }


def no_activations() -> Program:
    """48385830: two linear layers, squared error, a rate of 3."""
    inputs, targets = digits(2000)
    build = network(lambda: wide_normal(784, 30), lambda: wide_normal(30, 10))
    plain = Program(
        "48385830",
        build,
        keras.mean_squared_error,
        "mse",
        Sample((inputs,), targets),
        "classes",
        batch_size=10,
        epochs=3,
    )
    return plain.but(**descent(3.0))


def short_and_slow() -> Program:
    """44164749: 150 steps in all at a low rate; narrower here, and as many steps."""
    inputs, targets = digits(3000)
    build = network(
        *(lambda: keras.dense(784, 512), nn.ReLU, lambda: nn.Dropout(0.1)),
        *(lambda: keras.dense(512, 128), nn.ReLU, lambda: nn.Dropout(0.1)),
        *(lambda: keras.dense(128, 10), lambda: nn.Softmax(-1)),
    )
    plain = Program(
        "44164749",
        build,
        keras.categorical_crossentropy,
        "probabilities_cross_entropy",
        Sample((inputs,), targets),
        "classes",
        batch_size=100,
        epochs=5,
    )
    return plain.but(**descent(0.01, 1e-6, 0.9), rate_per="step")


def exclusive_or() -> tuple[Tensor, Tensor]:
    inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return inputs, torch.tensor([[0.0], [1.0], [1.0], [0.0]])


def absolute_error_of_xor() -> Program:
    """31556268: exclusive or by the absolute error and slow descent."""
    inputs, targets = exclusive_or()
    build = network(lambda: keras.dense(2, 4), nn.Sigmoid, lambda: keras.dense(4, 1), nn.Sigmoid)
    plain = Program(
        "31556268",
        build,
        keras.mean_absolute_error,
        "mae",
        Sample((inputs,), targets),
        "binary",
        batch_size=4,
        epochs=1000,
    )
    return plain.but(**descent(0.05, 1e-6, 0.11), rate_per="step")


def two_sigmoid_units() -> Program:
    """50306988: 35 steps of Adam at its default rate, for two sigmoid units."""
    generator = torch.Generator().manual_seed(0)
    inputs = 0.2 + 0.5 * torch.rand(200, 2, generator=generator)
    order = (inputs.sum(1)).argsort()
    inputs = inputs[order]
    targets = torch.zeros(200, 2)
    targets[:100, 0] = 1.0
    targets[100:, 1] = 1.0
    build = network(lambda: keras.dense(2, 2), nn.Sigmoid, lambda: keras.dense(2, 2), lambda: nn.Softmax(-1))
    return Program(
        "50306988",
        build,
        keras.categorical_crossentropy,
        "probabilities_cross_entropy",
        Sample((inputs,), targets),
        "classes",
        optimizer=torch.optim.Adam,
        settings={"lr": 1e-3, "eps": 1e-7},
        batch_size=32,
        epochs=5,
    )


def softmax_of_xor() -> Program:
    """34311586: a softmax over one unit, tiny first weights, 20 steps at a rate of 0.001."""
    inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [1.0, 1.0]])
    targets = torch.tensor([[0.0], [1.0], [1.0], [0.0], [0.0], [0.0]])
    build = network(
        *(lambda: keras.dense(2, 2, keras.uniform), nn.Sigmoid, lambda: keras.dense(2, 3, keras.uniform), nn.Sigmoid),
        *(lambda: keras.dense(3, 1, keras.uniform), lambda: nn.Softmax(-1)),
    )
    plain = Program(
        "34311586",
        build,
        keras.mean_squared_error,
        "mse",
        Sample((inputs,), targets),
        "binary",
        batch_size=32,
        epochs=20,
    )
    return plain.but(**descent(0.001, 1e-6, 0.9), rate_per="step")


def softmax_of_one() -> Program:
    """31880720: a softmax over one unit, and binary cross-entropy."""
    generator = torch.Generator().manual_seed(0)
    chance = torch.rand(600, 1, generator=generator)
    inputs = (torch.rand(600, 128, generator=generator) < chance).float()
    targets = (inputs.sum(1) > inputs.sum(1).median()).float()
    build = network(
        *(lambda: keras.dense(128, 50), nn.ReLU, nn.ReLU, lambda: nn.Dropout(0.2)),
        *(lambda: keras.dense(50, 50), nn.ReLU, lambda: nn.Dropout(0.2)),
        *(lambda: keras.dense(50, 1), lambda: nn.Softmax(-1)),
    )
    return Program(
        "31880720",
        build,
        keras.binary_crossentropy,
        "bce",
        Sample((inputs,), targets),
        "binary",
        optimizer=torch.optim.RMSprop,
        settings={"lr": 1e-3, "alpha": 0.9, "eps": 1e-7},
        batch_size=1,
        epochs=2,
    )


def fast_regression() -> Program:
    """48934338: a rate of 0.1 for values up to 120."""
    inputs = torch.arange(0.0, 5.0, 0.1)[:, None]
    noise = torch.randn(50, 1, generator=torch.Generator().manual_seed(0))
    targets = inputs**3 + 0.3 + 0.2 * noise.abs()
    build = network(
        *(lambda: keras.dense(1, 50), nn.ReLU, lambda: keras.dense(50, 30, keras.uniform), nn.ReLU),
        lambda: keras.dense(30, 1),
    )
    plain = Program(
        "48934338",
        build,
        keras.mean_squared_error,
        "mse",
        Sample((inputs,), targets),
        "values",
        batch_size=32,
        epochs=500,
    )
    return plain.but(**descent(0.1))


def unscaled() -> Program:
    """52800582: x^4 of numbers up to 100, neither scaled."""
    inputs = torch.arange(-100.0, 100.0, 0.5)[:, None]
    targets = (inputs**4).reshape(-1)
    build = network(
        *(lambda: keras.dense(1, 50), nn.Sigmoid, lambda: keras.dense(50, 50), nn.ELU, lambda: keras.dense(50, 1))
    )
    return Program(
        "52800582",
        build,
        keras.mean_squared_error,
        "mse",
        Sample((inputs,), targets),
        "values",
        optimizer=torch.optim.Adam,
        settings={"lr": 1e-3, "eps": 1e-7},
        batch_size=400,
        epochs=1000,
    )


def sigmoid_of_values() -> Program:
    """48221692: a sigmoid head for values from 3 to 103."""
    inputs = torch.linspace(-10.0, 10.0, 150)[:, None]
    targets = (inputs.square() + 3.0).reshape(-1)
    build = network(lambda: keras.dense(1, 5), nn.Sigmoid, lambda: keras.dense(5, 1), nn.Sigmoid)
    plain = Program(
        "48221692",
        build,
        keras.mean_squared_error,
        "mse",
        Sample((inputs,), targets),
        "values",
        batch_size=150,
        epochs=1000,
    )
    return plain.but(**descent(0.01))


FAILING: dict[str, Failing] = {
    "48385830": Failing(
        no_activations,
        (
            "architecture.missing-nonlinearity",
            "objective.loss-for-task",
            "optimisation.rate-too-high",
            "optimisation.divergence",
            "initialisation.too-large",
        ),
    ),
    "44164749": Failing(short_and_slow, (*LONG, "optimisation.batch-too-large")),
    "31556268": Failing(absolute_error_of_xor, ("objective.loss-for-task", *LONG), ("signal.constant-output",)),
    "50306988": Failing(two_sigmoid_units, (*LONG, "architecture.capacity-too-small")),
    "34311586": Failing(
        softmax_of_xor,
        (
            "architecture.single-unit-softmax",
            "architecture.wrong-output-activation",
            "initialisation.too-small",
            *LONG,
        ),
    ),
    "31880720": Failing(softmax_of_one, ("architecture.single-unit-softmax", "architecture.wrong-output-activation")),
    "48934338": Failing(
        fast_regression,
        ("optimisation.rate-too-high", "optimisation.divergence", "data.unscaled-targets"),
        ("signal.dead-units", "signal.constant-output"),
    ),
    "52800582": Failing(unscaled, ("data.unscaled-inputs", "data.unscaled-targets"), ("signal.saturated-units",)),
    "48221692": Failing(sigmoid_of_values, ("architecture.wrong-output-activation", "objective.targets-out-of-range")),
}
