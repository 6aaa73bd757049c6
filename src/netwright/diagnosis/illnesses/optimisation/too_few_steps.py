"""Too few steps: training ends while the loss still falls."""

from netwright.diagnosis.case import Case
from netwright.diagnosis.illness import Change, Illness, Sign
from netwright.diagnosis.outcome import final_loss, first_loss, gain, helps, learnt
from netwright.diagnosis.pictures import loss_picture, trial_picture
from netwright.diagnosis.trends import late_fall

FALLING = 0.02  # of the loss, from the last fifth but one to the last
STEEP = 0.05
FEW = 300  # steps
BEGUN = 50
LITTLE = 0.4  # share of one answer's loss, gone
GAIN = 0.05


def examine(case: Case) -> Sign | None:
    fall, steps = late_fall(case), case.optimizing.steps or len(case.steps)
    if steps < BEGUN:
        return _hardly_begun(case, steps)
    more, longer = gain(case, "epochs x 4"), case.trial("epochs x 4")
    if more is None or longer is None or longer.steps <= steps:  # shorter than the training itself, it proves nothing
        return _untried(case, fall, steps)
    short = steps < FEW and fall > STEEP
    if fall < FALLING or not helps(case, "epochs x 4", 0.5 * GAIN if short else GAIN):
        return None
    evidence = (
        f"after {steps} steps the loss still falls, by {fall:.1%} from the last fifth but one to the last; "
        f"four times as many score {more:.2g} higher"
    )
    numbers = {"steps": float(steps), "late fall": fall, "gain": more}
    return Sign(min(1.0, 0.5 + more), evidence, numbers, trial_picture(case, "epochs x 4"))


def _hardly_begun(case: Case, steps: int) -> Sign | None:
    """So few steps that nothing could be learnt, and no trend be seen."""
    share, final, first = learnt(case), final_loss(case), first_loss(case)
    if share is None or share > LITTLE or final is None or first is None or not steps:
        return None
    if final > 1.05 * max(first, case.objective.constant_loss or first):
        return None
    sound = gain(case, "reference")
    if sound is not None and sound < GAIN:  # the rows hold no more
        return None
    evidence = f"after {steps} steps {max(0.0, share):.0%} of one answer's loss is gone"
    return Sign(0.7, evidence, {"steps": float(steps), "learnt": share}, loss_picture(case))


def _untried(case: Case, fall: float, steps: int) -> Sign | None:
    share = learnt(case)
    if share is None or share > 0.3 or fall < STEEP or steps > FEW:
        return None
    evidence = (
        f"after {steps} steps {share:.0%} of one answer's loss is gone, and it still falls by {fall:.1%} "
        "from the last fifth of the steps but one to the last"
    )
    return Sign(0.5, evidence, {"steps": float(steps), "late fall": fall}, loss_picture(case))


TOO_FEW_STEPS = Illness(
    code="optimisation.too-few-steps",
    name="Too few steps",
    severity="warning",
    what="Training ends while it still learns.",
    why="The rows hold more than was taken from them.",
    seen="the loss falls by more than 2% from the last fifth of the steps but one to the last, beyond two standard "
    "errors, and four times the epochs score 0.05 higher (0.025 where there are fewer than 300 steps that fall by "
    "5%); without that trial: fewer than 300 steps, falling by 5%, with 70% of one answer's loss left; or fewer than "
    "50 steps with 60% of it left, unless a sound network does no better (DeepFD, Cao et al. 2022)",
    example="five epochs of batches of 2000",
    remedies=(
        Change("epochs", 4.0, "train four times as long"),
        Change("learning_rate", 10.0, "multiply the learning rate by 10"),
        Change("batch_size", 0.1, "take batches a tenth as large: ten times the steps"),
    ),
    examine=examine,
    explains=("generalisation.underfitting", "optimisation.plateau", "signal.constant-output"),
)
