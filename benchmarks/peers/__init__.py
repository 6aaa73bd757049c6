"""Who is measured beside the fused engine. One file each, of one shape: `epoch(work, rows) -> Epoch`.

All do the same work on one thread: 10,000 rows in batches of 64, the ragged last one included; linear layers with batch
normalisation, leaky ReLU and dropout; cross-entropy; Adam. Where a peer cannot, its file says so. Setting up and
compiling are not timed.
"""

import importlib
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass

from peers.alone import alone
from peers.work import AbsentError, Epoch, Rows, Work

Trains = Callable[[Work, Rows], Epoch]


@dataclass(frozen=True)
class Peer:
    file: str  # in this folder
    needs: str = "torch"  # the package without which it is absent
    pinned: bool = False  # one thread only where it has one core: it runs in a process of its own


PEERS = {
    "script": Peer("script"),
    "eager": Peer("by_hand"),
    "compiled": Peer("compiled"),
    "lightning": Peer("lightning", "lightning"),
    "skorch": Peer("skorch", "skorch"),
    "jax": Peer("jax", "jax", pinned=True),
    "scikit-learn": Peer("scikit_learn", "sklearn"),
    "floor": Peer("floor", "numba"),
}


def load(name: str) -> Trains:
    """Return the peer's `epoch`.

    Raises:
        AbsentError: its package is not installed; none is downloaded for it.
    """
    peer = PEERS[name]
    if importlib.util.find_spec(peer.needs) is None:
        raise AbsentError("not installed here")
    if peer.pinned and not hasattr(os, "sched_setaffinity"):
        raise AbsentError("has no setting for one thread, and this system none for one core")
    if peer.pinned:
        return alone(f"peers.{peer.file}")
    epoch: Trains = importlib.import_module(f"peers.{peer.file}").epoch
    return epoch
