"""The default `fit` on texts, with nothing set, beside a linear model on weighed words. Data: $NETWRIGHT_DATA."""

import csv
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rows import Row, report

import netwright as nw

Cells = list[tuple[str, str]]  # text, label
Parts = tuple[Cells, Cells]  # training rows, test rows
SEEDS = 3
LINEAR = "TF-IDF, linear"


@dataclass(frozen=True)
class Corpus:
    """Texts with labels, how they are parted, and what is asked of them."""

    name: str
    read: Callable[[Path], Parts]
    metric: str
    least: float  # that the mean over seeds should reach


def measure(quick: bool) -> Iterator[Row]:
    """Yield our metric, that of a linear model in the same run, and the processor time, for each corpus."""
    root = os.environ.get("NETWRIGHT_DATA")
    for corpus in CORPORA[-1:] if quick else CORPORA:
        if root is None:
            note = "set NETWRIGHT_DATA to the folder of the data"
            yield Row(corpus.name, "netwright", None, corpus.metric, f">= {corpus.least}", note)
        else:
            yield from measure_corpus(corpus, Path(root), 1 if quick else SEEDS)


def measure_corpus(corpus: Corpus, root: Path, seeds: int) -> Iterator[Row]:
    ours: list[float] = []
    theirs: list[float] = []
    seconds: list[float] = []
    for seed in range(seeds):
        began = time.process_time()
        run = fitted(corpus, root, seed)
        seconds.append(time.process_time() - began)
        ours.append(_value(run.evaluation.metrics[corpus.metric].value))
        theirs.append(_value(run.evaluation.baselines["linear model"][corpus.metric].value))
    note = (
        f"mean of {seeds} seeds, spread {statistics.pstdev(ours):.2g}; {statistics.fmean(seconds):.0f} s of processor"
    )
    yield Row(corpus.name, "netwright", statistics.fmean(ours), corpus.metric, f">= {corpus.least}", note)
    yield Row(corpus.name, LINEAR, statistics.fmean(theirs), corpus.metric, "", "of the same runs, on the same rows")


def fitted(corpus: Corpus, root: Path, seed: int) -> nw.Run:
    train, test = corpus.read(root)
    with tempfile.TemporaryDirectory(prefix="netwright-kinds-") as folder:
        files = [_write(Path(folder) / f"{name}.csv", cells) for name, cells in (("train", train), ("test", test))]
        settings = {"training.seed": seed, "split.seed": seed}
        choices = nw.FitOptions(runs=folder)
        run = nw.fit(str(files[0]), "label", test=str(files[1]), settings=settings, options=choices)
        assert run.evaluation.metrics  # read while the folder is there
        return run


def _write(path: Path, cells: Cells) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(cells)
    return path


def _value(found: float | None) -> float:
    assert found is not None
    return found


def banking77(root: Path) -> Parts:
    """The official parts: 10,003 questions of a bank's customers, 3,080 to test on."""
    files = (root / "banking77" / f"{name}.csv" for name in ("train", "test"))
    train, test = ([(row["text"], row["category"]) for row in csv.DictReader(path.open())] for path in files)
    return train, test


def sst2(root: Path) -> Parts:
    """The official parts: 6,920 sentences of reviews, 1,821 to test on."""
    files = (root / "sst2" / f"{name}.tsv" for name in ("train", "test"))
    lines = ([line.split("\t")[:2] for line in path.read_text().strip().split("\n")] for path in files)
    train, test = ([(text, {"0": "bad", "1": "good"}[label]) for text, label in part] for part in lines)
    return train, test


def rt_polarity(root: Path) -> Parts:
    """A tenth of 10,662 sentences at random."""
    folder = root / "rt_polarity"
    good = [(line.strip(), "good") for line in (folder / "rt-polarity.pos").read_text("latin-1").strip().split("\n")]
    bad = [(line.strip(), "bad") for line in (folder / "rt-polarity.neg").read_text("latin-1").strip().split("\n")]
    return _part(good + bad, 10)


def sms_spam(root: Path) -> Parts:
    """A fifth of 5,574 messages at random."""
    lines = (root / "sms_spam" / "SMSSpamCollection").read_text().strip().split("\n")
    return _part([(text, label) for label, _, text in (line.partition("\t") for line in lines)], 5)


def _part(cells: Cells, share: int) -> Parts:
    order = np.random.default_rng(0).permutation(len(cells))
    held = len(cells) // share
    return [cells[at] for at in order[held:]], [cells[at] for at in order[:held]]


CORPORA = (
    Corpus("banking77", banking77, "accuracy", 0.90),
    Corpus("sst2", sst2, "accuracy", 0.82),
    Corpus("rt_polarity", rt_polarity, "accuracy", 0.78),
    Corpus("sms_spam", sms_spam, "f1", 0.95),
)

if __name__ == "__main__":
    report(__doc__.splitlines()[0], measure)
