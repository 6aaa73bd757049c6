import io

import pytest
from rich.console import Console

from netwright.core.findings import Finding
from netwright.core.values import Choice
from netwright.report.tables import (
    choices_table,
    data_table,
    final_table,
    findings_table,
    networks_table,
    recipes_table,
)


def printed(table) -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()


def test_every_table_prints_for_every_run(any_run):
    for table in (
        final_table(any_run),
        networks_table(any_run) or "",
        data_table(any_run.schema),
        choices_table(any_run.choices),
        findings_table(any_run.findings),
    ):
        assert printed(table)


def test_the_final_table_shows_measures_beside_baselines(classification):
    text = printed(final_table(classification))
    line = next(line for line in text.splitlines() if "Accuracy" in line)
    assert line.split() == ["Accuracy", "↑", "0.958", "0.925–0.983", "0.632", "0.965"]


def test_names_that_look_like_markup_stay_names():
    text = printed(choices_table([Choice("[red]x[/red]", "[bold]", "[link=file:///etc/passwd]why[/link]")]))
    assert "[red]x[/red]" in text
    assert "[link=file:///etc/passwd]why[/link]" in text


def test_findings_come_worst_first(classification):
    text = printed(findings_table([*classification.findings, Finding("x", "error", "Broken", "seen")]))
    assert text.index("error: Broken") < text.index("warning:") < text.index("note:")


@pytest.mark.parametrize("name", ["mean texture", "ward", "patient id"])
def test_the_data_table_names_each_column(classification, name):
    assert name in printed(data_table(classification.schema))


def test_an_ensemble_says_what_its_networks_are_worth(crossed, classification):
    said = printed(networks_table(crossed))
    assert "0.951 ± 0.008 alone" in said
    assert "over 5 folds" in said
    assert "Still getting better" in said
    assert "40 networks" in printed(final_table(crossed))
    assert networks_table(classification) is None


def test_recipes_are_told_with_losses_that_can_be_told_apart(compared):
    said = printed(recipes_table(compared.contest))
    assert "0.0701" in said
    assert "0.0704" in said
    assert "realmlp" in said
    assert "held-out log loss" in said
    assert compared.contest.verdict in " ".join(printed(networks_table(compared)).split())
    assert "contenders." not in printed(choices_table(compared.choices))
