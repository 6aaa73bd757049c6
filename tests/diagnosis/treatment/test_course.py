"""The course of a treatment, on a patient whose scores are known."""

import math
from dataclasses import dataclass, field, replace

import pytest

from netwright.core.findings import Finding
from netwright.diagnosis.case import Case
from netwright.diagnosis.illnesses import ILLNESSES
from netwright.diagnosis.treatment.course import treat
from netwright.diagnosis.treatment.recipes import apply_to_recipe
from netwright.training.recipe import Recipe

HOT = Finding("optimisation.rate-too-high", "error", "too hot", "steps of 2.9")
MEND = "optimizer"
assert any(change.setting == MEND for change in ILLNESSES[HOT.code].remedies)


@dataclass
class KnownPatient:
    """Scores by a rule, so that what must be kept is known; what it was asked is remembered."""

    rule: object
    reference: float | None = None
    unit: str = "accuracy"
    floor: float = 0.0
    late: bool = False
    can_be_tuned: bool = False
    found: tuple = ()
    asked: list = field(default_factory=list)
    name: str = "run"
    plan: Recipe = field(default_factory=Recipe)

    def changed(self, recipe, change):
        return apply_to_recipe(recipe, change, "multiclass")

    def scores(self, recipe, seeds):
        self.asked.append((recipe, tuple(seeds)))
        return [self.rule(recipe, seed) for seed in seeds]

    def case(self, recipe):
        return Case()


def treated(patient, findings=(HOT,)):
    return treat(patient, findings, Case())


def mended_by_adam(recipe, seed):
    return 0.9 + 0.001 * seed if recipe.training.optimizer == "adamw" or recipe.training.learning_rate == 0.001 else 0.1


def test_what_is_proven_is_kept_and_the_recipe_has_it():
    found = treated(KnownPatient(mended_by_adam))
    assert dict(found.treatment.kept).get(MEND)
    assert found.plan.training.learning_rate == 0.001
    assert found.treatment.after > found.treatment.before + 0.7
    assert found.treatment.healthy


def test_what_does_not_help_is_reverted():
    found = treated(KnownPatient(lambda recipe, seed: 0.5 + 0.01 * seed))
    assert found.treatment.kept == ()
    assert found.plan.training == Recipe().training
    assert not found.treatment.healthy
    assert all(row.verdict.startswith("reverted") for row in found.treatment.rows if row.kind == "remedy")


def test_what_any_change_does_as_well_is_not_kept():
    def better_by_any(recipe, seed):
        return 0.1 if recipe == Recipe() else 0.8 + 0.001 * seed

    found = treated(KnownPatient(better_by_any))
    assert found.treatment.kept == ()
    assert any("random change" in row.verdict for row in found.treatment.rows)


def test_every_trial_has_at_least_three_paired_seeds_and_a_control_beside_it():
    patient = KnownPatient(mended_by_adam)
    rows = treated(patient).treatment.rows
    controls = [row for row in rows if row.kind == "random change"]
    remedies = [row for row in rows if row.kind in ("remedy", "added remedy")]
    assert controls
    assert all(len(row.scores) >= 3 for row in rows)
    assert len(controls) >= min(len(remedies), 1)


def test_it_stops_as_soon_as_simple_models_are_reached():
    near = treated(KnownPatient(mended_by_adam, reference=0.9))
    assert [row.kept for row in near.treatment.rows if row.kind == "remedy"][-1]


def test_divergence_counts_as_the_worst_and_not_as_missing():
    found = treated(KnownPatient(lambda recipe, seed: None if recipe.training.optimizer == "adam" else 0.6))
    assert found.treatment.before == 0.0


def test_nothing_is_tried_where_nothing_is_wrong():
    patient = KnownPatient(mended_by_adam)
    found = treated(patient, ())
    assert patient.asked == []
    assert found.treatment.rows == ()
    assert found.treatment.healthy


def test_a_signal_between_trials_ends_it():
    def interrupted(_recipe, _seed):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        treated(KnownPatient(interrupted))


SATURATING = "architecture.saturating-activations"
MENDED = next(change.value for change in ILLNESSES[SATURATING].remedies if change.setting == "activation")


def wants_a_higher_rate_once_mended(recipe, seed):
    mended = recipe.network.activation == MENDED
    raised = recipe.training.learning_rate > 5.0 * Recipe().training.learning_rate
    return (0.9 if raised else 0.7) + 0.001 * seed if mended else 0.1


def test_a_mended_training_gets_the_rate_that_suits_it_where_there_is_time():
    sign = (Finding(SATURATING, "error", "", ""),)
    tuned = treated(KnownPatient(wants_a_higher_rate_once_mended, can_be_tuned=True), sign).treatment
    assert dict(tuned.kept).keys() == {"activation", "learning_rate"}
    assert tuned.after == pytest.approx(0.901)
    assert dict(treated(KnownPatient(wants_a_higher_rate_once_mended), sign).treatment.kept).keys() == {"activation"}


LOW = Finding("optimisation.rate-too-low", "error", "too cold", "")
FACTOR = next(change for change in ILLNESSES[LOW.code].remedies if change.setting == "learning_rate").value


def test_remedies_that_help_only_together_are_found_and_kept_together():
    def needs_both(recipe, seed):
        longer = recipe.training.epochs > Recipe().training.epochs
        faster = recipe.training.learning_rate > Recipe().training.learning_rate
        return 0.9 + 0.001 * seed if longer and faster else 0.1

    found = treated(KnownPatient(needs_both, reference=0.9), (LOW,)).treatment
    row = next(row for row in found.rows if row.kept)
    assert row.kind == "remedies together"
    assert dict(row.changes).keys() == {"learning_rate", "epochs"}
    assert dict(found.kept).keys() == {"learning_rate", "epochs"}


def test_what_is_not_needed_of_remedies_together_is_left_out():
    def needs_two(recipe, seed):
        longer = recipe.training.epochs > Recipe().training.epochs
        return 0.9 + 0.001 * seed if longer and recipe.training.optimizer == "adam" else 0.1

    signs = (
        Finding("optimisation.optimizer-choice", "error", "", ""),
        Finding("architecture.bottleneck", "error", "", ""),
    )
    several = (*signs, Finding("generalisation.stopped-too-early", "error", "", ""))
    found = treated(KnownPatient(needs_two, plan=sgd(), reference=0.9), several).treatment
    assert dict(found.kept).keys() == {"optimizer", "epochs"}
    assert any("width" in dict(row.changes) and len(row.changes) > 2 for row in found.rows)


def sgd():
    return replace(Recipe(), training=replace(Recipe().training, optimizer="sgd"))


def test_a_factor_that_helped_is_taken_again():
    def the_faster_the_better(recipe, seed):
        ratio = recipe.training.learning_rate / Recipe().training.learning_rate
        return min(0.9, 0.2 + 0.2 * math.log(max(1.0, ratio), FACTOR)) + 0.001 * seed

    found = treated(KnownPatient(the_faster_the_better, reference=0.95), (LOW,)).treatment
    assert [setting for setting, _ in found.kept].count("learning_rate") > 1


def test_what_is_found_in_what_was_kept_is_treated_in_turn(monkeypatch):
    def cold_and_shallow(recipe, seed):
        warm = recipe.training.learning_rate > Recipe().training.learning_rate
        return (0.5 if warm else 0.1) + (0.4 if warm and recipe.network.dropout == 0.3 else 0.0) + 0.001 * seed

    overfitted = Finding("generalisation.overfitting", "error", "", "")
    monkeypatch.setattr("netwright.diagnosis.treatment.course.diagnose", lambda _case: (overfitted,))
    found = treated(KnownPatient(cold_and_shallow, reference=0.9), (LOW,)).treatment
    assert ("dropout", 0.3) in found.kept
    assert found.left == ("generalisation.overfitting",)
    assert not found.healthy
