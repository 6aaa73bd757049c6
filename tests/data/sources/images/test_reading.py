"""Folders, archives and manifests of images as tables: every file is a row or set aside with its reason."""

import subprocess
import sys
import zipfile

import numpy as np
import polars as pl
import pytest

from netwright.core.errors import NetwrightError, SourceError
from netwright.data import read_table
from netwright.data.sources.images.decode import Header
from netwright.data.sources.images.store import choose_shape
from netwright.data.table import ReadOptions
from tests.data.sources.images import made

LOOSE = ReadOptions(max_rejected=1.0)


def test_folders_are_labels_and_equal_images_have_one_key(tmp_path):
    root = made.write_shapes(tmp_path / "shapes", each=4)
    (root / "disc" / "copy.png").write_bytes((root / "square" / "001.png").read_bytes())
    (root / "disc" / "notes.txt").write_text("not looked at")
    (root / ".hidden").mkdir()
    (root / ".hidden" / "x.png").write_bytes(made.PNG)
    table = read_table(root)
    assert table.count.total == table.count.used == 13
    assert table.frame["label"].to_list() == ["disc"] * 5 + ["square"] * 4 + ["stripes"] * 4
    named = dict(zip(table.frame["file"], table.frame["image"], strict=True))
    assert named["disc/copy.png"] == named["square/001.png"]
    assert len(set(named.values())) == 12
    expected = made.shape_of("stripes", 2).transpose(2, 0, 1)
    assert np.array_equal(
        table.pictures.of(table.frame["image"])[table.frame["file"].index_of("stripes/002.png")], expected
    )
    assert "1 other files" in next(choice.reason for choice in table.choices if choice.name == "data.files")
    assert table.fingerprint == read_table(str(root)).fingerprint


def test_parts_and_folders_around_everything_are_told(tmp_path):
    root = made.write_shapes(tmp_path / "a" / "b", each=2, parts=("Train", "val", "test"))
    table = read_table(tmp_path / "a")
    assert table.frame["part"].to_list() == ["train"] * 6 + ["test"] * 6 + ["val"] * 6
    assert table.chosen("split.column") == "part"
    assert set(table.frame["label"]) == {"disc", "square", "stripes"}
    assert read_table(root / "val").frame.columns == ["file", "image", "label"]


def test_an_archive_gives_the_rows_of_its_folder(tmp_path):
    root = made.write_shapes(tmp_path / "shapes", each=3)
    with zipfile.ZipFile(tmp_path / "shapes.zip", "w") as archive:
        for path in sorted(root.rglob("*.png")):
            archive.write(path, path.relative_to(tmp_path))
        archive.writestr("__MACOSX/shapes/disc/._000.png", b"x")
    packed, plain = read_table(tmp_path / "shapes.zip"), read_table(root)
    assert packed.frame["image"].equals(plain.frame["image"])
    assert packed.frame["label"].equals(plain.frame["label"])


def test_hostile_files_are_set_aside_and_counted(tmp_path):
    folder = tmp_path / "x" / "odd"
    folder.mkdir(parents=True)
    for name, (content, _) in made.HOSTILE.items():
        (folder / name).write_bytes(content)
    (folder / "gone.png").symlink_to(folder / "nowhere")
    (folder / "folder.png").mkdir()
    table = read_table(tmp_path / "x", LOOSE)
    sound = sorted(name for name, (_, usable) in made.HOSTILE.items() if usable)
    assert table.frame["file"].to_list() == sound or table.frame["file"].str.split("/").list.last().to_list() == sound
    assert table.count.total == len(made.HOSTILE) + 1
    refused = {item.value.split("/")[-1]: item.reason for item in table.rejected}
    assert refused.keys() == {name for name, (_, usable) in made.HOSTILE.items() if not usable} | {"gone.png"}
    assert all(refused.values())
    assert table.chosen("data.animated") == 1
    with pytest.raises(SourceError, match=r"rows .* would be set aside, more than 10%"):
        read_table(tmp_path / "x")


def test_members_of_an_archive_that_grow_too_much_are_set_aside(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/good.png", made.PNG)
        archive.writestr("a/bomb.png", bytes(80 << 20))
        archive.writestr("../a/up.png", made.PNG)
    table = read_table(tmp_path / "x.zip", LOOSE)
    assert [item.value for item in table.rejected] == ["a/bomb.png"]
    assert "fill the memory" in table.rejected[0].reason


def test_a_folder_without_a_sound_image_is_refused_with_the_first_reason(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.png").write_bytes(b"")
    with pytest.raises(
        SourceError, match=r"expected images that can be read, got none; the first: a\.png: the file is empty"
    ):
        read_table(tmp_path / "x")


def test_an_image_beside_the_folders_of_classes_is_set_aside_and_in_a_folder_without_any_is_a_row(tmp_path):
    root = made.write_shapes(tmp_path / "shapes", each=4)
    (root / "stray.png").write_bytes(made.PNG)
    table = read_table(root)
    assert [(item.value, item.reason) for item in table.rejected] == [
        ("stray.png", "it lies in no folder, so it has no label")
    ]
    assert read_table(root / "disc").frame.columns == ["file", "image"]


def test_a_manifest_names_images_relative_to_itself(tmp_path):
    made.write_shapes(tmp_path / "shapes", each=2)
    rows = [(f"shapes/{label}/{seed:03}.png", label, seed) for label in ("disc", "square") for seed in range(2)]
    rows += [("shapes/missing.png", "disc", 9), (str(tmp_path / "shapes/stripes/000.png"), "stripes", 1)]
    pl.DataFrame(rows, schema=["photo", "kind", "age"], orient="row").write_csv(tmp_path / "list.csv")
    table = read_table(tmp_path / "list.csv", LOOSE)
    assert table.frame["file"].to_list() == [row[0] for row in rows if "missing" not in row[0]]
    assert table.frame["age"].to_list() == [0, 1, 0, 1, 1]
    assert [(item.row, item.column, item.value) for item in table.rejected] == [(5, "photo", "shapes/missing.png")]
    assert table.pictures.of(table.frame["photo"]).shape == (5, 3, made.SIDE, made.SIDE)


def test_small_images_of_one_size_stay_and_others_are_brought_to_one():
    same = choose_shape([Header(28, 28, True, 1)] * 3)
    assert (same.height, same.width, same.channels) == (28, 28, 1)
    photos = choose_shape([Header(533, 400, False, 1), Header(400, 300, False, 1), Header(800, 600, True, 1)])
    assert (photos.height, photos.width, photos.channels) == (112, 80, 3)
    assert "3 sizes" in photos.reason


def test_a_size_that_was_asked_for_is_taken_and_nonsense_is_refused(tmp_path):
    root = made.write_shapes(tmp_path / "shapes", each=1)
    assert read_table(root, ReadOptions(image_size=(8, 16))).pictures.shape == (3, 8, 16)
    for size in ((0, 8), (8, 100_000)):
        with pytest.raises(NetwrightError, match=r"data\.image_size: expected"):
            read_table(root, ReadOptions(image_size=size))


def test_hostile_files_take_no_memory(tmp_path):
    folder = tmp_path / "x" / "odd"
    folder.mkdir(parents=True)
    for name, (content, _) in made.HOSTILE.items():
        (folder / name).write_bytes(content)
    (folder / "text-bomb.png").write_bytes(made.with_bomb_in_text())
    (folder / "many-frames.gif").write_bytes(made.animation(200))
    good = made.write_shapes(tmp_path / "good", each=2)
    script = (
        "import resource, sys\n"
        "from netwright.data import ReadOptions, read_table\n"
        "most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "read_table(sys.argv[1]); before = most()\n"
        "table = read_table(sys.argv[2], ReadOptions(max_rejected=1.0))\n"
        "print(table.count.total, table.count.rejected, most() - before)\n"
    )
    command = [sys.executable, "-c", script, str(good), str(tmp_path / "x")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    total, rejected, grown = map(int, done.stdout.split())
    assert total == len(made.HOSTILE) + 2
    assert rejected == sum(not usable for _, usable in made.HOSTILE.values()) + 1
    assert grown < 300 * 1024  # KiB; the bombs would take gigabytes
