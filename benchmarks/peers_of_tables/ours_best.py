"""Our `fit --quality best`."""

from peers_of_tables.ours import fitted
from peers_of_tables.tables import Division


def measure(division: Division, seed: int) -> dict[str, float]:
    return fitted(division, seed, {"preset.quality": "best"})
