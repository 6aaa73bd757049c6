"""Every language network: shapes, gradients, determinism, export; no place looks ahead, and memory changes nothing."""

import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.networks.language import LANGUAGE_NETWORKS, LanguageNetworkConfig, build_language, language_shapes
from netwright.networks.layers.vocabulary_head import CAP

TOKENS, PLACES, CONTEXT = 7, 10, 12
SIZES = {"width": 8, "depth": 2, "heads": 2, "context": CONTEXT}


@pytest.fixture(params=list(LANGUAGE_NETWORKS))
def network(request):
    return drawn(request.param)


def drawn(name, **sizes):
    module = build_language(LanguageNetworkConfig(name=name, **{**SIZES, **sizes}), TOKENS, 0).double().eval()
    generator = torch.Generator().manual_seed(1)
    for weight in module.parameters():
        torch.nn.init.normal_(weight, 0.0, 0.5, generator=generator)
    return module


def some_tokens(places=PLACES, rows=2):
    return torch.randint(0, TOKENS, (rows, places), generator=torch.Generator().manual_seed(2))


def test_there_is_a_logit_for_each_token_at_each_place_within_the_cap(network):
    logits = network(some_tokens())
    assert logits.shape == (2, PLACES, TOKENS)
    assert logits.abs().max() < CAP


@pytest.mark.parametrize("place", [0, 4, PLACES - 2])
def test_what_comes_later_changes_nothing(network, place):
    tokens = some_tokens()
    later = tokens.clone()
    later[:, place + 1 :] = (later[:, place + 1 :] + 1) % TOKENS
    before, after = network(tokens), network(later)
    assert torch.equal(before[:, : place + 1], after[:, : place + 1])
    assert not torch.allclose(before[:, place + 1 :], after[:, place + 1 :])


@pytest.mark.parametrize("sizes", [[1] * PLACES, [4, 1, 5], [9, 1]])
def test_reading_on_from_memory_gives_the_logits_of_one_pass(network, sizes):
    tokens, memory, found = some_tokens(), None, []
    for part in torch.split(tokens, sizes, dim=1):
        logits, memory = network.go_on(part, memory)
        found.append(logits)
    assert (torch.cat(found, dim=1) - network(tokens)).abs().max() < 1e-10


def test_past_its_context_a_gpt_of_one_block_looks_back_over_the_last_tokens_alone():
    network, tokens, memory = drawn("gpt", depth=1), some_tokens(3 * CONTEXT), None
    for place in range(tokens.shape[1]):
        logits, memory = network.go_on(tokens[:, place : place + 1], memory)
    assert memory.blocks[0].keys.shape[2] == CONTEXT
    assert torch.allclose(logits[:, 0], network(tokens[:, -CONTEXT:])[:, -1], atol=1e-12)


def test_a_recurrent_network_remembers_past_its_context():
    network, tokens = drawn("lstm"), some_tokens(3 * CONTEXT)
    other = tokens.clone()
    other[:, 0] = (other[:, 0] + 1) % TOKENS
    assert not torch.equal(network(tokens)[:, -1], network(other)[:, -1])


def test_gradients_are_the_numerical_ones(network):
    tokens = some_tokens(4, 1)
    names, weights = zip(*network.named_parameters(), strict=True)

    def answer(*weights):
        return torch.func.functional_call(network, dict(zip(names, weights, strict=True)), (tokens,)).sum(dim=(0, 1))

    assert torch.autograd.gradcheck(answer, list(weights), fast_mode=True)


def test_the_same_seed_builds_the_same_network_and_another_does_not():
    config = LanguageNetworkConfig(name="lstm", **SIZES)
    one, same, other = (build_language(config, TOKENS, seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["embedding.weight"], other["embedding.weight"])


@pytest.mark.parametrize("name", list(LANGUAGE_NETWORKS))
def test_at_the_start_all_tokens_are_about_as_likely(name):
    module = build_language(LanguageNetworkConfig(name=name, **SIZES), TOKENS, 0).eval()
    shares = module(some_tokens()).softmax(dim=2)
    assert (shares - 1 / TOKENS).abs().max() < 0.01


def test_the_forget_gate_starts_open_and_no_other_bias_does():
    config = LanguageNetworkConfig(name="lstm", **SIZES)
    cell = build_language(config, TOKENS, 0).cell
    for layer in range(config.depth):
        bias = getattr(cell, f"bias_ih_l{layer}") + getattr(cell, f"bias_hh_l{layer}")
        ingoing, forgotten, rest = bias.split([config.width, config.width, 2 * config.width])
        assert forgotten.eq(1.0).all()
        assert not ingoing.any()
        assert not rest.any()


@pytest.mark.parametrize("name", list(LANGUAGE_NETWORKS))
@pytest.mark.filterwarnings("ignore:The tensor attributes self.cell:UserWarning")  # torch's own layers do it
def test_it_can_be_exported(name):
    module, tokens = drawn(name).float(), some_tokens()
    exported = torch.export.export(module, (tokens,)).module()
    assert torch.allclose(exported(tokens), module(tokens), atol=1e-6)


def test_shapes_are_those_of_the_network_built(network):
    config = LanguageNetworkConfig(name="gpt", **SIZES)
    built = build_language(config, TOKENS, 0)
    assert language_shapes(config, TOKENS) == {name: tuple(w.shape) for name, w in built.state_dict().items()}


def test_attention_to_look_at_sums_to_one_over_what_came_before():
    weights = drawn("gpt").attention(some_tokens(), 1)
    assert weights.shape == (2, 2, PLACES, PLACES)
    assert torch.allclose(weights.sum(dim=3), torch.ones(2, 2, PLACES, dtype=torch.float64))
    assert not weights.triu(1).any()


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"name": "gtp"}, "did you mean 'gpt'"),
        ({"width": 9}, "an even number of columns for each head"),
        ({"depth": 0}, "network.depth: expected a whole number from 1"),
        ({"dropout": 1.0}, "network.dropout"),
        ({"width": 16_384, "depth": 256}, "at most 2,147,483,648 weights"),
    ],
)
def test_what_cannot_be_built_is_refused(sizes, said):
    with pytest.raises(RecipeError, match=said):
        language_shapes(LanguageNetworkConfig(**{**SIZES, **sizes}), TOKENS)
