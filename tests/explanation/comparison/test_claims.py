"""Each claim of the textbook is confirmed, refuted and left open by numbers made by hand."""

import pytest

from netwright.explanation.comparison.claims import (
    capacity,
    claims_on,
    data_volume,
    features,
    interpretability,
    resources,
)
from tests.explanation.comparison.standings import agreed, standing


def pair(shallow, deep):
    return [standing("s", "shallow", **shallow), standing("d", "deep", **deep)]


@pytest.mark.parametrize(
    ("shallow", "deep", "ruling"),
    [
        ({"full": 0.8, "raw": 0.6}, {"full": 0.8, "raw": 0.79}, "confirmed"),
        ({"full": 0.8, "raw": 0.79}, {"full": 0.8, "raw": 0.6}, "not confirmed"),
        ({"full": 0.8, "raw": 0.7, "own": 0.1}, {"full": 0.8, "raw": 0.71, "own": 0.1}, "undecided"),
        ({"full": 0.8}, {"full": 0.8, "raw": 0.7}, "undecided"),
    ],
)
def test_prepared_columns_must_bring_shallow_models_more(shallow, deep, ruling):
    assert features(pair(shallow, deep)).ruling == ruling


def test_a_side_s_gain_is_the_mean_over_its_models():
    models = [*pair({"full": 0.8, "raw": 0.7}, {"full": 0.8, "raw": 0.75}), standing("t", full=0.8, raw=0.8)]
    assert "shallow models +0.05 " in features(models).evidence


@pytest.mark.parametrize(
    ("shallow", "deep", "ruling"),
    [(0.8, 0.9, "confirmed"), (0.9, 0.8, "not confirmed"), (0.8, 0.8001, "undecided")],
)
def test_the_deep_model_must_be_better_by_more_than_the_rows_make_of_it(shallow, deep, ruling):
    claim = capacity(pair({"full": shallow}, {"full": deep}))
    assert claim.ruling == ruling
    assert "d against s: " in claim.evidence


def test_the_best_of_a_side_is_named_by_validation_rows():
    models = [*pair({"full": 0.9, "validation": 0.1}, {"full": 0.8}), standing("t", full=0.7, validation=0.5)]
    assert "against t:" in capacity(models).evidence


@pytest.mark.parametrize(
    ("small", "full", "ruling"),
    [
        ((0.7, 0.5), (0.8, 0.8), "confirmed"),  # shallow ahead with few rows, no longer with all
        ((0.5, 0.7), (0.8, 0.8), "not confirmed"),  # deep ahead with few rows
        ((0.7, 0.65), (0.9, 0.7), "not confirmed"),  # the lead grows
        ((0.7, 0.65), (0.8, 0.75), "undecided"),  # it stays
    ],
)
def test_the_lead_of_the_shallow_model_must_shrink_with_rows(small, full, ruling):
    models = pair({"small": small[0], "full": full[0]}, {"small": small[1], "full": full[1]})
    assert data_volume(models).ruling == ruling


@pytest.mark.parametrize(
    ("shallow", "deep", "ruling"),
    [
        ((10, 0.9), (1000, 0.9), "confirmed"),
        ((10, 0.7), (1000, 0.9), "undecided"),  # fewer numbers, but a small tree says less of it
        ((1000, 0.7), (10, 0.9), "not confirmed"),
        ((900, 0.9), (1000, 0.9), "undecided"),
    ],
)
def test_auditing_weighs_numbers_and_what_a_small_tree_repeats(shallow, deep, ruling):
    sides = [{"reaching": numbers, "fidelity": agreed(share)} for numbers, share in (shallow, deep)]
    assert interpretability(pair(*sides)).ruling == ruling


@pytest.mark.parametrize(("seconds", "ruling"), [(3.0, "confirmed"), (1.5, "undecided"), (0.5, "not confirmed")])
def test_the_deep_model_must_take_at_least_twice_as_long(seconds, ruling):
    assert resources(pair({"seconds": 1.0}, {"seconds": seconds})).ruling == ruling


def test_one_side_alone_leaves_every_claim_open():
    claims = claims_on([standing("s")])
    assert [claim.ruling for claim in claims] == ["undecided"] * 5
    assert all(claim.rule for claim in claims)


def test_a_training_that_was_cut_short_leaves_its_claims_open():
    models = pair({"full": 0.9}, {"full": 0.5, "whole": False, "seconds": 9.0})
    claims = claims_on(models)
    assert {claim.ruling for claim in claims} == {"undecided"}
    assert "cut a training short: d" in claims[1].evidence
    assert claims_on(pair({"full": 0.9}, {"full": 0.5}))[1].ruling == "not confirmed"
