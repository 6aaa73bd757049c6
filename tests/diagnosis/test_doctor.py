"""Causes come before what they bring about, and what hurts before what does not."""

from netwright.diagnosis.doctor import diagnose, examine
from tests.diagnosis.cases.making import BINARY, HEALTHY, SGD, VALUES, but, network, steps, stuck, trials

SOFTMAX_OF_ONE = stuck(but(BINARY, objective={"head": "softmax", "loss": "bce", "takes": "probabilities"}))
DEAD = {"dead": (0.1, 0.95, None), "output_spread": 1e-5}


def test_a_cause_is_named_before_its_symptoms():
    findings = diagnose(but(SOFTMAX_OF_ONE, steps=stuck(SOFTMAX_OF_ONE, **DEAD).steps))
    assert findings[0].code == "architecture.single-unit-softmax"
    assert findings[0].severity == "error"
    symptoms = {finding.code: finding for finding in findings[1:]}
    assert {"optimisation.plateau", "signal.constant-output"} <= set(symptoms)
    assert symptoms["optimisation.plateau"].explained_by == "architecture.single-unit-softmax"
    assert symptoms["optimisation.plateau"].severity == "note"


def test_a_symptom_without_a_cause_is_named_by_itself():
    findings = diagnose(stuck())
    assert [finding.code for finding in findings] == ["optimisation.plateau"]
    assert findings[0].explained_by == ""
    assert findings[0].severity == "warning"


def test_a_chain_of_causes_leads_to_the_first():
    case = but(
        stuck(**DEAD),
        optimizing={**SGD, "kept_gradients": 199},
        trials=trials(0.1, rate_0p1=0.5),
    )
    findings = diagnose(case)
    assert findings[0].code == "optimisation.no-zero-grad"
    assert {finding.explained_by for finding in findings[1:]} == {"optimisation.no-zero-grad"}
    assert "optimisation.rate-too-high" in {finding.code for finding in findings[1:]}


def test_two_causes_are_both_named_each_with_its_symptoms_after_it():
    case = but(
        stuck(),
        network=network(("linear", 64), ("linear", 64), ("linear", 10)),
        objective={"head": "softmax"},
    )
    roots = [finding.code for finding in diagnose(case) if not finding.explained_by]
    assert roots == ["objective.softmax-before-cross-entropy", "architecture.missing-nonlinearity"]


def test_the_change_that_helped_more_is_named_first():
    case = but(
        VALUES,
        steps=stuck(VALUES).steps,
        objective={"target_mean": 36.0, "target_deviation": 36.0, "constant_loss": 1.0},
        trials=trials(0.0, rate_0p1=0.3, scaled_targets=0.95, reference=0.96),
    )
    roots = [finding.code for finding in diagnose(case) if not finding.explained_by]
    assert roots.index("data.unscaled-targets") < roots.index("optimisation.rate-too-high")


def test_what_is_certainly_wrong_is_named_before_rates():
    case = but(stuck(), objective={"head": "softmax"}, trials=trials(0.1, rate_0p1=0.9, rate_0p01=0.95))
    roots = [finding.code for finding in diagnose(case) if not finding.explained_by]
    assert roots[0] == "objective.softmax-before-cross-entropy"


def test_a_rate_that_helps_is_named_before_another_optimizer():
    case = but(stuck(), optimizing=SGD, trials=trials(0.1, rate_10=0.5, adam=0.95))
    findings = diagnose(case)
    assert findings[0].code == "optimisation.rate-too-low"
    assert {finding.code: finding.explained_by for finding in findings}["optimisation.optimizer-choice"]


def test_what_the_user_means_is_not_said():
    case = but(stuck(), deliberate=("optimisation.plateau",))
    assert diagnose(case) == ()


def test_what_does_not_hurt_is_a_note():
    case = but(HEALTHY, repeats=0.5)
    assert [finding.severity for finding in diagnose(case)] == ["note"]


def test_a_remedy_that_a_trial_found_takes_the_place_of_the_usual_ones():
    case = but(HEALTHY, steps=steps([2.3] * 100), trials=trials(0.2, rate_100=0.9, rate_10=0.4))
    findings = {finding.code: finding for finding in diagnose(case)}
    assert findings["optimisation.rate-too-low"].remedy == "multiply the learning rate by 100"


def test_several_faults_at_once_do_not_refute_each_other():
    tangled = trials(0.1, reference=0.95, relu=0.11, pairing=0.1, rate_0p1=0.1, rate_10=0.1)
    case = but(
        stuck(),
        network=network(("linear", 64), ("linear", 64), ("linear", 10)),
        objective={"head": "softmax"},
        trials=tangled,
    )
    hurting = {code for code, sign in examine(case).items() if sign.hurts}
    assert {"architecture.missing-nonlinearity", "objective.softmax-before-cross-entropy"} <= hurting
