"""A seed for each purpose."""

from netwright.core.seeds import derive_seed


def test_purposes_are_independent_and_stable():
    assert derive_seed(0, "split") != derive_seed(0, "dropout")
    assert derive_seed(0, "split") == derive_seed(0, "split")
    assert derive_seed(0, "order", 1) != derive_seed(0, "order", 2)
    assert 0 <= derive_seed(123, "x") < 2**63
