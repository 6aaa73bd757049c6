"""The default `fit` on each kind of data, with nothing set, beside simpler models. Data: $NETWRIGHT_DATA.

python benchmarks/kinds.py                # all; hours
python benchmarks/kinds.py mnist sst2     # some
"""

import csv
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import forecasting
import language
import numpy as np
import series_classes
from rows import Row, machine, options, publish

import netwright as nw

Cells = list[tuple[str, str]]  # text, label
Parts = tuple[Cells, Cells]  # training rows, test rows
SEEDS = 3
WORDS, PIXELS = "TF-IDF, linear", "pixels, linear"


@dataclass(frozen=True)
class Corpus:
    """Rows with labels, how they are parted, and what is asked of them."""

    name: str
    fit: Callable[[Path, int, str], nw.Run]  # of the data's folder, a seed, and where the run goes
    metric: str
    least: float  # that the mean over seeds should reach
    linear: str  # what the linear model reads


def measure(quick: bool, names: Sequence[str] = ()) -> Iterator[Row]:
    """Yield our metric, that of a linear model in the same run, and the processor time, for each corpus."""
    yield from measure_rows(quick, names)
    if not names:
        yield from series_classes.measure(quick)
        yield from forecasting.measure(quick)
        yield from language.measure(quick, long=False)


def measure_rows(quick: bool, names: Sequence[str]) -> Iterator[Row]:
    """Yield the figures of the corpora whose rows have labels."""
    root = os.environ.get("NETWRIGHT_DATA")
    chosen = [corpus for corpus in CORPORA if not names or corpus.name in names]
    for corpus in chosen[-1:] if quick else chosen:
        if root is None:
            note = "set NETWRIGHT_DATA to the folder of the data"
            yield Row(corpus.name, "netwright", None, corpus.metric, f">= {corpus.least}", note)
        else:
            yield from measure_corpus(corpus, Path(root), 1 if quick else SEEDS)


def measure_corpus(corpus: Corpus, root: Path, seeds: int) -> Iterator[Row]:
    ours: list[float] = []
    theirs: list[float] = []
    seconds: list[tuple[float, float]] = []
    for seed in range(seeds):
        began = time.process_time(), time.monotonic()
        with tempfile.TemporaryDirectory(prefix="netwright-kinds-") as folder:
            run = corpus.fit(root, seed, folder)
            seconds.append((time.process_time() - began[0], time.monotonic() - began[1]))
            ours.append(_value(run.evaluation.metrics[corpus.metric].value))
            theirs.append(_value(run.evaluation.baselines["linear model"][corpus.metric].value))
    spent, passed = (statistics.fmean(times) for times in zip(*seconds, strict=True))
    spread = f"mean of {seeds} seeds, spread {statistics.pstdev(ours):.2g}"
    note = f"{spread}; {spent:.0f} s of processor, {passed:.0f} s in all"
    yield Row(corpus.name, "netwright", statistics.fmean(ours), corpus.metric, f">= {corpus.least}", note)
    yield Row(corpus.name, corpus.linear, statistics.fmean(theirs), corpus.metric, "", "of the same runs and rows")


def of_texts(read: Callable[[Path], Parts]) -> Callable[[Path, int, str], nw.Run]:
    """Return a fit on texts that are written as two tables."""

    def fit(root: Path, seed: int, folder: str) -> nw.Run:
        train, test = read(root)
        files = [_write(Path(folder) / f"{name}.csv", cells) for name, cells in (("train", train), ("test", test))]
        return _fit(files[0], seed, folder, target="label", test=str(files[1]))

    return fit


def of_images(place: str) -> Callable[[Path, int, str], nw.Run]:
    """Return a fit on a folder, or an archive, with parts of its own."""
    return lambda root, seed, folder: _fit(root / place, seed, folder)


def _fit(source: Path, seed: int, folder: str, **told: str) -> nw.Run:
    settings = {"training.seed": seed, "split.seed": seed}
    return nw.fit(str(source), settings=settings, options=nw.FitOptions(runs=folder), **told)


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
    Corpus("mnist", of_images("mnist"), "accuracy", 0.994, PIXELS),
    Corpus("cifar10_jpg_subset", of_images("cifar10_jpg_subset/cifar10_jpg_subset.zip"), "accuracy", 0.80, PIXELS),
    Corpus("clothing_small", of_images("clothing_small"), "accuracy", 0.48, PIXELS),  # linear 0.33 and 15 points
    Corpus("banking77", of_texts(banking77), "accuracy", 0.90, WORDS),
    Corpus("sst2", of_texts(sst2), "accuracy", 0.82, WORDS),
    Corpus("rt_polarity", of_texts(rt_polarity), "accuracy", 0.78, WORDS),
    Corpus("sms_spam", of_texts(sms_spam), "f1", 0.95, WORDS),
)

if __name__ == "__main__":
    parser = options(__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"some alone: {', '.join(corpus.name for corpus in CORPORA)}")
    asked = parser.parse_args()
    publish(asked, machine(), list(measure(asked.quick, asked.names)))
