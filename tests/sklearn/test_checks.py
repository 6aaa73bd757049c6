"""scikit-learn's own checks of an estimator, every one by its name; none is expected to fail."""

import functools

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from netwright.sklearn import EnsembleClassifier, EnsembleRegressor, NetworkClassifier, NetworkRegressor

ESTIMATORS = (NetworkClassifier, NetworkRegressor, EnsembleClassifier, EnsembleRegressor)


def named_checks():
    for kind in ESTIMATORS:
        seen = {}
        for estimator, check in estimator_checks_generator(kind()):
            name = f"{kind.__name__}-{said(check)}"
            seen[name] = seen.get(name, 0) + 1
            yield pytest.param(estimator, check, id=name if seen[name] == 1 else f"{name}-{seen[name]}")


def said(check) -> str:
    """check_classifiers_train(readonly_memmap=True): the check and what it is asked for beside the estimator."""
    inner, settings = check, {}
    while isinstance(inner, functools.partial):
        settings |= inner.keywords
        inner = inner.func
    told = ", ".join(f"{name}={value}" for name, value in settings.items())
    return f"{inner.__name__}({told})" if told else inner.__name__


@pytest.mark.parametrize(("estimator", "check"), list(named_checks()))
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_no_check_was_left_out(kind):
    """The sample weight, sparse, missing cell and partial_fit checks are made because the tags and methods say so."""
    names = {said(check) for _, check in estimator_checks_generator(kind())}
    wanted = {
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weight_equivalence_on_sparse_data",
        "check_estimators_partial_fit_n_features",
        "check_estimator_sparse_matrix",
        "check_methods_subset_invariance",
        "check_fit_idempotent",
    }
    assert not [name for name in wanted if not any(found.startswith(name) for found in names)]
    assert len(names) > 50
