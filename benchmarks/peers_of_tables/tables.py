"""The eight real tables, what is asked of them, and how a seed parts each into two CSV files."""

import io
import math
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

TEST_SHARE = 0.2


@dataclass(frozen=True)
class Goal:
    """A metric of a table, and how far our default and our best should get."""

    metric: str  # accuracy, auc or rmse
    default: float | None = None
    best: float | None = None
    at_trees: bool = False  # the default's bound is what HistGradientBoosting reaches
    unit: str = ""

    @property
    def higher_is_better(self) -> bool:
        return self.metric != "rmse"


@dataclass(frozen=True)
class Table:
    """One real table: where it lies, what is learnt, how it is parted, what is asked."""

    name: str
    source: str  # below the folder of the data; a.zip::b.csv is a member
    target: str
    goals: tuple[Goal, ...]  # the first one leads
    test: str = ""  # an official file of test rows
    first: int = 0  # so many first rows are for training by convention
    ignore: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()  # columns of numbers that are names, for the peers, who must be told
    header: bool = True
    logarithm: bool = False  # of the target
    together: bool = False  # rows of equal features stay on one side
    scale: float = 1.0
    coverage: float = 0.9  # share of truths that sets and intervals are asked to hold

    @property
    def metric(self) -> str:
        return self.goals[0].metric

    @property
    def regression(self) -> bool:
        return self.metric == "rmse"


@dataclass(frozen=True)
class Division:
    """A table parted into two files with a header, the same for everybody."""

    table: Table
    train: Path
    test: Path


WINE = (Goal("rmse", at_trees=True),)
TABLES = (
    Table(
        *("adult", "adult/adult-train.csv", "column_15", (Goal("accuracy", 0.868, 0.872), Goal("auc", 0.923))),
        test="adult/adult-test.csv",
        header=False,
    ),
    Table(
        *("california", "california_housing/housing.csv", "median_house_value"),
        (Goal("rmse", 0.46, 0.44, unit="rmse, 100k$"),),
        scale=1e-5,
    ),
    Table(
        *("letter", "letter_recognition/LetterRecognition.csv", "lettr", (Goal("accuracy", 0.97),)),
        first=16_000,
        coverage=0.99,  # the most probable class alone is right more often than 0.9
    ),
    Table(
        *(
            "bank, without duration",
            "bank_marketing/bank-additional.zip::bank-additional/bank-additional-full.csv",
            "y",
        ),
        (Goal("auc", 0.80),),
        ignore=("duration",),
    ),
    Table(
        *("telco churn", "telco_churn/Telco-Customer-Churn.csv", "Churn", (Goal("auc", 0.848),)),
        ignore=("customerID",),
    ),
    Table(
        *("ames", "ames_housing/AmesHousing.csv", "SalePrice", (Goal("rmse", 0.120, unit="rmse of log"),)),
        ignore=("Id", "PID"),
        categories=("MS SubClass",),
        logarithm=True,
    ),
    Table("wine, red", "wine_quality/winequality-red.csv", "column_12", WINE, header=False, together=True),
    Table("wine, white", "wine_quality/winequality-white.csv", "column_12", WINE, header=False, together=True),
)


def divide(table: Table, root: Path, seed: int, folder: Path) -> Division:
    """Part a table by its own rule, at random by `seed` where it has none, and write both parts into `folder`."""
    if table.test:
        train, test = _read(table, root, table.source), _read(table, root, table.test)
    else:
        frame = _read(table, root, table.source)
        held = _test_rows(frame, table, seed)
        train, test = frame.filter(~held), frame.filter(held)
    division = Division(table, folder / f"train-{seed}.csv", folder / f"test-{seed}.csv")
    train.write_csv(division.train)
    test.write_csv(division.test)
    return division


def _read(table: Table, root: Path, name: str) -> pl.DataFrame:
    """Return all cells as they stand in the file, as text, without spaces around them; an empty one is null."""
    path, _, member = name.partition("::")
    content = zipfile.ZipFile(root / path).read(member) if member else (root / path).read_bytes()
    separator = ";" if content.split(b"\n", 1)[0].count(b";") > 5 else ","
    text = io.BytesIO(content.strip())
    frame = pl.read_csv(text, has_header=table.header, separator=separator, infer_schema=False)
    if not table.header:
        frame.columns = [f"column_{number}" for number in range(1, frame.width + 1)]
    frame = frame.select(pl.all().str.strip_chars().replace("", None)).drop(table.ignore)
    if table.logarithm:
        said = [repr(math.log(float(price))) for price in frame[table.target]]
        return frame.with_columns(pl.Series(table.target, said))
    return frame.with_columns(pl.col(table.target).str.strip_chars_end("."))  # as adult's test file ends its labels


def _test_rows(frame: pl.DataFrame, table: Table, seed: int) -> pl.Series:
    """Mark the rows to test on."""
    rows = frame.height
    if table.first:
        return pl.Series(np.arange(rows) >= table.first)
    generator = np.random.default_rng(seed)
    if table.together:
        features = frame.drop(table.target)
        group = features.select(pl.struct(pl.all()).rank("dense")).to_series().to_numpy().astype(np.int64) - 1
        return pl.Series(_chosen_groups(group, generator)[group])
    strata = np.zeros(rows) if table.regression else frame[table.target].to_numpy()
    held = np.zeros(rows, dtype=bool)
    for stratum in np.unique(strata):
        members = generator.permutation(np.flatnonzero(strata == stratum))
        held[members[: round(TEST_SHARE * len(members))]] = True
    return pl.Series(held)


def _chosen_groups(group: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.bool_]:
    """Choose groups at random until they hold the share of rows to test on."""
    sizes = np.bincount(group)
    order = generator.permutation(len(sizes))
    chosen = np.zeros(len(sizes), dtype=bool)
    chosen[order[np.cumsum(sizes[order]) <= TEST_SHARE * len(group)]] = True
    return chosen
