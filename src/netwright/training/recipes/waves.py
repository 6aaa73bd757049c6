"""The default with waves: numbers become periodic embeddings in place of piecewise ones.

Source of the embedding: Holzmüller, Grinsztajn, Steinwart, Better by default, 2024, after Gorishniy, Rubachev, Babenko,
On embeddings for numerical features in tabular deep learning, 2022.
"""

from netwright.core.values import Choice, Task
from netwright.training.recipes import netwright, single

EMBEDDING = ("network.embedding_size", "network.bins", "network.edges_from")


def choices(task: Task, train_rows: int) -> tuple[Choice, ...]:
    """Return what the recipe chooses for a task and a number of training rows, each with its reason."""
    smooth = "smooth where piecewise ones bend: better on some tables and worse on others"
    ours = (
        Choice("network.numeric_embedding", "periodic", smooth),
        Choice("network.frequencies", 32, "waves of each column"),
        Choice("network.frequency_scale", 0.5, "waves that a column passes once or twice"),
    )
    return single.with_changes(netwright.choices(task, train_rows), ours, without=EMBEDDING)
