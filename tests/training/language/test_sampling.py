import pytest
import torch

from netwright.core.errors import RecipeError
from netwright.core.language import Sampling
from netwright.training.language.sampling import check_sampling, distribution, draw

LOGITS = torch.tensor([2.0, -1.0, 0.5, 2.5, 0.5, -3.0])


def obvious(logits, sampling):
    """The definition, token by token: sort, keep, divide."""
    heat = sampling.temperature
    if heat == 0:
        best = max(range(len(logits)), key=lambda number: logits[number])
        return [float(number == best) for number in range(len(logits))]
    powers = [float(torch.exp(torch.tensor(float(z), dtype=torch.float64) / heat)) for z in logits]
    shares = {number: power / sum(powers) for number, power in enumerate(powers)}
    ranked = sorted(shares, key=lambda number: -shares[number])
    if sampling.top_k is not None:
        ranked = ranked[: sampling.top_k]
    if sampling.top_p is not None:
        whole, kept, held = sum(shares[number] for number in ranked), [], 0.0
        for number in ranked:
            if held >= sampling.top_p * whole:
                break
            kept.append(number)
            held += shares[number]
        ranked = kept
    left = sum(shares[number] for number in ranked)
    return [shares[number] / left if number in ranked else 0.0 for number in range(len(logits))]


@pytest.mark.parametrize("temperature", [0.0, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("top_k", [None, 1, 3, 50])
@pytest.mark.parametrize("top_p", [None, 0.01, 0.5, 0.9, 1.0])
def test_tokens_are_drawn_as_the_definition_says(temperature, top_k, top_p):
    sampling = Sampling(temperature, top_k, top_p)
    found = distribution(LOGITS, sampling)
    assert found.tolist() == pytest.approx(obvious(LOGITS, sampling), abs=1e-12)
    assert found.sum().item() == pytest.approx(1.0)


def test_draws_are_as_frequent_as_the_distribution_has_them():
    sampling, generator = Sampling(1.0, top_k=4), torch.Generator().manual_seed(0)
    counts = torch.bincount(torch.tensor([draw(LOGITS, sampling, generator) for _ in range(4000)]), minlength=6)
    assert torch.allclose(counts / 4000, distribution(LOGITS, sampling).float(), atol=0.03)


def test_a_token_that_is_ruled_out_is_never_drawn():
    barred = LOGITS.index_fill(0, torch.tensor([3]), -torch.inf)
    assert distribution(barred, Sampling(1.0))[3] == 0.0
    assert distribution(barred, Sampling(0.0))[0] == 1.0


@pytest.mark.parametrize(
    ("sampling", "said"),
    [
        (Sampling(-0.1), "--temperature"),
        (Sampling(float("nan")), "--temperature"),
        (Sampling(top_k=0), "--top-k"),
        (Sampling(top_p=0.0), "--top-p"),
        (Sampling(top_p=1.1), "--top-p"),
    ],
)
def test_what_is_out_of_range_is_refused(sampling, said):
    with pytest.raises(RecipeError, match=said):
        check_sampling(sampling)
