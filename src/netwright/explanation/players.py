"""The columns of a table as the parts of an explanation: which prepared numbers each raw column wrote.

A raw column may become many inputs of the network: its scaled value beside its quantile, an indicator of missing
cells, one input a category, an index into an embedding, the words of a text. They come and go together.
"""

from dataclasses import dataclass

from netwright.data import Preparation


@dataclass(frozen=True)
class Player:
    """One raw feature column, and all that it wrote of the prepared arrays."""

    name: str
    numeric: tuple[int, ...] = ()  # columns of Prepared.numeric
    categorical: tuple[int, ...] = ()  # columns of Prepared.categorical
    third: bool = False  # whether it is the image or the series


def players_of(preparation: Preparation) -> tuple[Player, ...]:
    """Return a player for each feature column: those that write numbers, embedded ones, texts, then image or series."""
    numeric: dict[str, list[int]] = {name: [] for name in preparation.order}
    at = 0
    for encoder in preparation.encoders:
        numeric[encoder.column] += range(at, at := at + len(encoder.names))
    players = [Player(name, numeric=tuple(positions)) for name, positions in numeric.items()]
    players += [Player(cells.column, categorical=(at,)) for at, cells in enumerate(preparation.embeddings)]
    at = len(preparation.embeddings)
    for words in preparation.texts:
        players.append(Player(words.column, categorical=tuple(range(at, at := at + words.columns))))
    for third in (preparation.image, preparation.series):
        players += [] if third is None else [Player(third.column, third=True)]
    return tuple(players)
