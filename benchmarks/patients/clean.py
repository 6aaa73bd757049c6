"""Sound trainings, many of them unusual but fine: on them the doctor is to be silent."""

import copy
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from netwright.diagnosis.altering import apply
from netwright.diagnosis.altering.heads import with_head
from netwright.diagnosis.altering.networks import operated
from netwright.diagnosis.faults.healthy import HEALTHY
from netwright.diagnosis.illness import Change
from netwright.diagnosis.programs import Program, Sample, train_program
from netwright.diagnosis.programs.objectives import LOSSES, balanced_weights
from netwright.diagnosis.programs.program import Program as Training
from patients.visit import Visit, held_out, look, told

WORSE = 0.025  # of a score: what is so much worse than its plain twin is not sound
NOISY = 0.06  # the same where the twin itself is below 0.9

Variant = Callable[[Program], Program | None]


def change(setting: str, value: object) -> Variant:
    return lambda program: apply(program, Change(setting, value, ""))


def momentum(program: Program) -> Program:
    return program.but(optimizer=torch.optim.SGD, settings={"lr": 0.03, "momentum": 0.9})


def plain_descent(program: Program) -> Program | None:
    if program.name in ("waves", "next value", "tokens", "images"):
        return None  # these need many more steps of it
    return program.but(optimizer=torch.optim.SGD, settings={"lr": 0.1}, epochs=2 * program.epochs)


def warm_up(program: Program) -> Program | None:
    cosine = apply(program, Change("schedule", "cosine", ""))
    longer = cosine and cosine.but(epochs=program.epochs)
    return longer and apply(longer, Change("warmup", 0.1, ""))


def smoothed(program: Program) -> Program | None:
    if program.loss_name != "cross_entropy":
        return None

    def loss(output: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(output, target, label_smoothing=0.1)

    return program.but(loss=loss)


def frozen_backbone(program: Program) -> Program:
    """All layers but the last trained before, and now frozen."""
    trained = train_program(program, 5, keep=True).network
    assert trained is not None
    names = list(dict.fromkeys(name.rsplit(".", 1)[0] for name, _ in trained.named_parameters()))
    state = {name: value for name, value in trained.state_dict().items() if not name.startswith(names[-1])}

    def build(seed: int) -> nn.Module:
        network = program.build(seed)
        network.load_state_dict(copy.deepcopy(state), strict=False)
        return network

    return program.but(build=build, frozen=tuple(f"{name}." for name in names[:-1]))


def tiny_batches(program: Program) -> Program:
    return program.but(batch_size=4, epochs=max(3, program.epochs // 2)).with_settings(lr=1e-3)


def accumulated(program: Program) -> Program:
    return program.but(batch_size=max(2, program.batch_size // 4), accumulate=4, divides=True)


def log_probabilities(program: Program) -> Program | None:
    if program.loss_name != "cross_entropy":
        return None
    changed = operated(program, lambda network, inputs: with_head(network, inputs, "log_softmax"))
    return changed.but(loss=functional.nll_loss, loss_name="nll")


def probabilities(program: Program) -> Program | None:
    if program.loss_name != "bce_with_logits":
        return None
    changed = operated(program, lambda network, inputs: with_head(network, inputs, "sigmoid"))
    return changed.but(loss=functional.binary_cross_entropy, loss_name="bce", threshold=0.5)


def squared_probabilities(program: Program) -> Program | None:
    """The Brier score of a sigmoid."""
    if program.loss_name != "bce_with_logits":
        return None
    changed = operated(program, lambda network, inputs: with_head(network, inputs, "sigmoid"))
    return changed.but(loss=LOSSES["mse"], loss_name="mse", threshold=0.5, epochs=2 * program.epochs)


def unlike(loss: str) -> Variant:
    def other(program: Program) -> Program | None:
        return program.but(loss=LOSSES[loss], loss_name=loss) if program.task == "values" else None

    return other


def weighted(program: Program) -> Program | None:
    if program.loss_name != "cross_entropy":
        return None
    weights = balanced_weights("cross_entropy", program.rows.targets)
    return program.but(loss=lambda output, target: functional.cross_entropy(output, target, weights))


def in_order(program: Program) -> Program:
    return program.but(shuffle=False)


def without_validation(program: Program) -> Program:
    return program.but(validation=None)


def noisy_labels(program: Program) -> Program | None:
    """A fifth of the labels wrong, and few enough passes that they are not learnt by heart."""
    if program.task != "classes" or program.name in ("wine",):
        return None
    generator = torch.Generator().manual_seed(4)
    rows = program.rows.rows
    chosen = torch.randperm(rows, generator=generator)[: rows // 5]
    targets = program.rows.targets.clone()
    targets[chosen] = targets[chosen[torch.randperm(len(chosen), generator=generator)]]
    fewer = max(4, program.epochs * 2 // 3)
    return program.but(rows=Sample(program.rows.inputs, targets), epochs=fewer)


def imbalanced(program: Program) -> Program | None:
    """Nine of ten rows of one class, learnt all the same."""
    if program.name not in ("breast cancer", "wine"):
        return None
    numbers = program.rows.targets.reshape(-1)
    common = (numbers == numbers.max()).nonzero().flatten()
    rare = (numbers != numbers.max()).nonzero().flatten()
    kept = torch.cat([common, rare[: max(8, len(common) // 8)]]).sort().values
    return program.but(rows=program.rows.at(kept), epochs=2 * program.epochs)


def few_rows(program: Program) -> Program | None:
    if program.name in ("diabetes", "tokens", "images"):
        return None
    kept = torch.arange(program.rows.rows // 3)
    return program.but(rows=program.rows.at(kept), epochs=2 * program.epochs)


def deep_residual(program: Program) -> Program | None:
    """Twelve blocks with skips."""
    if program.rows.inputs[0].dim() != 2 or not program.rows.inputs[0].is_floating_point():
        return None
    features = program.rows.inputs[0].shape[1]
    outputs = int(program.rows.targets.max()) + 1 if program.loss_name == "cross_entropy" else 1

    def build(_seed: int) -> nn.Module:
        return nn.Sequential(nn.Linear(features, 32), *(Block(32) for _ in range(12)), nn.Linear(32, outputs))

    return program.but(build=build).with_settings(lr=1e-3)


class Block(nn.Module):
    """x + W relu(V norm(x))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(width, width)
        self.second = nn.Linear(width, width)

    def forward(self, rows: Tensor) -> Tensor:
        answered: Tensor = rows + self.second(torch.relu(self.first(self.norm(rows))))
        return answered


def optimizer(kind: type[torch.optim.Optimizer], rate: float) -> Variant:
    return lambda program: program.but(optimizer=kind, settings={"lr": rate})


def faster(program: Program) -> Program:
    return program.with_settings(lr=2.0 * program.settings["lr"])


def slower(program: Program) -> Program:
    return program.with_settings(lr=program.settings["lr"] / 2.0).but(epochs=round(1.5 * program.epochs))


def heavy_dropout(program: Program) -> Program | None:
    if program.rows.inputs[0].dim() != 2 or not program.rows.inputs[0].is_floating_point():
        return None
    wide = apply(program, Change("width", 4.0, ""))
    return wide and apply(wide.but(epochs=round(1.5 * program.epochs)), Change("dropout", 0.5, ""))


def stopping_early(program: Program) -> Program:
    return program.but(patience=5, epochs=2 * program.epochs)


VARIANTS: dict[str, Variant] = {
    "plain": lambda program: program,
    "twice the rate": faster,
    "half the rate, longer": slower,
    "batches of 4": tiny_batches,
    "momentum": momentum,
    "plain descent": plain_descent,
    "AdamW": change("optimizer", "adamw"),
    "RMSprop": optimizer(torch.optim.RMSprop, 1e-3),
    "NAdam": optimizer(torch.optim.NAdam, 2e-3),
    "Adagrad": optimizer(torch.optim.Adagrad, 3e-2),
    "warm-up and cosine": warm_up,
    "one cycle": change("schedule", "one_cycle"),
    "label smoothing": smoothed,
    "frozen backbone": frozen_backbone,
    "accumulated": accumulated,
    "log-probabilities": log_probabilities,
    "sigmoid and binary cross-entropy": probabilities,
    "squared error of a sigmoid": squared_probabilities,
    "absolute error": unlike("mae"),
    "Huber's loss": unlike("huber"),
    "class weights": weighted,
    "never shuffled": in_order,
    "no validation rows": without_validation,
    "noisy labels": noisy_labels,
    "imbalanced": imbalanced,
    "few rows": few_rows,
    "deep residual": deep_residual,
    "heavy dropout": heavy_dropout,
    "early stopping": stopping_early,
    "batch normalisation": change("normalization", "batch"),
    "layer normalisation": change("normalization", "layer"),
    "tanh": change("activation", "tanh"),
    "GELU": change("activation", "gelu"),
    "SiLU": change("activation", "silu"),
    "leaky ReLU": change("activation", "leaky_relu"),
    "orthogonal start": change("initialization", "orthogonal"),
    "clipped at 1": change("clip_norm", 1.0),
    "weight decay": lambda program: program.with_settings(weight_decay=1e-4),
    "wide": change("width", 4.0),
}


def two_units() -> Program:
    """Two hidden units that are all it takes."""
    generator = torch.Generator().manual_seed(6)
    inputs = torch.randn(600, 2, generator=generator)
    targets = (inputs[:, 0] + 0.5 * inputs[:, 1] > 0).long()
    rows = Sample((inputs[150:],), targets[150:]), Sample((inputs[:150],), targets[:150])
    return Training(
        "two units",
        lambda _seed: nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2)),
        LOSSES["cross_entropy"],
        "cross_entropy",
        rows[0],
        "binary",
        rows[1],
        torch.optim.Adam,
        {"lr": 1e-2},
        16,
        12,
    )


def sound(every: int = 1) -> Iterator[tuple[str, Program, int]]:
    """Yield names of what is unusual, programs and seeds: all, or every so many of them."""
    bases = [make() for make in HEALTHY.values()] + [two_units()]
    count = 0
    for number, (name, variant) in enumerate(VARIANTS.items()):
        for place, program in enumerate(bases):
            count += 1
            if (place + number) % every:
                continue
            varied = variant(program)
            if varied is not None:
                yield name, varied, count % 7


def visits(every: int = 1) -> Iterator[Visit]:
    """Yield what is said of each."""
    scores: dict[str, float | None] = {}
    for name, program, seed in sound(every):
        base = program.name
        if base not in scores:
            scores[base] = train_program({**HEALTHY, "two units": two_units}[base](), 0).score
        try:
            outcome, findings, seconds = look(program, seed)
        except ValueError:  # a last batch of one row under batch norm: that is no sound training
            continue
        plain = scores[base] or 0.0
        yield Visit(
            "clean",
            name,
            base,
            str(seed),
            held_out(name, base, seed),
            (),
            (),
            told(findings),
            findings[0].evidence if findings else "",
            outcome.score,
            plain,
            outcome.score is not None and outcome.score >= plain - (WORSE if plain > 0.9 else NOISY),
            seconds,
        )
