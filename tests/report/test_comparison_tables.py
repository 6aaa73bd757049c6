"""A comparison on a terminal."""

import io

import pytest
from rich.console import Console

from netwright.report.comparison_tables import claims_table, cost_table, goodness_table
from tests.report.contests import comparison


def printed(table) -> str:
    console = Console(file=io.StringIO(), width=170)
    console.print(table)
    return console.file.getvalue()


def test_how_good_each_model_is():
    said = printed(goodness_table(comparison()))
    assert "→ decision tree" in said
    assert "Accuracy ↑" in said
    assert "50 rows" in said
    assert "800 rows" not in said  # that is the metric itself


def test_what_each_model_costs():
    lines = printed(cost_table(comparison())).splitlines()
    row = next(line for line in lines if line.strip().startswith("decision tree"))
    assert " ".join(row.split()) == "decision tree 10 ms 1.9 MB 4.0 kB 100 µs 2.0 ms 27 91%"


@pytest.mark.parametrize("ruling", ["confirmed", "not confirmed"])
def test_each_claim_has_its_ruling(ruling):
    assert ruling in printed(claims_table(comparison()))
