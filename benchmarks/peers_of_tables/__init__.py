"""Who answers for a table beside our `fit`. One file each, of one shape: `measure(division, seed) -> Metrics`.

Each begins at the same two CSV files and ends at the metrics of the test rows; all of that is timed. Each runs in a
process of its own, on one core. The files' columns become numbers and codes in `problem.py`, the same for every peer.
"""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from peers_of_tables.tables import Division

Metrics = dict[str, float]
Measures = Callable[[Division, int], Metrics]


@dataclass(frozen=True)
class Peer:
    file: str  # in this folder
    needs: tuple[str, ...] = ()  # the packages without which it is absent
    slow: bool = False  # fewer seeds, unless asked for
    note: str = ""

    def missing(self) -> str:
        """Say which of its packages are not installed; empty where all are. None is downloaded for it."""
        absent = [name for name in self.needs if importlib.util.find_spec(name) is None]
        return f"not installed here: {', '.join(absent)}" if absent else ""


OURS, BEST, TREES = "netwright", "netwright, best", "HistGradientBoosting"
PEERS = {  # in the order in which they are measured
    OURS: Peer("ours", note="as a user runs it, without its own baselines"),
    TREES: Peer("hist_gradient_boosting", ("sklearn",), note="defaults"),
    "LightGBM": Peer("light_gbm", ("lightgbm",), note="defaults"),
    "scikit-learn MLP": Peer("scikit_learn", ("sklearn",), note="imputed, one-hot, scaled; early stopping"),
    BEST: Peer("ours_best", slow=True, note="--quality best"),
    "RealMLP-TD": Peer(
        "realmlp", ("pytabkit", "pandas"), slow=True, note="numbers imputed, as it takes no missing ones"
    ),
    "TabM": Peer(
        "tabm", ("tabm", "rtdl_num_embeddings"), slow=True, note="numbers imputed, unseen categories as missing"
    ),
}


def load(name: str) -> Measures:
    """Return the peer's `measure`."""
    measures: Measures = importlib.import_module(f"peers_of_tables.{PEERS[name].file}").measure
    return measures
