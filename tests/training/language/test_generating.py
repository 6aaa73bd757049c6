import numpy as np
import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.core.language import Sampling
from netwright.data.corpus.characters import CharacterTokenizer
from netwright.data.corpus.subwords import learn_bpe
from netwright.networks.language import LANGUAGE_NETWORKS, LanguageNetworkConfig, build_language
from netwright.training.language.generating import encode_prompt, generate

TOKENIZER = CharacterTokenizer("\n abcdé")


@pytest.fixture(params=list(LANGUAGE_NETWORKS))
def network(request):
    return drawn(request.param, TOKENIZER.size)


def drawn(name, tokens):
    sizes = LanguageNetworkConfig(name=name, width=8, depth=2, heads=2, context=64)
    module = build_language(sizes, tokens, 0).eval()
    for weight in module.parameters():
        torch.nn.init.normal_(weight, 0.0, 0.5, generator=torch.Generator().manual_seed(weight.numel()))
    return module


def test_the_likeliest_token_is_that_of_a_full_pass_each_time(network):
    found = "".join(generate(network, TOKENIZER, "abc", 20, Sampling(0.0)))
    text = "abc"
    for _ in range(20):
        tokens = torch.from_numpy(TOKENIZER.encode(text).astype(np.int64))[None]
        with torch.no_grad():
            logits = network(tokens)[0, -1]
        logits[0] = -torch.inf
        text += TOKENIZER.decode(logits.argmax()[None].numpy())
    assert found == text[3:]


def test_the_same_seed_writes_the_same_and_another_does_not(network):
    one, same, other = ("".join(generate(network, TOKENIZER, "a", 60, Sampling(1.0, seed=seed))) for seed in (1, 1, 2))
    assert one == same != other
    assert len(one) == 60


def test_writing_goes_on_past_the_context_and_never_writes_the_unknown(network):
    assert "\ufffd" not in "".join(generate(network, TOKENIZER, "ab" * 200, 100, Sampling(2.0)))


def test_text_comes_as_it_is_written_and_leaves_the_global_generator_alone(network):
    before = torch.get_rng_state()
    pieces = generate(network, TOKENIZER, "", 5, Sampling())
    assert len(next(pieces)) == 1
    assert len(list(pieces)) == 4
    assert torch.equal(torch.get_rng_state(), before)


def test_bytes_of_a_character_are_held_until_it_is_whole():
    pytest.importorskip("tokenizers")
    bpe = learn_bpe(["plain"], 257)
    network = drawn("gpt", bpe.size)
    tokens = bpe.encode("aé日🙂b").tolist()
    calls = iter(tokens)

    def told(_tokens, memory=None):
        logits = torch.full((1, 1, bpe.size), -20.0)
        logits[0, 0, next(calls)] = 20.0
        return logits, memory

    network.go_on = told
    assert list(generate(network, bpe, "p", len(tokens), Sampling(0.0))) == ["a", "é", "日", "🙂", "b"]


def test_a_prompt_of_unknown_characters_is_refused_by_name():
    with pytest.raises(RecipeError, match=r"got 'Q', '☃'; leave them out, or train with tokenizer.name=bpe"):
        encode_prompt(TOKENIZER, "aQb☃Q")


def test_a_prompt_of_half_a_character_is_refused():
    with pytest.raises(RecipeError, match="--prompt"):
        encode_prompt(TOKENIZER, "a\ud800")


def test_an_empty_prompt_begins_a_line():
    assert encode_prompt(TOKENIZER, "") == TOKENIZER.encode("\n").tolist()
    assert encode_prompt(CharacterTokenizer("xy"), "") == [1]


def test_at_least_one_token_must_be_asked_for(network):
    with pytest.raises(RecipeError, match="--tokens"):
        list(generate(network, TOKENIZER, "a", 0, Sampling()))
