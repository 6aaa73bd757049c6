"""Changes of a program's optimizer and of the habits of its loop."""

import math

import torch

from netwright.diagnosis.programs.program import Program, RateFactor

OPTIMIZERS: dict[str, tuple[type[torch.optim.Optimizer], dict[str, float]]] = {
    "sgd": (torch.optim.SGD, {"lr": 0.01}),
    "momentum": (torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}),
    "adam": (torch.optim.Adam, {"lr": 1e-3}),
    "adamw": (torch.optim.AdamW, {"lr": 1e-3, "weight_decay": 0.01}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 1e-3}),
}
FIRST_DECAY = 1e-4  # of a program that has none


def learning_rate(program: Program, factor: float) -> Program:
    return program.with_settings(lr=program.settings["lr"] * factor)


def optimizer(program: Program, name: str) -> Program | None:
    kind, settings = OPTIMIZERS[name]
    if program.optimizer is kind and dict(program.settings) == settings:
        return None
    return program.but(optimizer=kind, settings=dict(settings))


def schedule(program: Program, name: str) -> Program | None:
    """Return the program with the rate constant, or a half cosine or one cycle long as all its steps."""
    if name == "constant":
        return program.but(schedule=None) if program.schedule else None
    return program.but(schedule=SHAPES[name](max(1, program.steps)), rate_per="step")


def cosine(steps: int) -> RateFactor:
    return lambda step: 0.5 * (1.0 + math.cos(math.pi * min(step, steps) / steps))


def one_cycle(steps: int) -> RateFactor:
    """Up from a tenth over the first 30%, then a half cosine down (Smith, Super-convergence, 2019)."""
    rise = max(1, round(0.3 * steps))
    fall = cosine(max(1, steps - rise))
    return lambda step: 0.1 + 0.9 * step / rise if step < rise else fall(step - rise)


SHAPES = {"cosine": cosine, "one_cycle": one_cycle}


def warmup(program: Program, share: float) -> Program:
    """Return the program with its rate rising from 0 over that share of its steps."""
    rise = max(1, round(share * program.steps))
    before, per, steps = program.schedule, program.habits.rate_per, program.steps_per_epoch

    def factor(step: int) -> float:
        count = step if per == "step" else step // max(1, steps)
        return min(1.0, (step + 1) / rise) * (before(count) if before else 1.0)

    return program.but(schedule=factor, rate_per="step")


def clip_norm(program: Program, norm: float | None) -> Program | None:
    return program.but(clip_norm=norm) if norm != program.clip_norm else None


def epochs(program: Program, factor: float) -> Program:
    most = program.most_steps
    return program.but(
        epochs=max(1, round(program.epochs * factor)), most_steps=None if most is None else max(1, round(most * factor))
    )


def batch_size(program: Program, factor: float) -> Program | None:
    """Return the program with other batches; as many rows are read as before, in fewer or more steps."""
    size = min(max(1, round(program.batch_size * factor)), program.rows.rows)
    if size == program.batch_size:
        return None
    most = program.most_steps
    steps = None if most is None else max(1, round(most * min(program.batch_size, program.rows.rows) / size))
    return program.but(batch_size=size, most_steps=steps)


def weight_decay(program: Program, factor: float) -> Program | None:
    before = program.settings.get("weight_decay", 0.0)
    return program.with_settings(weight_decay=before * factor if before else FIRST_DECAY)


def patience(program: Program, epochs_without: int | None) -> Program | None:
    if epochs_without == program.patience or (epochs_without is not None and program.validation is None):
        return None
    return program.but(patience=epochs_without)


def zero_grad(program: Program, wanted: bool) -> Program | None:
    if not wanted or (program.habits.zero_grad and not program.habits.clear_before_step):
        return None
    return program.but(zero_grad=True, clear_before_step=False)


def stepping(program: Program, wanted: bool) -> Program | None:
    """Return the program with a backward pass and a step for each batch."""
    if not wanted or (program.habits.steps and program.habits.backwards and not program.habits.clear_before_step):
        return None
    return program.but(steps=True, backwards=True, clear_before_step=False)


def train_mode(program: Program, wanted: bool) -> Program | None:
    if not wanted or (program.habits.train_mode and program.habits.evaluation_mode):
        return None
    return program.but(train_mode=True, evaluation_mode=True)


def unfreeze(program: Program, wanted: bool) -> Program | None:
    """Return the program with every parameter trained."""
    if not wanted or not (program.habits.frozen or program.habits.detached):
        return None
    return program.but(frozen=(), detached="")


def all_parameters(program: Program, wanted: bool) -> Program | None:
    """Return the program with the network's own parameters in the optimizer, all of them."""
    if not wanted or not (program.habits.left_out or program.habits.stale):
        return None
    return program.but(left_out=(), stale=False)


def shuffle(program: Program, wanted: bool) -> Program | None:
    """Return the program with its rows in a new order each epoch, and all of them."""
    if not wanted or (program.shuffle and not program.habits.one_batch):
        return None
    return program.but(shuffle=True, one_batch=False)


def accumulate(program: Program, wanted: bool) -> Program | None:
    if not wanted or program.habits.divides or program.habits.accumulate == 1:
        return None
    return program.but(divides=True)


def precision(program: Program, name: str) -> Program | None:
    wanted: torch.dtype = getattr(torch, name)
    return program.but(precision=wanted) if wanted != program.precision else None
