"""Each change does what its words say, and says None where there is nothing for it to do."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from netwright.diagnosis.altering import apply
from netwright.diagnosis.altering.data import with_spare_rows
from netwright.diagnosis.illness import Change
from netwright.diagnosis.programs import Sample, train_program
from tests.diagnosis.small_programs import classifier, regressor


def changed(program, setting, value):
    return apply(program, Change(setting, value, ""))


def built(program):
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        return program.build(0)


def kinds(program):
    return [type(module).__name__ for module in built(program).modules() if not list(module.children())]


class Functional(nn.Module):
    """A forward pass that calls functions, as most people's do."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.second = nn.Linear(8, 8)
        self.last = nn.Linear(8, 2)

    def forward(self, rows):
        hidden = functional.dropout(torch.sigmoid(self.first(rows)), 0.5, self.training)
        hidden = self.second(hidden)
        return functional.softmax(self.last(hidden), dim=-1)


class Opaque(Functional):
    """One whose way depends on the values it meets, which no graph can follow."""

    def forward(self, rows):
        return super().forward(rows if rows.sum() > 0 else -rows)


def functional_classifier():
    return classifier(build=lambda _seed: Functional())


@pytest.mark.parametrize(
    ("setting", "value", "field", "expected"),
    [
        ("learning_rate", 0.1, lambda program: program.settings["lr"], pytest.approx(1e-3)),
        ("optimizer", "sgd", lambda program: program.optimizer, torch.optim.SGD),
        ("epochs", 4.0, lambda program: program.epochs, 40),
        ("batch_size", 0.1, lambda program: program.batch_size, 3),
        ("clip_norm", 1.0, lambda program: program.clip_norm, 1.0),
        ("weight_decay", 10.0, lambda program: program.settings["weight_decay"], 1e-4),
        ("patience", 3, lambda program: program.patience, 3),
        ("loss", "mse", lambda program: program.loss_name, "mse"),
    ],
)
def test_a_setting_takes_its_new_value(setting, value, field, expected):
    assert field(changed(classifier(), setting, value)) == expected


@pytest.mark.parametrize(
    ("habit", "setting"),
    [
        ({"zero_grad": False}, "zero_grad"),
        ({"clear_before_step": True}, "zero_grad"),
        ({"train_mode": False}, "train_mode"),
        ({"frozen": ("0.",)}, "unfreeze"),
        ({"left_out": ("0.",)}, "all_parameters"),
        ({"stale": True}, "all_parameters"),
        ({"shuffle": False}, "shuffle"),
        ({"one_batch": True}, "shuffle"),
        ({"accumulate": 4, "divides": False}, "accumulate"),
        ({"apart": True}, "align"),
        ({"steps": False}, "step"),
        ({"backwards": False}, "step"),
    ],
)
def test_a_bad_habit_is_given_up_and_a_good_one_is_left(habit, setting):
    sound = classifier() if setting != "accumulate" else classifier(accumulate=4)
    mended = changed(classifier(**habit), setting, True)
    assert mended.habits == sound.habits
    assert mended.shuffle
    assert changed(sound, setting, True) is None


def test_a_schedule_falls_to_nothing_over_all_steps():
    cosine = changed(classifier(), "schedule", "cosine")
    assert cosine.schedule(0) == pytest.approx(1.0)
    assert cosine.schedule(cosine.steps) == pytest.approx(0.0)
    assert changed(cosine, "schedule", "constant").schedule is None


def test_a_warm_up_rises_over_its_share():
    warm = changed(classifier(), "warmup", 0.5)
    assert [warm.schedule(step) for step in (0, 9, 19, 30)] == pytest.approx([0.05, 0.5, 1.0, 1.0])


def test_activations_are_swapped_in_modules_and_in_functions():
    assert "GELU" in kinds(changed(classifier(), "activation", "gelu"))
    assert changed(classifier(), "activation", "relu") is None
    swapped = built(changed(functional_classifier(), "activation", "relu"))
    ops = [node.name for node in swapped.graph.nodes]
    assert "sigmoid" not in ops
    assert sum(isinstance(module, nn.ReLU) for module in swapped.modules()) == 2  # one where none was


def test_functional_dropout_still_follows_the_mode():
    network = built(changed(functional_classifier(), "activation", "relu")).eval()
    rows = torch.randn(5, 4)
    assert torch.equal(network(rows), network(rows))
    network.train()
    assert not torch.equal(network(rows), network(rows))


def test_a_head_is_taken_away_or_put_on():
    assert kinds(changed(classifier(), "head", "softmax"))[-1] == "Softmax"
    bare = built(changed(functional_classifier(), "head", "identity")).eval()
    assert not torch.allclose(bare(torch.randn(3, 4)).sum(-1), torch.ones(3))


def test_two_softmaxes_in_a_row_are_both_taken_away():
    twice = classifier(build=lambda _seed: nn.Sequential(nn.Linear(4, 2), nn.Softmax(-1), nn.Softmax(-1)))
    assert "Softmax" not in kinds(changed(twice, "head", "identity"))


def test_pairing_gives_classes_logits_and_cross_entropy():
    sick = functional_classifier().but(loss=lambda output, target: output.sum() * 0, loss_name="mse")
    paired = changed(sick, "pairing", "auto")
    assert paired.loss_name == "cross_entropy"
    assert train_program(paired, 0).score > 0.9
    assert changed(classifier(), "pairing", "auto") is None


def test_pairing_gives_two_classes_of_one_output_a_logit():
    program = classifier(
        build=lambda _seed: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1), nn.Softmax(-1)),
        loss=lambda output, target: functional.mse_loss(output, target[:, None].float()),
        loss_name="mse",
    )
    paired = changed(program, "pairing", "auto")
    assert paired.loss_name == "bce_with_logits"
    assert train_program(program, 0).score < 0.7
    assert train_program(paired, 0).score > 0.95


def test_pairing_numbers_classes_from_0_and_gives_each_an_output():
    one = classifier(build=lambda _seed: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)), task="classes")
    odd = Sample(one.rows.inputs, torch.tensor([3, 7, 9])[torch.arange(120) % 3])
    paired = changed(one.but(rows=odd, validation=None, loss_name="mse"), "pairing", "auto")
    assert paired.rows.targets.unique().tolist() == [0, 1, 2]
    assert built(paired)(odd.inputs[0][:2]).shape == (2, 3)


def test_pairing_scales_values_and_takes_a_sigmoid_away():
    sick = regressor(build=lambda _seed: nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid()))
    paired = changed(sick, "pairing", "auto")
    assert float(paired.rows.targets.mean()) == pytest.approx(0.0, abs=1e-5)
    assert train_program(sick, 0).score < 0.0
    assert train_program(paired, 0).score > 0.8


def test_outputs_become_as_many_as_the_targets_need():
    few = classifier(build=lambda _seed: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)), task="classes")
    assert built(changed(few, "outputs", "auto"))(few.rows.inputs[0][:3]).shape == (3, 2)


def test_layers_become_wider_and_what_follows_fits():
    def build(_seed):
        return nn.Sequential(
            *(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
            *(nn.Linear(36, 8), nn.ReLU(), nn.Linear(8, 2)),
        )

    images = Sample((torch.randn(20, 1, 8, 8),), torch.arange(20) % 2)
    wider = built(changed(classifier(build=build, rows=images, validation=None), "width", 2.0))
    assert [wider[0].out_channels, wider[1].num_features, wider[5].in_features, wider[5].out_features] == [8, 8, 72, 16]
    assert wider[7].out_features == 2


def test_a_recurrent_layer_becomes_wider():
    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.LSTM(1, 4, batch_first=True)
            self.answer = nn.Linear(4, 2)

        def forward(self, series):
            states, _ = self.cell(series)
            return self.answer(states[:, -1])

    series = Sample((torch.randn(20, 5, 1),), torch.arange(20) % 2)
    wider = built(changed(classifier(build=lambda _: Last(), rows=series, validation=None), "width", 3.0))
    assert wider.cell.hidden_size == 12
    assert wider(series.inputs[0]).shape == (20, 2)


def test_normalization_goes_before_each_hidden_activation_and_away_again():
    normed = changed(classifier(), "normalization", "batch")
    assert kinds(normed).count("BatchNorm1d") == 1
    assert "BatchNorm1d" not in kinds(changed(normed, "normalization", "none"))


def test_skips_go_around_layers_of_equal_width():
    deep = classifier(
        build=lambda _seed: nn.Sequential(
            nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2)
        )
    )
    skipped = built(changed(deep, "residual", True))
    assert sum(node.name.startswith("skip") for node in skipped.graph.nodes) == 2
    assert changed(classifier(), "residual", True) is None


def test_dropout_is_set_put_in_and_refused_where_there_is_none_to_lower():
    assert "Dropout" in kinds(changed(classifier(), "dropout", 0.3))
    assert changed(classifier(), "dropout", 0.0) is None


def test_first_weights_are_drawn_anew_with_biases_of_0():
    network = built(changed(classifier(), "initialization", "orthogonal"))
    assert not network[0].bias.any()
    torch.testing.assert_close(network[2].weight @ network[2].weight.T, torch.eye(2))


def test_inputs_and_targets_are_scaled_by_training_rows():
    scaled = changed(changed(regressor(), "scale_inputs", True), "scale_targets", True)
    for part in (scaled.rows.inputs[0], scaled.rows.targets):
        torch.testing.assert_close(part.mean(0), torch.zeros(part.shape[1]), atol=1e-5, rtol=0)
        torch.testing.assert_close(part.std(0, correction=0), torch.ones(part.shape[1]), atol=1e-4, rtol=0)
    assert changed(classifier(), "scale_targets", True) is None


def test_rare_classes_are_counted_more():
    targets = (torch.arange(120) < 12).long()
    rare = classifier(rows=Sample(classifier().rows.inputs, targets))
    weighted = changed(rare, "class_weights", "balanced")
    output = torch.zeros(2, 2)
    ratio = weighted.loss(output + torch.eye(2) * 3, torch.tensor([1, 0])) / rare.loss(
        output + torch.eye(2) * 3, torch.tensor([1, 0])
    )
    assert float(ratio) == pytest.approx(1.0)  # a mean of weights: both kinds wrong alike
    wrong_rare = weighted.loss(torch.tensor([[3.0, 0.0], [3.0, 0.0]]), torch.tensor([1, 0]))
    wrong_common = weighted.loss(torch.tensor([[0.0, 3.0], [0.0, 3.0]]), torch.tensor([1, 0]))
    assert float(wrong_rare) > 5 * float(wrong_common)


def test_shared_rows_are_taken_out_of_training():
    program = classifier()
    leaky = program.but(validation=program.rows.at(torch.arange(10)))
    assert changed(leaky, "split", True).rows.rows == 110
    assert changed(program, "split", True) is None


def test_targets_take_the_outputs_shape():
    flat = regressor(loss=functional.mse_loss)
    flat = flat.but(rows=Sample(flat.rows.inputs, flat.rows.targets.reshape(-1)))
    shaped = changed(flat, "target_shape", True)
    output = flat.rows.targets[:5, None]
    assert float(shaped.loss(output, flat.rows.targets[:5])) == 0.0


def test_a_column_is_emptied():
    dropped = changed(classifier(), "drop_column", "x2")
    assert float(dropped.rows.inputs[0][:, 2].abs().max()) == 0.0
    assert float(dropped.rows.inputs[0][:, 1].abs().max()) > 0.0


def test_an_opaque_network_is_left_alone_inside():
    opaque = classifier(build=lambda _seed: Opaque())
    for setting, value in (("activation", "relu"), ("normalization", "batch"), ("residual", True)):
        assert changed(opaque, setting, value) is None
    assert changed(opaque, "width", 2.0) is not None
    assert changed(opaque, "learning_rate", 0.1) is not None


def test_a_hidden_layer_is_put_before_the_only_layer_of_weights_and_nowhere_else():
    straight = classifier(build=lambda _seed: nn.Sequential(nn.Linear(4, 2), nn.Softmax(-1)))
    assert kinds(changed(straight, "hidden_layer", 8))[-4:] == ["Linear", "ReLU", "Linear", "Softmax"]
    assert changed(classifier(), "hidden_layer", 8) is None


def test_a_network_with_skips_starts_as_if_its_layers_were_not_there():
    deep = classifier(build=lambda _seed: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU()))
    deeper = changed(classifier(build=lambda _seed: nn.Sequential(*built(deep), nn.Linear(8, 2))), "residual", True)
    network, rows = built(deeper), deeper.rows.inputs[0]
    plain = functional.relu(network.get_submodule("0")(rows))
    torch.testing.assert_close(network(rows), network.get_submodule("4")(plain))


def test_first_weights_become_those_of_pytorch_again():
    def constant(_seed):
        network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        for parameter in network.parameters():
            nn.init.constant_(parameter, 0.05)
        return network

    first = built(changed(classifier(build=constant), "initialization", "default"))[0]
    assert first.weight.std() > 0.1
    assert first.weight.abs().max() <= 0.5  # 1 / sqrt(4)


def test_norms_of_rows_take_the_place_of_batch_norms():
    normed = changed(changed(classifier(), "normalization", "batch"), "normalization", "layer")
    assert kinds(normed).count("GroupNorm") == 1
    assert "BatchNorm1d" not in kinds(normed)
    one = normed.rows.inputs[0][:1]
    network = built(normed).train()
    torch.testing.assert_close(network(one), network(normed.rows.inputs[0])[:1])


class Logarithm(nn.Module):
    """A logarithm of what may be below 0, before a layer."""

    def __init__(self):
        super().__init__()
        self.log = nn.Linear(4, 2)  # a name that is no logarithm

    def forward(self, rows):
        return self.log(torch.log(rows))


def test_what_goes_into_a_logarithm_is_kept_above_0():
    safe = built(changed(classifier(build=lambda _seed: Logarithm()), "clamp", 1e-3))
    rows = torch.tensor([[-1.0, 0.0, 1.0, 2.0]])
    torch.testing.assert_close(safe(rows), safe.get_submodule("log")(torch.log(rows.clamp(min=1e-3))))
    assert changed(classifier(), "clamp", 1e-3) is None


def test_missing_numbers_become_their_features_median():
    plain = classifier()
    holed = plain.rows.inputs[0].clone()
    holed[::3, 0], holed[0, 1], holed[:, 2] = torch.nan, torch.inf, torch.nan
    filled = changed(plain.but(rows=Sample((holed,), plain.rows.targets)), "fill", True).rows.inputs[0]
    kept = holed[:, 0][holed[:, 0].isfinite()]
    assert filled.isfinite().all()
    assert filled[0, 0] == kept.median()
    assert filled[1, 0] == holed[1, 0]
    assert not filled[:, 2].any()
    assert changed(plain, "fill", True) is None


def test_validation_rows_are_brought_to_the_scale_of_training_rows():
    plain = classifier()
    louder = Sample((255.0 * plain.validation.inputs[0] + 3.0,), plain.validation.targets)
    matched = changed(plain.but(validation=louder), "match", True)
    training, held = plain.rows.inputs[0].double(), matched.validation.inputs[0].double()
    torch.testing.assert_close(held.mean(0), training.mean(0), atol=1e-5, rtol=0)
    torch.testing.assert_close(held.std(0, correction=0), training.std(0, correction=0), atol=1e-5, rtol=0)
    assert changed(plain.but(validation=None), "match", True) is None


def test_spare_validation_rows_are_trained_on_and_the_others_judge():
    plain = classifier()
    spared = with_spare_rows(plain)
    mixed = changed(spared, "mix", True)
    assert spared.judged.rows == 20
    assert mixed.rows.rows == plain.rows.rows + 20
    torch.testing.assert_close(mixed.judged.inputs, spared.judged.inputs)
    held = {row.numpy().tobytes() for row in plain.validation.inputs[0]}
    assert {row.numpy().tobytes() for row in torch.cat([mixed.rows.inputs[0][120:], mixed.judged.inputs[0]])} == held
    assert changed(plain, "mix", True) is None


def test_a_program_is_judged_without_its_spare_rows():
    spared = with_spare_rows(classifier())
    wrong = Sample(spared.validation.inputs, torch.cat([1 - spared.validation.targets[:20], spared.judged.targets]))
    assert train_program(spared.but(validation=wrong), 0).score == train_program(spared, 0).score


def test_classes_without_a_row_leave_the_weights_of_the_others():
    two = classifier(build=lambda _seed: nn.Sequential(nn.Linear(4, 3)))
    weighted = changed(two, "class_weights", "balanced")
    outputs, targets = torch.randn(6, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 0, 1, 1, 0])
    torch.testing.assert_close(weighted.loss(outputs, targets), functional.cross_entropy(outputs, targets))
