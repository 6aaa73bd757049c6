"""What may help: in what order, and what is tried together."""

from netwright.core.findings import Finding
from netwright.diagnosis.illness import Change
from netwright.diagnosis.treatment.remedies import Remedy, joined, remedies, together


def remedy(setting, value, finding):
    return Remedy((Change(setting, value, f"{setting} {value}"),), finding)


FASTER, LONGER, WIDER = remedy("learning_rate", 10.0, "a"), remedy("epochs", 4.0, "b"), remedy("width", 4.0, "c")
SLOWER = remedy("learning_rate", 0.1, "b")


def test_remedies_of_notes_come_last_and_each_change_once():
    note = Finding("generalisation.underfitting", "note", "", "")
    low = Finding("optimisation.rate-too-low", "error", "", "")
    found = list(remedies([note, low], None))
    codes = [one.finding for one in found]
    assert codes == sorted(codes, key=lambda code: code != low.code)
    assert len({one.values for one in found}) == len(found)


def test_one_of_each_finding_go_together_first_then_pairs_by_rank():
    smaller = remedy("batch_size", 0.1, "b")
    found = [one.settings for one in together([FASTER, LONGER, smaller, WIDER])]
    assert found[0] == ("learning_rate", "epochs", "width")
    assert found[1] == ("learning_rate", "batch_size", "width")
    assert found[2] == ("learning_rate", "epochs")
    assert all(len(set(settings)) == len(settings) > 1 for settings in found)


def test_of_two_that_set_the_same_the_first_holds():
    one = joined([FASTER, SLOWER, LONGER])
    assert one.values == (("learning_rate", 10.0), ("epochs", 4.0))
    assert one.words == "learning_rate 10.0, and epochs 4.0"
    assert one.finding == "a"


def test_a_lone_remedy_is_tried_at_other_rates_and_for_longer():
    found = [dict(one.values) for one in together([WIDER])]
    partners = [{"learning_rate": 10.0}, {"epochs": 4.0}, {"learning_rate": 0.1}]
    assert found == [{"width": 4.0, **partner} for partner in partners]
