import os

import pytest

from netwright.training.engines.fused import cache


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    cache.folder.cache_clear()
    yield tmp_path
    cache.folder.cache_clear()


def test_the_oldest_versions_are_forgotten_when_a_new_one_comes(fresh):
    for age in range(12):
        folder = fresh / f"kernels-{age:02}"
        (folder / "deep").mkdir(parents=True)
        os.utime(folder, (1000 - age, 1000 - age))
    (fresh / "somebody-else-s").mkdir()
    chosen = cache.folder()
    assert chosen.parent == fresh
    left = sorted(path.name for path in fresh.iterdir())
    assert left == [*(f"kernels-{age:02}" for age in range(cache.KEPT)), "somebody-else-s"]


def test_nothing_is_forgotten_while_the_version_is_there(fresh):
    cache.folder().mkdir()
    cache.folder.cache_clear()
    for age in range(12):
        (fresh / f"kernels-{age:02}").mkdir()
    cache.folder()
    assert len(list(fresh.iterdir())) == 13


def test_no_folder_is_made_in_passing(fresh, monkeypatch, tmp_path):
    """It used to leave an empty one among the temporary files with each process."""
    monkeypatch.setattr(cache.tempfile, "mkdtemp", lambda: pytest.fail("made"))
    assert cache.folder().parent == fresh
    assert cache.is_lasting()
