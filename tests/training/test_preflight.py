from dataclasses import replace

import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.networks import fit_bins
from netwright.training.batches import Batches
from netwright.training.preflight import bring, check, task_of
from tests.training.small_runs import CONFIG, make_batches, make_module


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("part", ["train", "validation"])
def test_rows_that_are_not_finite_are_refused_with_a_count(value, part):
    batches = make_batches()
    getattr(batches, f"{part}_inputs")[0][2, 1] = value
    with pytest.raises(RecipeError, match="rows hold 1 NaN or infinite"):
        check(make_module(), batches, CONFIG, has_metric=False)


def test_nothing_to_train_or_to_train_on_is_refused():
    with pytest.raises(RecipeError, match="parameters to train"):
        check(make_module().requires_grad_(False), make_batches(), CONFIG, has_metric=False)
    with pytest.raises(RecipeError, match="at least one training row"):
        check(make_module(), make_batches(rows=0), CONFIG, has_metric=False)


def test_what_batch_normalisation_cannot_do_is_refused():
    single = replace(CONFIG, batch_size=1)
    with pytest.raises(RecipeError, match="batch_size"):
        check(make_module(), make_batches(), single, has_metric=False)
    with pytest.raises(RecipeError, match="batch_size"):
        check(make_module(), make_batches(rows=1), CONFIG, has_metric=False)
    check(make_module(normalization="layer"), make_batches(), single, has_metric=False)


def test_a_piecewise_embedding_without_bins_is_refused():
    module = make_module(numeric_embedding="piecewise")
    with pytest.raises(RecipeError, match=r"embedding with bins.*fit_bins"):
        check(module, make_batches(), CONFIG, has_metric=False)
    fit_bins(module, make_batches().train_inputs[0])
    check(module, make_batches(), CONFIG, has_metric=False)


def test_a_share_that_changes_wants_inverted_dropout():
    falling = replace(CONFIG, dropout_schedule="flat_cosine")
    check(make_module(), make_batches(), falling, has_metric=False)
    with pytest.raises(RecipeError, match="dropout_schedule: expected inverted"):
        check(make_module(dropout_form="classic"), make_batches(), falling, has_metric=False)


def test_watching_a_metric_needs_one_and_rows_to_measure_it_on():
    watching, rows = replace(CONFIG, monitor="metric"), make_batches()
    with pytest.raises(RecipeError, match="metric"):
        check(make_module(), rows, watching, has_metric=False)
    with pytest.raises(RecipeError, match="metric"):
        check(make_module(), Batches(rows.train_inputs, rows.train_targets), watching, has_metric=True)
    check(make_module(), rows, watching, has_metric=True)


def test_the_task_is_guessed_from_the_targets_and_rows_are_cast():
    assert task_of(torch.tensor([1, 2])) == "multiclass"
    assert task_of(torch.tensor([1.0])) == "regression"
    brought = bring(make_batches(), "binary", torch.float64, torch.device("cpu"))
    assert brought.train_targets.dtype == brought.validation_targets.dtype == torch.float64


def test_inputs_and_targets_of_different_lengths_are_our_own_mistake():
    with pytest.raises(AssertionError, match="different numbers of rows"):
        Batches((torch.zeros(3, 1),), torch.zeros(2))


@pytest.mark.parametrize("weights", [[1.0, -1.0], [0.0, 0.0], [1.0, float("nan")], [1.0, float("inf")]])
@pytest.mark.parametrize("part", ["train", "validation"])
def test_weights_that_weigh_nothing_are_refused(weights, part):
    batches = make_batches(rows=2)
    odd = replace(batches, **{f"{part}_weights": torch.tensor(weights)})
    with pytest.raises(RecipeError, match=f"weights of {part}(ing)? rows of at least 0"):
        check(make_module(), odd, CONFIG, has_metric=False)


def test_weights_have_the_mean_one_and_equal_ones_are_none():
    batches = make_batches(rows=3)
    odd = replace(batches, train_weights=torch.tensor([1.0, 2.0, 6.0], dtype=torch.float64))
    brought = bring(odd, "multiclass", torch.float32, torch.device("cpu"))
    assert brought.train_weights.tolist() == pytest.approx([1 / 3, 2 / 3, 2.0])
    even = replace(batches, train_weights=torch.full((3,), 5.0))
    assert bring(even, "multiclass", torch.float32, torch.device("cpu")).train_weights is None
