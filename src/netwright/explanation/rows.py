"""Explanations of single rows of any data that a run reads: tables, images, texts and time series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from netwright.core.errors import ContractError
from netwright.core.explanations import Explanation, ImageHeat, SeriesHeat, TextHeat
from netwright.data import Conformed, Prepared, prepare
from netwright.data.series_store import lengths_of
from netwright.explanation.amounts import Amounts, amounts_of, follows_gradients
from netwright.explanation.asked import Asked, Keep, Pieces
from netwright.explanation.chosen_rows import classes_said
from netwright.explanation.gallery import picture_of
from netwright.explanation.image_pieces import image_pieces
from netwright.explanation.maps import MAPS, map_amounts
from netwright.explanation.methods import METHODS
from netwright.explanation.parts import parts_of_row
from netwright.explanation.players import Player, players_of
from netwright.explanation.question import Evidence, Question
from netwright.explanation.reading import Inputs, Reading
from netwright.explanation.references import references_for
from netwright.explanation.series_pieces import series_pieces
from netwright.explanation.table_pieces import cell_text, table_pieces
from netwright.explanation.text_pieces import pieces_with_gaps, rewritten, text_pieces
from netwright.explanation.trust import Explainer, Trust, trust_in
from netwright.explanation.words import label_of
from netwright.training.inference import Model, answer
from netwright.training.parts import inputs_of

TESTED = 20  # rows that all tests are made of
OTHERS = 512  # rows of the source that references and usual cells are taken from


@dataclass(frozen=True)
class Background:
    """The rows that are explained, as the network reads them, and rows to compare them with."""

    model: Model
    conformed: Conformed
    positions: NDArray[np.int64]  # in the frame
    part: Prepared
    others: NDArray[np.int64]  # positions of rows to compare with; none where all rows are explained

    @property
    def players(self) -> tuple[Player, ...]:
        return players_of(self.model.preparation)

    @property
    def kind(self) -> str:
        """table, image, text or series: what the network reads, where that is one thing."""
        preparation, players = self.model.preparation, self.players
        if len(players) > 1:
            return "table"
        only = players[0]
        if only.third:
            return "image" if preparation.image is not None else "series"
        return "text" if preparation.texts else "table"


def explain_rows(
    model: Model,
    conformed: Conformed,
    rows: Sequence[int],
    method: str = "auto",
    seed: int = 0,
    tests: int = TESTED,
) -> tuple[Explanation, ...]:
    """Explain the answers of some rows.

    Args:
        model: a trained network with its contract.
        conformed: rows of a source; others of them are what the rows are compared with.
        rows: positions in the conformed table, from 0.
        method: a name of METHODS, or "auto": by the kind of data and network.
        seed: of what is drawn.
        tests: rows that all tests are made of; of the others completeness alone is told.

    Raises:
        RecipeError: the method is unknown or does not fit the network.
        ContractError: a row is not there.
    """
    background = _background(model, conformed, rows)
    if not len(background.positions):
        return ()
    said = answer(model, conformed.table, background.positions)
    asked, against = asked_of(background, said)
    taken, why = (method, "asked for") if method != "auto" else _choose(background, asked)
    explain = _explainer(taken, seed)
    found = explain(asked)
    trust = trust_in(asked, found, explain, tests)
    every = [_explanation(background, said, asked.pieces[row], row, found, trust[row]) for row in range(len(rows))]
    return tuple(_said_how(one, taken, why, against) for one in every)


def _background(model: Model, conformed: Conformed, rows: Sequence[int]) -> Background:
    height = conformed.table.frame.height
    missing = [row for row in rows if not 0 <= row < height]
    if missing:
        raise ContractError(f"explain: expected rows from 0 to {height - 1:,}, got {missing[0]:,}; choose another row")
    positions = np.array(rows, dtype=np.int64)
    others = np.setdiff1d(np.arange(height), positions)
    if len(others):
        others = others[np.unique(np.linspace(0, len(others) - 1, min(OTHERS, len(others))).round().astype(int))]
    part = prepare(conformed.table, model.schema, model.preparation, positions, with_target=False)
    return Background(model, conformed, positions, part, others)


def asked_of(background: Background, said: NDArray[np.float64]) -> tuple[Asked, str]:
    """Return the rows as the methods take them, and what they are compared with, in words."""
    model, part = background.model, background.part
    inputs = inputs_of(part)
    table, some = background.conformed.table, background.others[: None if background.kind == "table" else 1]
    others = prepare(table, model.schema, model.preparation, some, False) if len(some) else part.rows(slice(0))
    references = references_for(model.module, model.preparation, part, others)
    question = Question(Reading(model.module, inputs), evidence_for(model, said))
    texts = _texts(background) if background.kind == "text" else []
    pieces = _pieces(background, inputs, texts)

    def rewriting(row: int, keep: Keep) -> Inputs:
        return rewritten(
            model.preparation.texts[0], texts[row], keep, tuple(tensor[row : row + 1] for tensor in inputs)
        )

    found = Asked(question, inputs, references.inputs, tuple(pieces), rewriting if texts else None)
    return found, references.against


def evidence_for(model: Model, said: NDArray[np.float64]) -> Evidence:
    """Return what is explained: log-odds of the answered class, or the value in the target's unit."""
    if said.ndim == 1:
        target = model.preparation.target
        return Evidence(scale=target.deviation, shift=target.mean)
    classes = classes_said(said, model.calibration.threshold)
    return Evidence(torch.from_numpy(classes), model.calibration.temperature)


def unit_of(model: Model, said: NDArray[np.float64], row: int) -> str:
    """Return the unit of a row's evidence."""
    if said.ndim == 1:
        return model.schema.target
    return f"log-odds of {model.schema.classes[int(classes_said(said, model.calibration.threshold)[row])]}"


def _pieces(background: Background, inputs: Inputs, texts: list[str]) -> list[Pieces]:
    rows = len(background.positions)
    if background.kind == "text":
        words = background.model.preparation.texts[0]
        return [text_pieces(words, text, inputs, row) for row, text in enumerate(texts)]
    if background.kind == "image":
        return [image_pieces(inputs, 2)] * rows
    if background.kind == "series":
        return [series_pieces(inputs, 2, 2, int(length)) for length in lengths_of(inputs[2].numpy())]
    frame = background.conformed.table.frame
    return table_pieces(
        background.players, inputs, frame[background.positions.tolist()], frame[background.others.tolist()]
    )


def _texts(background: Background) -> list[str]:
    column = background.model.preparation.texts[0].column
    cells = background.conformed.table.frame[column].cast(pl.String).fill_null("")
    return cells.gather(background.positions).to_list()


def _choose(background: Background, asked: Asked) -> tuple[str, str]:
    if follows_gradients(asked):
        what = {"table": "columns", "image": "pixels", "text": "words", "series": "steps"}[background.kind]
        return "integrated gradients", f"gradients reach all {what} of this network, and its amounts add up"
    return "occlusion", "a layer of this network has no gradient, so its answers are asked without each part"


def _explainer(method: str, seed: int) -> Explainer:
    if method in MAPS:
        return lambda asked: map_amounts(asked, method)
    return lambda asked: amounts_of(asked, method, seed)


def _said_how(one: Explanation, method: str, why: str, against: str) -> Explanation:
    assert method in METHODS
    return replace(one, method=method, why=why, against=against)


def _explanation(
    background: Background, said: NDArray[np.float64], pieces: Pieces, row: int, found: Amounts, trust: Trust
) -> Explanation:
    model, position = background.model, int(background.positions[row])
    table = background.conformed.table
    classes = model.schema.classes
    number = int(classes_said(said, model.calibration.threshold)[row]) if said.ndim == 2 else None
    target = table.frame[model.schema.target][position] if model.schema.target in table.frame.columns else None
    return Explanation(
        row=int(table.row[position]),
        answer=label_of(said[row] if number is None else number, classes if number is not None else ()),
        method="",
        why="",
        unit=unit_of(model, said, row),
        output=float(found.output[row]),
        reference=float(found.reference[row]),
        parts=parts_of_row(pieces, found, row),
        checks=trust.checks,
        truth="" if target is None else cell_text(target),
        probability=None if number is None else float(said[row, number]),
        deletion=trust.deletion,
        insertion=trust.insertion,
        image=_image(background, found, row),
        series=_series(background, found, row),
        texts=_heat_of_text(background, found, row),
    )


def _image(background: Background, found: Amounts, row: int) -> ImageHeat | None:
    places = found.places_of(row)
    pixels = background.part.pixels
    if pixels is None or places is None:
        return None
    return ImageHeat(picture_of(pixels[row]), _rows_of(places[2].sum(dim=0)))


def _rows_of(amounts: Tensor) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(f"{value:.4g}") for value in line) for line in amounts.tolist())


def _series(background: Background, found: Amounts, row: int) -> SeriesHeat | None:
    places, series = found.places_of(row), background.part.series
    if series is None or places is None:
        return None
    length = int(lengths_of(series[row : row + 1])[0])
    values = tuple(
        tuple(float(f"{value:.6g}") if np.isfinite(value) else None for value in channel.tolist())
        for channel in series[row, :, :length]
    )
    names = tuple(str(number) for number in range(1, len(values) + 1))
    return SeriesHeat(names, values, _rows_of(places[2][:, :length]))


def _heat_of_text(background: Background, found: Amounts, row: int) -> tuple[TextHeat, ...]:
    """Return the words of each text column with their amounts."""
    places, heats = found.places_of(row), []
    position = int(background.positions[row])
    inputs = inputs_of(background.part)
    start = len(background.model.preparation.embeddings)
    for words in background.model.preparation.texts:
        text = str(background.conformed.table.frame[words.column][position] or "")
        if background.kind == "text":
            amounts = found.parts[row]
        elif places is not None:
            columns = slice(start, start + words.columns)
            own = text_pieces(words, text, (inputs[0], inputs[1][:, columns]), row)
            amounts = own.amounts((places[0].unsqueeze(0), places[1][columns].unsqueeze(0)))[0]
        else:
            continue
        heats.append(TextHeat(words.column, *pieces_with_gaps(text, amounts.tolist())))
        start += words.columns
    return tuple(heats)
