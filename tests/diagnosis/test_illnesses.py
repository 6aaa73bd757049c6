"""The battery of illnesses: found where planted, silent on the healthy twin and on whatever is odd but sound.

A new illness is a row in the table of its family, in tests/diagnosis/cases/.
"""

import graphlib
import re
from pathlib import Path

import pytest

from netwright.diagnosis.changes import CHANGES, FACTORS
from netwright.diagnosis.doctor import FAMILIES, diagnose
from netwright.diagnosis.illnesses import ILLNESSES
from tests.diagnosis.cases import (
    architecture,
    data,
    generalisation,
    initialisation,
    mechanics,
    objective,
    optimisation,
    signal,
)
from tests.diagnosis.cases.unusual import UNUSUAL

FILES = (architecture, data, generalisation, initialisation, mechanics, objective, optimisation, signal)
ROWS = [row for file in FILES for row in file.ROWS]
NAMED = [pytest.param(row, id=f"{row.code}-{number}") for number, row in enumerate(ROWS)]
FOLDER = Path(__file__).parents[2] / "src/netwright/diagnosis/illnesses"


@pytest.mark.parametrize("row", NAMED)
def test_a_planted_illness_is_found(row):
    sign = ILLNESSES[row.code].examine(row.planted)
    assert sign is not None
    assert sign.hurts is row.hurts


@pytest.mark.parametrize("row", NAMED)
def test_a_sign_has_evidence(row):
    sign = ILLNESSES[row.code].examine(row.planted)
    assert 0.0 < sign.strength <= 1.0
    assert re.search(r"\d", sign.evidence) or sign.numbers
    assert all(isinstance(value, int | float) for value in sign.numbers.values())
    assert sign.sketch is not None
    assert all(len(curve.x) == len(curve.y) for curve in sign.sketch.curves)
    assert {change.setting for change in sign.changes} <= set(CHANGES)


@pytest.mark.parametrize("row", NAMED)
def test_the_healthy_twin_is_let_be(row):
    assert ILLNESSES[row.code].examine(row.twin) is None


@pytest.mark.parametrize("name", UNUSUAL)
def test_nothing_is_said_of_a_sound_training(name):
    assert diagnose(UNUSUAL[name]) == ()


@pytest.mark.parametrize("code", ILLNESSES)
def test_every_illness_is_in_the_table(code):
    assert any(row.code == code for row in ROWS)


def test_the_table_has_no_other():
    assert {row.code for row in ROWS} <= set(ILLNESSES)


@pytest.mark.parametrize("code", ILLNESSES)
def test_an_illness_explains_itself(code):
    illness = ILLNESSES[code]
    assert illness.family in FAMILIES
    assert (FOLDER / f"{code.replace('.', '/').replace('-', '_')}.py").exists()
    assert all(len(text) > 15 for text in (illness.what, illness.why, illness.seen, illness.example))
    assert illness.name[0].isupper()
    assert re.search(r"\b(19|20)\d\d\b", illness.seen), "no source with its year"


@pytest.mark.parametrize("code", ILLNESSES)
def test_an_illness_has_remedies_that_can_be_carried_out(code):
    remedies = ILLNESSES[code].remedies
    assert remedies
    assert {change.setting for change in remedies} <= set(CHANGES)
    assert all(change.words for change in remedies)
    assert all(isinstance(change.value, int | float) for change in remedies if change.setting in FACTORS)


def test_what_an_illness_explains_exists():
    named = {code for illness in ILLNESSES.values() for code in illness.explains}
    assert named <= set(ILLNESSES)


def test_nothing_is_its_own_cause():
    graphlib.TopologicalSorter({code: set(illness.explains) for code, illness in ILLNESSES.items()}).prepare()


def test_every_file_is_an_illness_of_the_list():
    files = {path.stem for path in FOLDER.glob("*/*.py") if path.stem != "__init__"}
    assert files == {code.split(".")[1].replace("-", "_") for code in ILLNESSES}
    assert len(ILLNESSES) >= 45
