"""The same batch at every step: the other rows are never read."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.pictures import loss_picture


def examine(case: Case) -> Sign | None:
    how = case.optimizing
    if not case.rows.same_batch or how.steps < 10 or how.batch_size is None:
        return None
    evidence = f"all {how.steps} steps read the same {how.batch_size} rows, and there are more"
    numbers = {"batch": float(how.batch_size), "rows": float(how.rows or 0)}
    return Sign(1.0, evidence, numbers, loss_picture(case), how.step_where)


SAME_BATCH = Illness(
    code="data.same-batch",
    name="Every step reads the same batch",
    severity="error",
    what="The loop hands the network one batch again and again, though there are more rows.",
    why="It learns these few rows by heart and never sees the others.",
    seen="the same rows at every one of at least 10 steps, fewer than there are (TrainCheck, Jiang et al. 2025)",
    example="next(iter(loader)) inside the loop with shuffle=False",
    remedies=(Change("shuffle", True, "iterate over the loader, with shuffle=True"),),
    examine=examine,
    explains=("generalisation.overfitting", "data.drift", "data.shuffled-targets", "generalisation.stopped-too-late"),
)
