"""Every tokenizer: exact there and back, learnt from the training part alone, the same from JSON."""

import json

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwright.core.errors import RecipeError
from netwright.core.files import to_json
from netwright.data.corpus import tokenizing
from netwright.data.corpus.characters import UNKNOWN, CharacterTokenizer
from netwright.data.corpus.reading import read_corpus
from netwright.data.corpus.subwords import SubwordTokenizer, learn_bpe, learn_words
from netwright.data.corpus.tokenizing import TokenizerConfig, learn_tokenizer, tokens_of

TEXT = "the cat sat on the mat.\nthe dog sat on the log!\n" * 40 + "ζ"


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    return read_corpus(tmp_path / "a.txt")


@pytest.fixture(scope="module")
def bpe():
    pytest.importorskip("tokenizers")
    return learn_bpe([TEXT], 300)


@given(st.text())
@settings(max_examples=25, deadline=None)
def test_characters_are_exact_there_and_back(text):
    tokenizer = CharacterTokenizer("".join(sorted(set(text))))
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert len(tokenizer.encode(text)) == len(text)


def test_bpe_is_exact_there_and_back_for_any_text(bpe):
    @given(st.text())
    @settings(max_examples=100, deadline=None)
    def exact(text):
        assert bpe.decode(bpe.encode(text)) == text

    exact()


def test_bpe_makes_text_shorter_and_keeps_to_its_size(bpe):
    assert len(bpe.encode(TEXT)) < 0.4 * len(TEXT)
    assert bpe.size <= 300


def test_words_are_exact_where_all_are_known_and_say_where_not():
    pytest.importorskip("tokenizers")
    words = learn_words([TEXT], 50)
    assert words.decode(words.encode("the dog\n sat  on!")) == "the dog\n sat  on!"
    assert words.encode("the cow").tolist()[2] == words.unknown
    assert words.decode(words.encode("the cow")) == f"the {UNKNOWN}"


def test_what_is_in_the_training_part_alone_is_known(corpus):
    tokenizer, choice = learn_tokenizer(corpus, (0, len(TEXT) - 1), TokenizerConfig())
    assert (choice.value, tokenizer.size) == ("characters", len(set(TEXT)))
    assert tokenizer.encode("ζ").tolist() == [0] == [tokenizer.unknown]
    assert tokenizer.decode(np.array([0])) == UNKNOWN


@pytest.mark.parametrize("kind", ["characters", "bpe", "words"])
def test_tokens_of_a_part_are_those_of_its_text_and_json_gives_the_tokenizer_back(corpus, kind):
    if kind != "characters":
        pytest.importorskip("tokenizers")
    tokenizer, choice = learn_tokenizer(corpus, (0, 900), TokenizerConfig(kind, 280))
    assert choice.reason == "asked for"
    found = tokens_of(tokenizer, corpus, (100, 1000))
    assert found.dtype == np.uint16
    assert found.tolist() == tokenizer.encode(TEXT[100:1000]).tolist()
    back = msgspec.convert(json.loads(to_json(tokenizer)), type(tokenizer))
    assert back.encode(TEXT[:200]).tolist() == tokenizer.encode(TEXT[:200]).tolist()


def test_a_larger_text_gets_longer_tokens(corpus, monkeypatch):
    pytest.importorskip("tokenizers")
    monkeypatch.setattr(tokenizing, "SMALL", 100)
    tokenizer, choice = learn_tokenizer(corpus, (0, 900), TokenizerConfig(size=280))
    assert isinstance(tokenizer, SubwordTokenizer)
    assert "enough to learn longer tokens" in choice.reason


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (TokenizerConfig("bep"), "did you mean 'bpe'"),
        (TokenizerConfig("bpe", 256), "at least 257"),
        (TokenizerConfig("words", 1), "at least 2"),
    ],
)
def test_what_cannot_be_learnt_is_refused(corpus, config, said):
    with pytest.raises(RecipeError, match=said):
        learn_tokenizer(corpus, (0, 900), config)
