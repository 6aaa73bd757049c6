"""Whatever stands in explanations.json, the run opens and answers, what is wrong is said once, and nothing is lost."""

import dataclasses
import json

import msgspec
import pytest

import netwright as nw
from netwright.api.tables import Run, write_report
from netwright.core.errors import RunError
from netwright.core.explanations import Explained
from netwright.core.files import to_json
from tests.conftest import flowers_csv
from tests.report.explanations import EXPLAINED, IMPORTANCE

WHOLE = to_json(EXPLAINED)
TREE = json.loads(WHOLE)
HUGE = dataclasses.replace(EXPLAINED, importance=dataclasses.replace(IMPORTANCE, rows=10**18))
CONTENTS = {
    "nothing": b"",
    "cut off": WHOLE[: len(WHOLE) // 2],
    "another type": b'{"rows": 3}',
    "a list": b"[]",
    "no UTF-8": b"\xff\xfe",
    "nested": b"[" * 100_000,
    "missing keys": b'{"rows": [{"row": 1}]}',
    "NaN": WHOLE.replace(b'"amount": 2.6', b'"amount": NaN'),
    "null for a number": WHOLE.replace(b'"amount": 2.6', b'"amount": null'),
    "a number beyond all": WHOLE.replace(b'"amount": 2.6', b'"amount": 1e400'),
    "huge numbers": WHOLE.replace(b'"amount": 2.6', b'"amount": 1.7e308'),
    "a huge whole number": to_json(HUGE).replace(b"1000000000000000000", b"1" + b"0" * 200),
    "more digits than Python writes": to_json(HUGE).replace(b"1000000000000000000", b"1" + b"0" * 5000),
    "no version": json.dumps(TREE | {"version": -1}).encode(),
    "steps before the first": WHOLE.replace(b'"rows": null,\n          "steps": [\n            6', b'"steps": [\n -6'),
    "a newer version": json.dumps(TREE | {"version": 2, "rows": [], "surfaces": [1, 2]}).encode(),
}
QUICK = ("--rows", 1, "--no-importance", "--method", "saliency")


def plant(run, name):
    content = CONTENTS[name]
    assert content != WHOLE
    (run / "explanations.json").write_bytes(content)
    return content


@pytest.mark.parametrize("name", CONTENTS)
def test_the_run_opens_and_drawing_it_says_one_sentence_and_writes_nothing(run_copy, name):
    content, page = plant(run_copy, name), (run_copy / "report.html").read_bytes()
    run = nw.load(run_copy)
    assert run.summary.evaluation.headline == "accuracy"
    with pytest.raises(RunError, match=r"explanations\.json cannot be read: .*; explain again") as error:
        write_report(Run(run_copy))
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400
    assert (run_copy / "report.html").read_bytes() == page
    assert (run_copy / "explanations.json").read_bytes() == content


@pytest.mark.parametrize("name", ["cut off", "huge numbers", "a newer version"])
def test_explaining_again_says_what_was_wrong_and_keeps_the_file(netwright, run_copy, name):
    content = plant(run_copy, name)
    found = netwright("explain", run_copy, *QUICK)
    assert found.code == 0, found.err
    said = " ".join(found.out.split())
    assert "note: explanations.json cannot be read: " in said
    assert "it is kept as explanations-unread-1.json, and a new one takes its place" in said
    assert ("a newer netwright" in said) == (name == "a newer version")
    assert (run_copy / "explanations-unread-1.json").read_bytes() == content
    assert len(msgspec.json.decode((run_copy / "explanations.json").read_bytes(), type=Explained).rows) == 1
    assert "it is kept as" in (run_copy / "report.html").read_text()


def test_a_second_file_that_cannot_be_read_does_not_take_the_place_of_the_first(netwright, run_copy):
    for number, name in enumerate(("nothing", "a list"), 1):
        content = plant(run_copy, name)
        assert netwright("explain", run_copy, *QUICK).code == 0
        assert (run_copy / f"explanations-unread-{number}.json").read_bytes() == content
    assert (run_copy / "explanations-unread-1.json").read_bytes() == CONTENTS["nothing"]


def test_evaluating_does_not_read_it(netwright, run_copy, tmp_path):
    table = tmp_path / "more.csv"
    table.write_text(flowers_csv(40))
    before = netwright("evaluate", run_copy, table)
    for name in ("cut off", "huge numbers"):
        content = plant(run_copy, name)
        assert netwright("evaluate", run_copy, table) == before
        assert netwright("show", run_copy).code == 0
        assert (run_copy / "explanations.json").read_bytes() == content
