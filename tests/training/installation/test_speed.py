import importlib.util
import math

import pytest
import torch

from netwright.training.engines.fused import cache
from netwright.training.installation import speed

WIDE = frozenset({"avx", "avx2", "avx512f"})


@pytest.fixture(autouse=True)
def free(monkeypatch):
    for name in (*speed.HOLDS, "NUMBA_DISABLE_JIT", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("taken", "flags", "verdict"),
    [
        ("SkylakeX", WIDE, "ok"),
        ("Haswell", WIDE, "warning"),
        ("Haswell", frozenset({"avx", "avx2"}), "ok"),
        ("Zen", frozenset({"avx", "avx2"}), "ok"),
        ("Prescott", frozenset({"avx", "avx2"}), "warning"),
        ("AVX2", WIDE, "warning"),
        ("neoversen1", frozenset(), "ok"),
        ("ANewOne", WIDE, "ok"),
    ],
)
def test_kernels_older_than_the_processor_are_said(taken, flags, verdict):
    check = speed.judge_kernels("NumPy: openblas", {"NumPy": taken}, flags)
    assert check.verdict == verdict
    assert bool(check.remedy) == (verdict == "warning")


def test_the_variable_that_holds_kernels_is_named(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    check = speed.judge_kernels("NumPy: openblas", {"NumPy": "Haswell", "PyTorch": "AVX512"}, WIDE)
    assert check.verdict == "warning"
    assert "OPENBLAS_CORETYPE=Haswell" in check.found
    assert "AVX-512, which NumPy leaves unused" in check.found
    assert check.remedy.startswith("unset OPENBLAS_CORETYPE")


def test_the_kernels_of_this_process_are_found():
    check = speed.check_kernels({})
    assert "NumPy: " in check.found
    assert "SciPy: " in check.found
    assert "PyTorch: " in check.found


def test_numba_that_is_absent_broken_or_switched_off_is_a_warning(monkeypatch):
    assert "bad numpy" in speed.check_fused({"numba": "ImportError: bad numpy"}).found
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert speed.check_fused({}).remedy == "unset NUMBA_DISABLE_JIT"
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert speed.check_fused({}).remedy == "pip install 'netwright[fused]'"


@pytest.fixture
def fresh_cache(monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    cache.folder.cache_clear()
    yield
    cache.folder.cache_clear()


@pytest.mark.usefixtures("fresh_cache")
def test_the_fused_engine_says_whether_it_is_compiled_and_where(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    check = speed.check_fused({})
    assert check.verdict == "ok"
    assert check.found.startswith("not compiled yet")
    assert str(tmp_path) in check.found
    (cache.folder() / "run_steps.nbc").touch()
    assert speed.check_fused({}).found.startswith("compiled;")


@pytest.mark.usefixtures("fresh_cache")
def test_a_cache_that_cannot_be_kept_is_a_warning(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    check = speed.check_fused({})
    assert check.verdict == "warning"
    assert "may be emptied" in check.found
    assert "NUMBA_CACHE_DIR" in check.remedy


def test_more_threads_than_cores_is_a_warning(monkeypatch):
    monkeypatch.setattr(speed, "usable_cores", lambda: 2)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    check = speed.check_threads()
    assert check.verdict == "warning"
    assert check.remedy.startswith("set OMP_NUM_THREADS=2")


def test_the_quota_of_a_container_is_read(tmp_path):
    assert speed._quota(tmp_path) == math.inf
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("150000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert speed._quota(tmp_path) == 1.5
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert speed._quota(tmp_path) == math.inf
    (tmp_path / "cpu.max").write_text("400000 100000\n")
    assert speed._quota(tmp_path) == 4


def test_a_gpu_that_cannot_compute_is_a_fault(monkeypatch):
    def broken(_):
        raise RuntimeError("no kernel image is available\nmore")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "A GPU")
    monkeypatch.setattr(torch.cuda, "mem_get_info", broken)
    check = speed.check_gpu()
    assert check.verdict == "fault"
    assert check.found == "A GPU cannot compute: no kernel image is available"
