import math

import numpy as np
import pytest
import torch

from netwright.networks.language import LanguageNetworkConfig, build_language
from netwright.training.language.evaluating import evaluation_of, surprises, validator

CONTEXT, TOKENS = 8, 11


@pytest.fixture(params=["gpt", "lstm"])
def network(request):
    sizes = LanguageNetworkConfig(name=request.param, width=8, depth=1, heads=2, context=CONTEXT)
    module = build_language(sizes, TOKENS, 0)
    for weight in module.parameters():
        torch.nn.init.normal_(weight, 0.0, 0.5, generator=torch.Generator().manual_seed(len(weight)))
    return module.train()


def text(length, seed=0):
    return np.random.default_rng(seed).integers(0, TOKENS, length)


def obvious(network, whole, at):
    """-log p of one token from the window that foretells it: those overlap by half."""
    stride = CONTEXT // 2
    start = 0 if at <= CONTEXT else math.ceil((at - CONTEXT) / stride) * stride
    with torch.no_grad():
        logits = network.eval()(torch.tensor(whole[start:at])[None])[0, -1]
    return -float(logits.log_softmax(0)[whole[at]])


@pytest.mark.parametrize("before", [1, 3, 5, 40])
@pytest.mark.parametrize("length", [1, 4, 9, 30, 300])
def test_every_token_is_foretold_from_half_a_window_or_more(network, before, length):
    lead, tokens = text(before, 1), text(length)
    found = surprises(network, lead, tokens)
    assert network.training
    whole = np.concatenate([lead[-(CONTEXT // 2 + 1) :], tokens])
    first = len(whole) - length
    expected = [obvious(network, whole, first + at) for at in range(length)]
    assert found.tolist() == pytest.approx(expected, abs=1e-5)


def test_without_anything_before_it_the_first_token_is_as_likely_as_all_others(network):
    tokens = text(20)
    found = surprises(network, tokens[:0], tokens)
    assert found[0] == pytest.approx(math.log(TOKENS))
    assert found[1:].tolist() == pytest.approx([obvious(network, tokens, at) for at in range(1, 20)], abs=1e-5)


def test_validation_is_the_mean_over_windows_side_by_side(network):
    tokens = text(5 * CONTEXT + 3)
    network.eval()
    rows = torch.tensor(tokens[: 5 * CONTEXT + 1])
    windows = torch.stack([rows[at : at + CONTEXT + 1] for at in range(0, 5 * CONTEXT, CONTEXT)])
    logits = network(windows[:, :-1])
    expected = torch.nn.functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten()).item()
    assert validator(network, tokens, 10_000)(network) == pytest.approx(expected, abs=1e-5)
    assert validator(network, tokens, CONTEXT)(network) != pytest.approx(expected, abs=1e-5)


def test_numbers_are_by_character_by_byte_and_by_token():
    found = evaluation_of("validation", "äb", np.array([3, 0, 5]), np.array([1.0, 2.0, 3.0]), 0)
    assert (found.characters, found.bytes, found.tokens, found.unknown) == (2, 3, 3, 1)
    assert found.measure.nats_per_character == pytest.approx(3.0)
    assert found.measure.bits_per_byte == pytest.approx(6.0 / math.log(2) / 3)
    assert found.measure.perplexity == pytest.approx(math.exp(2.0))
