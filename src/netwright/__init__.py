"""Netwright builds, trains, evaluates and ships deep neural networks from one command.

>>> import netwright as nw
>>> run = nw.fit("@breast-cancer")  # doctest: +SKIP
"""

__version__ = "0.1.0"
