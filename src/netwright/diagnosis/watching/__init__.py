"""Looking on at anybody's PyTorch training, and telling it as a case: see `watch`.

Takes a network and its optimizers while a loop of the user's trains them. Hands on a case, findings and, for probes and
treatment, the material to train again. The loop's numbers are the same with and without it.
"""

from netwright.diagnosis.watching.watch import Doctor, watch

__all__ = ["Doctor", "watch"]
