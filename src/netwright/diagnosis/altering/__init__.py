"""One change carried out on a program: `apply`. A setting of `CHANGES` is a function here; networks are changed inside.

A change that does not apply, as another activation where the inside of a network cannot be followed, gives None.
"""

from netwright.diagnosis.altering.applying import apply

__all__ = ["apply"]
