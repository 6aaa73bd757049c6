"""Causes before symptoms, worst first."""

from dataclasses import replace

from netwright.core.findings import Curve, Finding, Sketch
from netwright.report.diagnosis_tables import diagnosis_table, trials_table
from netwright.report.findings import grouped
from tests.report.treatments import TREATMENT
from tests.report.wide import printed


def finding(code, severity="warning", explained_by="", **more):
    words = (f"title of {code}", f"evidence of {code}", f"mend {code}")
    return Finding(code, severity, *words, explained_by=explained_by, **more)


CAUSE, SYMPTOM = finding("a.cause", "error", where="net.py:3", why="it hurts"), finding("b.symptom", "note", "a.cause")
ALONE, LOST = finding("c.alone"), finding("d.lost", "note", "x.not-there")


def test_symptoms_stand_beneath_their_cause_and_the_worst_comes_first():
    groups = grouped([LOST, ALONE, SYMPTOM, CAUSE])
    assert [group.cause for group in groups] == [CAUSE, ALONE, LOST]
    assert groups[0].symptoms == (SYMPTOM,)


def test_no_finding_is_lost():
    every = [LOST, ALONE, SYMPTOM, CAUSE]
    shown = [one for group in grouped(every) for one in (group.cause, *group.symptoms)]
    assert sorted(one.code for one in shown) == sorted(one.code for one in every)


def test_a_picture_that_the_cause_shows_is_not_drawn_again():
    sketch = Sketch("Loss", "step", "loss", (Curve("loss", (0.0, 1.0), (1.0, 2.0)),))
    cause, symptom = replace(CAUSE, sketch=sketch), replace(SYMPTOM, sketch=sketch)
    assert grouped([cause, symptom])[0].symptoms == (SYMPTOM,)


def test_symptoms_follow_their_cause_which_says_where():
    text = printed(diagnosis_table([SYMPTOM, CAUSE]))
    assert text.index("title of a.cause") < text.index("so  title of b.symptom")
    assert "at net.py:3" in text
    assert "it hurts" in text
    assert "mend b.symptom" not in text


def test_markup_in_a_finding_stays_text():
    assert "[red]x[/red]" in printed(diagnosis_table([finding("[red]x[/red]")]))


def test_the_trial_table_holds_every_trial_and_its_verdict():
    text = printed(trials_table(TREATMENT))
    for row in TREATMENT.rows:
        assert row.words in text
    kept = next(line for line in text.splitlines() if "take <b>Adam</b>" in line)
    assert kept.split()[-7:] == ["0.800", "0.700", "0.650", "kept,", "p", "=", "0.001"]
