"""Small runs of real data that are explained, and the rows of their tests. Data: $NETWRIGHT_DATA."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from netwright.api.options import FitOptions
from netwright.data import Conformed
from netwright.training.inference import Model, load_model, read_for

ADULT = (
    *("age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship"),
    *("race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"),
)


@dataclass(frozen=True)
class Trained:
    """A finished run and rows that it did not see."""

    folder: Path
    model: Model
    rows: Conformed


def root() -> Path | None:
    """Return where the data lie, if they do."""
    given = os.environ.get("NETWRIGHT_DATA")
    return Path(given) if given and (Path(given) / "adult").is_dir() else None


def adult_csv(folder: Path) -> tuple[Path, Path]:
    """Write the two tables of UCI under the names of their columns."""
    data = root()
    assert data is not None, "there are no data"
    made = []
    for part in ("train", "test"):
        made.append(folder / f"adult-{part}.csv")
        made[-1].write_text(",".join(ADULT) + "\n" + (data / f"adult/adult-{part}.csv").read_text())
    return made[0], made[1]


def adult(folder: Path, epochs: int) -> Trained:
    """Train one network on adult."""
    import netwright as nw

    train, test = adult_csv(folder)
    settings = {"preset.recipe": "single", "training.epochs": epochs, "training.threads": 1}
    run = nw.fit(train, "income", settings=settings, options=FitOptions(runs=folder / "runs"))
    return of_run(run.path, test)


def sst2(folder: Path, epochs: int) -> Trained:
    """Train a bag of words on the sentences of SST-2."""
    import netwright as nw

    data = root()
    assert data is not None, "there are no data"
    train, test = (_sentences(data / f"sst2/{part}.tsv", folder) for part in ("train", "test"))
    settings = {"preset.recipe": "bag", "training.epochs": epochs, "training.threads": 1}
    run = nw.fit(train, "label", settings=settings, options=FitOptions(runs=folder / "runs"))
    return of_run(run.path, test)


def _sentences(source: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{source.stem}.csv"
    lines = [line.split("\t")[:2] for line in source.read_text().strip().split("\n")]
    with made.open("w", newline="") as file:
        csv.writer(file).writerows([["text", "label"], *((text, ("bad", "good")[int(label)]) for text, label in lines)])
    return made


def mnist(folder: Path, epochs: int) -> Trained:
    """Train a small convolutional network on MNIST."""
    import netwright as nw

    data = root()
    assert data is not None, "there are no data"
    settings = {"preset.recipe": "convnet", "training.epochs": epochs, "training.threads": 1}
    run = nw.fit(data / "mnist", None, settings=settings, options=FitOptions(runs=folder / "runs"))
    return of_run(run.path, data / "mnist")


def of_run(folder: Path, rows: Path) -> Trained:
    model = load_model(folder)
    return Trained(folder, model, read_for(model, str(rows), with_target=False))
