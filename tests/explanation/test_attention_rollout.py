"""Attention rollout: shares of words that sum to 1, of those alone that are there."""

import torch

from netwright.explanation.attention_rollout import attention_rollout, rollouts_of
from tests.explanation.networks import TEXT, text_case


def test_shares_are_of_the_words_that_are_there_and_sum_to_one():
    case = text_case("transformer")
    (layer,) = rollouts_of(case.module)
    shares = attention_rollout(layer, case.inputs[1])
    assert torch.allclose(shares.sum(dim=1), torch.ones(3), atol=1e-5)
    assert float(shares[1, 5 : TEXT.length].abs().max()) == 0.0
    assert float(shares.min()) >= 0.0


def test_without_attention_every_word_has_its_own_share():
    case = text_case("transformer")
    (layer,) = rollouts_of(case.module)
    with torch.no_grad():
        for block in layer.blocks:
            block.attention.queries_keys_values.weight[:16] = 0.0  # queries and keys: all fit alike
    shares = attention_rollout(layer, case.inputs[1])
    assert torch.allclose(shares[1, :5], torch.full((5,), 0.2), atol=1e-5)


def test_other_networks_have_none():
    assert rollouts_of(text_case("bag").module) == []
