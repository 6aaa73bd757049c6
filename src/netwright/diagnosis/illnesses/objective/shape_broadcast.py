"""Broadcast: outputs and targets of different shapes are spread over each other, row against every row."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import loss_picture


def examine(case: Case) -> Sign | None:
    answer = case.objective
    if not answer.broadcast:
        return None
    evidence = (
        f"outputs of shape {answer.output_shape} are compared with targets of shape {answer.target_shape}: "
        "each row with the targets of all rows"
    )
    numbers = {"dimensions of outputs": float(len(answer.output_shape)), "of targets": float(len(answer.target_shape))}
    return Sign(1.0, evidence, numbers, loss_picture(case), answer.where)


SHAPE_BROADCAST = Illness(
    code="objective.shape-broadcast",
    name="Outputs and targets of different shapes",
    severity="error",
    what="Outputs of shape (n, 1) and targets of shape (n,) are spread to (n, n) before they are compared.",
    why="Every output is drawn to all rows' targets at once, whose best answer is their mean: the network learns "
    "that, and nothing of the rows.",
    seen="the loss takes outputs and targets of different shapes that broadcast (PyTorch's own warning in mse_loss, "
    "2018; TheDeepChecker, Ben Braiek and Khomh 2022)",
    example="nn.MSELoss()(model(x), y) with model(x) of (32, 1) and y of (32,)",
    remedies=(Change("target_shape", True, "bring both to one shape: model(x).squeeze(1), or y.unsqueeze(1)"),),
    examine=examine,
    explains=(
        *(
            "optimisation.plateau",
            "signal.constant-output",
            "generalisation.underfitting",
            "signal.collapsed-representation",
        ),
        *("architecture.output-dimension", "signal.vanishing-gradient", "optimisation.rate-too-low"),
        *("signal.rank-loss", "signal.dead-units", "data.shuffled-targets", "objective.loss-for-task"),
    ),
)
