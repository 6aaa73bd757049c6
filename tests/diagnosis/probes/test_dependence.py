"""An answer that knows the other rows of its batch, or the future, is told from one that knows its own row and past."""

import pytest
import torch
from torch import nn

from netwright.diagnosis.probes.dependence import future_dependence, row_dependence, unread_share
from netwright.diagnosis.programs import Sample
from tests.diagnosis.small_programs import classifier

MOST = 1e-3  # above which the illnesses speak


class Recurrent(nn.Module):
    """Reads rows of series; `batch_first=False` takes the rows for moments."""

    def __init__(self, batch_first):
        super().__init__()
        self.reader = nn.LSTM(1, 8, batch_first=batch_first)
        self.output = nn.Linear(8, 2)

    def forward(self, rows):
        return self.output(self.reader(rows[..., None])[0][:, -1])


class NextToken(nn.Module):
    def __init__(self, masked):
        super().__init__()
        self.tokens = nn.Embedding(12, 8)
        self.block = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
        self.output = nn.Linear(8, 12)
        self.masked = masked

    def forward(self, rows):
        mask = nn.Transformer.generate_square_subsequent_mask(rows.shape[1]) if self.masked else None
        return self.output(self.block(self.tokens(rows), src_mask=mask, is_causal=self.masked))


class AtStep(nn.Module):
    """Answers from what a recurrent layer hands on at one step."""

    def __init__(self, step):
        super().__init__()
        self.reader, self.output = nn.GRU(3, 8, batch_first=True), nn.Linear(8, 2)
        self.step = step

    def forward(self, rows):
        return self.output(self.reader(rows)[0][:, self.step])


class Zero(nn.Module):
    def forward(self, rows):
        return torch.zeros(len(rows), 2)


def made(build):
    def seeded(seed):
        torch.manual_seed(seed)
        return build()

    return seeded


@pytest.mark.parametrize(
    ("network", "mixed"),
    [
        (lambda: nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 2)), False),
        (lambda: nn.Sequential(nn.Linear(4, 2), nn.Softmax(dim=0)), True),
        (lambda: nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8, track_running_stats=False), nn.Linear(8, 2)), True),
        (lambda: Recurrent(batch_first=True), False),
        (lambda: Recurrent(batch_first=False), True),
    ],
)
def test_rows_that_look_at_each_other_are_told_from_rows_that_do_not(network, mixed):
    assert (row_dependence(classifier(build=made(network))) > MOST) is mixed


def test_where_every_step_reads_all_rows_nothing_is_said():
    assert row_dependence(classifier(batch_size=120)) is None


@pytest.mark.parametrize("masked", [True, False])
def test_a_missing_causal_mask_is_told(masked):
    tokens = torch.randint(0, 12, (80, 13), generator=torch.Generator().manual_seed(0))
    program = classifier(build=made(lambda: NextToken(masked)), rows=Sample((tokens[:, :-1],), tokens[:, 1:]))
    assert (future_dependence(program) > MOST) is not masked


def test_places_that_do_not_count_are_not_asked_for():
    tokens = torch.randint(1, 12, (80, 13), generator=torch.Generator().manual_seed(0))
    inputs, targets = tokens[:, :-1].clone(), tokens[:, 1:].clone()
    inputs[:, 9:], targets[:, 8:] = 0, -1
    program = classifier(build=made(lambda: NextToken(False)), rows=Sample((inputs,), targets))
    assert future_dependence(program) > MOST


@pytest.mark.parametrize(("step", "unread"), [(0, 0.75), (-1, 0.0)])
def test_steps_that_no_answer_depends_on_are_counted(step, unread):
    series = torch.randn(80, 12, 3, generator=torch.Generator().manual_seed(0))
    program = classifier(build=made(lambda: AtStep(step)), rows=Sample((series,), torch.zeros(80, dtype=torch.int64)))
    assert unread_share(program) == unread


def test_of_columns_and_of_answers_that_never_change_nothing_is_said_of_steps():
    assert unread_share(classifier()) is None
    series = torch.randn(80, 12, 3, generator=torch.Generator().manual_seed(0))
    silent = made(lambda: nn.Sequential(nn.Flatten(), Zero()))
    program = classifier(build=silent, rows=Sample((series,), torch.zeros(80, dtype=torch.int64)))
    assert unread_share(program) is None


def test_targets_that_are_not_the_next_inputs_may_know_what_comes_later():
    tokens = torch.randint(0, 12, (80, 12), generator=torch.Generator().manual_seed(0))
    program = classifier(build=made(lambda: NextToken(False)), rows=Sample((tokens,), tokens.flip(1)))
    assert future_dependence(program) is None
