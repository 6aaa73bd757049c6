"""A grid search over a pipeline that ends in a network, on a raw table: text and missing cells need no encoder.

With NETWRIGHT_DATA set to a folder that holds adult/ (UCI Adult: who earns more than 50,000 dollars) the search runs on
3,000 of its training rows and the winner is scored on 3,000 of its test rows; else on the bundled breast-cancer table.

    NETWRIGHT_DATA=data python examples/sklearn_grid_search.py
"""

import os
from pathlib import Path

import polars as pl
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from netwright.sklearn import NetworkClassifier

ROWS = 3000
Part = tuple[pl.DataFrame, pl.Series]


def adult(folder: Path, name: str) -> Part:
    """The first rows of one file: features as they stand in it, " ?" where missing; the test labels end in a dot."""
    frame = pl.read_csv(folder / name, has_header=False, n_rows=ROWS)
    return frame[:, :-1], frame[:, -1].str.strip_chars(" .")


def breast_cancer() -> tuple[Part, Part]:
    features, labels = load_breast_cancer(return_X_y=True, as_frame=True)
    frame, names = pl.from_pandas(features), pl.Series(["malignant", "benign"])[labels.to_list()]
    train, test = train_test_split(range(len(names)), random_state=0)
    return (frame[train], names[train]), (frame[test], names[test])


def main() -> None:
    """Search nine networks by cross-validation, then score the best one on rows that the search never saw."""
    folder = Path(os.environ.get("NETWRIGHT_DATA", "")) / "adult"
    real = folder.is_dir()
    train, test = (adult(folder, f"adult-{part}.csv") for part in ("train", "test")) if real else breast_cancer()
    named = FunctionTransformer(lambda frame: frame.rename(str.lower))  # any step that keeps a frame a frame
    pipeline = Pipeline([("names", named), ("network", NetworkClassifier(random_state=0, epochs=15))])
    grid = {"network__hidden_sizes": [(16,), (64, 32), (128, 64)], "network__dropout": [0.0, 0.15, 0.3]}
    search = GridSearchCV(pipeline, grid, cv=3, scoring="roc_auc").fit(*train)
    print(f"{'adult' if real else 'breast cancer'}: {len(train[1]):,} rows, {train[0].width} columns")
    for settings, score in zip(search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True):
        print(f"  {settings['network__hidden_sizes']!s:<10} dropout {settings['network__dropout']:<5} AUC {score:.3f}")
    print(f"best: {search.best_params_}; AUC on {len(test[1]):,} rows of the test: {search.score(*test):.3f}")
    network = search.best_estimator_[-1]
    kinds = [column.kind for column in network.schema_.features]
    print(f"read as {', '.join(f'{kinds.count(kind)} {kind}' for kind in sorted(set(kinds)))} columns")


if __name__ == "__main__":
    main()
