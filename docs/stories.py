"""Tell three stories of the doctor by running them: `python docs/stories.py` writes docs/stories/ with pictures."""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import netwright as nw
from netwright.report.charts.sketch import sketch_picture

FOLDER = Path(__file__).parent / "stories"
CSS = Path(nw.__file__).parent / "report/templates/report.css"
PLAIN = "--recipe single --set network.normalization=none --set training.weight_decay=0 --set training.epochs=30"
COLUMNS = 120


@dataclass(frozen=True)
class Picture:
    """What a finding of a run draws."""

    run: str
    code: str
    words: str


Part = str | Picture  # prose, a command that begins with "$ ", or a picture


def story(slug: str, title: str, parts: list[Part], place: Path) -> None:
    """Run the commands in `place` and write the page with what they printed."""
    written = [f"# {title}", "Written by `python docs/stories.py`, which ran every command below."]
    for part in parts:
        if isinstance(part, Picture):
            name = f"{slug}-{part.code.split('.')[1]}.svg"
            (FOLDER / name).write_text(drawn(place / part.run, part.code))
            written.append(f"![{part.words}]({name})")
        elif part.startswith("$ "):
            written.append(f"```\n{part}\n{run(part[2:], place)}\n```")
        else:
            written.append(part)
    (FOLDER / f"{slug}.md").write_text("\n\n".join(written) + "\n")
    print(f"wrote docs/stories/{slug}.md")


def run(command: str, place: Path) -> str:
    """Return what a command printed, from the table that the story is about on."""
    shell = command.replace("netwright ", f"{sys.executable} -m netwright ", 1)
    done = subprocess.run(
        ["/bin/sh", "-c", shell],
        cwd=place,
        env={**os.environ, "COLUMNS": str(COLUMNS)},
        capture_output=True,
        text=True,
        check=True,
    )
    said = re.sub(r"[ \t]+$", "", done.stdout, flags=re.MULTILINE).strip("\n")
    for begin in ("training ended:", "tried "):
        said = said[max(0, said.find(begin)) :]
    return re.sub(r"\n\n+", "\n\n", said)


def drawn(folder: Path, code: str) -> str:
    """Return the picture of a finding as a file of its own, with the report's colours on paper."""
    run = nw.load(folder)
    assert isinstance(run, nw.Run)
    sketch = next(finding.sketch for finding in run.diagnose() if finding.code == code)
    assert sketch is not None
    css = CSS.read_text()
    colours = re.search(r":root \{(.*?)\}", css, re.DOTALL)
    assert colours is not None
    rules = "\n".join(line for line in css.splitlines() if line.startswith("svg"))
    style = f"<style>svg {{{colours[1]} background: #fdfcf9; }}\n{rules}</style>"
    picture = str(sketch_picture(sketch)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return picture.replace(">", f">{style}", 1)


def deep_sigmoid(place: Path) -> None:
    layers = "64,64,64,64,64,64,64,64"
    story(
        "deep-sigmoid",
        "Eight layers of sigmoids that do not learn",
        [
            "## Symptom\n\nA network of eight hidden layers, sigmoids as in old textbooks, plain SGD. It is right "
            "in one of ten digits: no better than guessing.",
            f"$ netwright fit @digits {PLAIN} --set network.activation=sigmoid "
            f"--set 'network.hidden_sizes=[{layers}]' --set training.optimizer=sgd "
            "--set training.learning_rate=0.1 --name deep-sigmoid",
            "## Evidence\n\nThe error that comes back from the output shrinks from layer to layer: a sigmoid lets at "
            "most a quarter of it through.",
            Picture("runs/deep-sigmoid", "signal.vanishing-gradient", "the error at each layer"),
            "## Treatment and proof\n\nEach remedy is tried on the same three seeds as the sick network, beside "
            "changes drawn at random. What is kept did more than both.",
            "$ netwright treat runs/deep-sigmoid --budget 150s",
            "$ netwright fit --recipe runs/deep-sigmoid/treated.toml --name treated",
        ],
        place,
    )


def large_step(place: Path) -> None:
    story(
        "dead-units",
        "ReLUs that one large step killed",
        [
            "## Symptom\n\nThree layers of ReLUs, SGD with momentum, and a learning rate ten times too high. The loss "
            "jumps in the first steps and then stands still.",
            f"$ netwright fit @digits {PLAIN} --set network.activation=relu --set 'network.hidden_sizes=[64,64,64]' "
            "--set network.dropout=0 --set training.optimizer=momentum --set training.learning_rate=1 "
            "--set training.warmup=0 --name large-step",
            "## Evidence\n\nUnits that answer 0 for every row get no gradient any more: nothing brings them back.",
            Picture("runs/large-step", "signal.dead-units", "the share of dead units, step by step"),
            "## Treatment and proof",
            "$ netwright treat runs/large-step --budget 150s",
            "$ netwright fit --recipe runs/large-step/treated.toml --name treated-step",
        ],
        place,
    )


def leak(place: Path) -> None:
    write_leaky_tables(place)
    story(
        "leak",
        "A column that knew the answer",
        [
            "## Symptom\n\n`code` was written down after the diagnosis: it is the diagnosis in other letters. "
            "On the rows held out of the same file the network is nearly always right. On later rows, where "
            "nobody has filled in `code` yet, it is not.",
            "$ netwright fit patients.csv --target malignant --quality fast --name leaky",
            "$ netwright evaluate runs/leaky later.csv",
            "## Evidence\n\nIt is told before any training, and again afterwards: the column alone foretells the "
            "target.",
            "$ netwright diagnose runs/leaky",
            Picture("runs/leaky", "data.leak", "what each column alone tells of the target"),
            "## Treatment and proof\n\nNo validation score can prove this remedy, since the validation rows have the "
            "leak too: it falls, and rightly. The proof is in rows that are as the network will meet them.",
            "$ netwright fit patients.csv --target malignant --ignore code --quality fast --name honest",
            "$ netwright evaluate runs/honest later.csv",
        ],
        place,
    )


def write_leaky_tables(place: Path) -> None:
    """Write 400 rows of breast cancer with a column that repeats the target, and 169 where that column is empty."""
    import polars as pl
    from numpy.random import default_rng
    from sklearn.datasets import load_breast_cancer

    cancer = load_breast_cancer()
    generator = default_rng(0)
    order = generator.permutation(len(cancer.target))
    columns = {name.replace(" ", "_"): cancer.data[order, number] for number, name in enumerate(cancer.feature_names)}
    malignant = 1 - cancer.target[order]
    code = [f"C{value}" for value in malignant]
    table = pl.DataFrame({**columns, "code": code, "malignant": ["yes" if value else "no" for value in malignant]})
    table[:400].write_csv(place / "patients.csv")
    table[400:].with_columns(pl.lit(None, pl.String).alias("code")).write_csv(place / "later.csv")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="netwright-stories-") as folder:
        for tell in (deep_sigmoid, large_step, leak):
            tell(Path(folder))
