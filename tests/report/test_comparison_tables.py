"""A comparison on a terminal."""

import io

import pytest
from rich.console import Console

from netwright.report.comparison_tables import claims_table, cost_table, goodness_table, growth_table
from netwright.report.comparison_words import short_name
from tests.report.contests import comparison


def printed(table) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(table)
    return console.file.getvalue()


def test_how_good_each_model_is():
    said = printed(goodness_table(comparison()))
    assert "→ decision tree" in said
    assert "Accuracy\u00a0↑" in said


def test_how_good_each_model_is_with_fewer_rows():
    heads = next(line for line in printed(growth_table(comparison())).splitlines() if "raw" in line and "50" in line)
    assert "800" not in heads  # that is the metric itself


@pytest.mark.parametrize("table", [goodness_table, growth_table, cost_table])
def test_80_characters_cut_nothing(table):
    said = printed(table(comparison()))
    assert "…" not in said
    assert all(len(line) <= 80 for line in said.splitlines())
    assert all(short_name(one.name) in said for one in comparison().contestants)


def test_what_each_model_costs():
    lines = printed(cost_table(comparison())).splitlines()
    row = next(line for line in lines if line.strip().startswith("decision tree"))
    assert " ".join(row.split()) == "decision tree 10 ms 1.9 MB 4.0 kB 100 µs 2.0 ms 27 91%"


@pytest.mark.parametrize("ruling", ["confirmed", "not confirmed"])
def test_each_claim_has_its_ruling(ruling):
    assert ruling in printed(claims_table(comparison()))
