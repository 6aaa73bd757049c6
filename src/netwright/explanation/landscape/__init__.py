"""The loss around a trained network: surfaces, the way of training on its plane, and how sharp the loss is.

`landscape` draws anybody's module, `landscape_of_run` the network of a run.
"""

from netwright.explanation.landscape.drawing import landscape, landscape_of_run
from netwright.explanation.landscape.request import LandscapeRequest

__all__ = ["LandscapeRequest", "landscape", "landscape_of_run"]
