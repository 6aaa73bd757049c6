"""Folders of texts: every file is a row or set aside with its reason."""

import pytest

import netwright as nw
from netwright.core.errors import SourceError
from netwright.data import ReadOptions, read_table
from netwright.data.sources.tables.text_folders import MOST_BYTES
from tests.training.test_texts import reviews

LOOSE = ReadOptions(max_rejected=0.9)


def put(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.txt").write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def texts(tmp_path):
    put(tmp_path / "texts/good", b="a lovely film\n", a="\ufeffgreat")
    put(tmp_path / "texts/bad", c="awful".encode("utf-16"), d=b"caf\xe9 was poor", e="")
    put(tmp_path / "texts/.hidden", x="not read")
    (tmp_path / "texts/good/notes.md").write_text("not read")
    return tmp_path / "texts"


def test_files_are_rows_in_the_order_of_their_names_and_folders_are_labels(texts):
    (texts / "bad" / "c.txt").unlink()
    table = read_table(texts)
    assert table.frame["file"].to_list() == ["bad/d.txt", "bad/e.txt", "good/a.txt", "good/b.txt"]
    assert table.frame["label"].to_list() == ["bad", "bad", "good", "good"]
    assert table.frame["text"].to_list() == ["café was poor", None, "great", "a lovely film"]
    assert table.chosen("data.target") == "label"
    assert table.chosen("data.files") == 4
    assert read_table(str(texts)).fingerprint == table.fingerprint
    put(texts / "good", b="another")
    assert read_table(texts).fingerprint != table.fingerprint


def test_what_is_no_text_is_set_aside_with_its_name(texts):
    put(texts / "bad", big=b"x" * (MOST_BYTES + 1))
    (texts / "bad" / "gone.txt").symlink_to(texts / "nowhere")
    table = read_table(texts, LOOSE)
    assert [(fault.row, fault.value) for fault in table.rejected] == [(1, "bad/big.txt"), (2, "bad/c.txt")]
    assert "1,048,577 bytes" in table.rejected[0].reason
    assert "zero byte" in table.rejected[1].reason
    assert (table.total, table.frame.height) == (6, 4)
    assert table.row.tolist() == [3, 4, 5, 6]
    with pytest.raises(SourceError, match="2 of 6 rows"):
        read_table(texts)
    assert read_table(texts, ReadOptions(max_rejected=0.9, encoding="utf-16")).rejected


def test_files_without_folders_have_no_label_and_parts_must_be_named(tmp_path):
    put(tmp_path / "new", a="great", b="awful")
    assert read_table(tmp_path / "new").frame.columns == ["file", "text"]
    for part in ("train", "test"):
        put(tmp_path / "corpus" / part / "good", a="great")
        put(tmp_path / "corpus" / part, a="stray")
    with pytest.raises(SourceError, match=r"netwright fit .*corpus/train --test .*corpus/test"):
        read_table(tmp_path / "corpus")


def test_a_folder_without_texts_is_refused_as_before(tmp_path):
    (tmp_path / "empty" / "below").mkdir(parents=True)
    with pytest.raises(SourceError, match="got another folder"):
        read_table(tmp_path / "empty")
    put(tmp_path / "binary", a=b"\0\1\2")
    with pytest.raises(SourceError, match=r"expected \.txt files that hold text, got none"):
        read_table(tmp_path / "binary")


def test_a_network_is_trained_from_a_folder_and_answers_for_another(tmp_path):
    for name, rows in (("train", reviews(400)), ("test", reviews(100, seed=1))):
        for number, (text, _, label) in enumerate(rows.iter_rows()):
            put(tmp_path / name / label, **{f"{number:03}": text})
    settings = {"preset.recipe": "bag", "training.epochs": 4, "network.text_pairs": 64, "training.batch_size": 16}
    options = nw.FitOptions(runs=tmp_path / "runs")
    run = nw.fit(tmp_path / "train", test=str(tmp_path / "test"), settings=settings, options=options)
    assert run.schema.target == "label"
    assert run.evaluation.metrics["accuracy"].value > 0.75
    put(tmp_path / "new", a="The film was superb", b="The plot was awful")
    assert run.predict(tmp_path / "new")["prediction"].to_list() == ["yes", "no"]
