"""Bad input ends in one sentence on stderr and exit code 2, and leaves everything as it was.

One row a case: what is written, what is called, and the words that the sentence must hold. A new case is one row.
"""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.conftest import QUICK, flowers_csv

GOOD = flowers_csv(60)
PREDICT = ["predict", "RUN", "new.csv"]
HEAD = "a,b,y\n"
KIND = ("--target", "kind")
NUMBERS = "".join(f"{i % 7},{i % 5 + 0.5},{i % 2}\n" for i in range(60))
PARQUET = io.BytesIO()
pl.DataFrame({"a": [1, 2], "y": [0, 1]}).write_parquet(PARQUET)
ARROW = io.BytesIO()
pl.DataFrame({"a": [1, 2], "y": [0, 1]}).write_ipc(ARROW)


def _zip(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return buffer.getvalue()


def _rows(make, count: int = 60) -> str:
    return "".join(make(i) for i in range(count))


THREE = HEAD + _rows(lambda i: f"{i % 7},{i},{'abc'[i % 3]}\n")
RARE = HEAD + _rows(lambda i: f"{i % 7},{i * 1.37 % 3:.2f},{'ab'[i % 2] if i % 10 else 'c'}\n")
DATED = "when,a,y\n" + _rows(lambda i: f"2024-{1 + i // 28:02d}-{1 + i % 28:02d},{i * 7 % 11},{'ab'[i * 5 % 3 > 0]}\n")
LEAK = HEAD + _rows(lambda i: f"{i % 2},{i * 37 % 101},{i % 2}\n", 400)

# name, file name, content, arguments after the file, words of the sentence
FILES: list[tuple[str, str, str | bytes | None, list[str], list[str]]] = [
    ("missing file", "absent.csv", None, [], ["absent.csv"]),
    ("empty file", "t.csv", "", [], ["empty", "t.csv"]),
    ("blank lines only", "t.csv", "\n \n\n", [], ["t.csv"]),
    ("header without rows", "t.csv", HEAD, [], ["t.csv", "row"]),
    ("one class", "t.csv", HEAD + _rows(lambda i: f"{i % 7},{i % 3},yes\n"), [], ["y", "yes"]),
    ("constant numeric target", "t.csv", HEAD + _rows(lambda i: f"{i % 7},{i % 3},2.5\n"), [], ["y", "2.5"]),
    ("target all missing", "t.csv", HEAD + _rows(lambda i: f"{i % 7},{i % 3},?\n"), [], ["y"]),
    ("unknown target", "t.csv", GOOD, ["--target", "knid"], ["knid", "'kind'"]),
    ("target out of range", "t.csv", GOOD, ["--target", "9"], ["9", "4"]),
    ("negative target out of range", "t.csv", GOOD, ["--target", "-9"], ["-9", "4"]),
    ("no target named or guessable", "t.csv", "a,b,c\n" + NUMBERS, [], ["--target"]),
    ("duplicate column names", "t.csv", "a,a,y\n" + NUMBERS, [], ["'a'"]),
    ("NUL bytes", "t.csv", (HEAD + NUMBERS).encode() + b"1,\x00,1\n", [], ["byte"]),
    ("an image called csv", "t.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, [], ["t.csv"]),
    ("random bytes called csv", "t.csv", np.random.default_rng(0).bytes(5000), [], ["t.csv"]),
    ("a pickle called csv", "t.csv", b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00" * 9, [], ["t.csv"]),
    ("not a Parquet file", "t.parquet", b"hello" * 99, ["--target", "y"], ["t.parquet", "parquet"]),
    ("truncated Parquet", "t.parquet", PARQUET.getvalue()[:-40], ["--target", "y"], ["t.parquet"]),
    ("empty Parquet file", "t.parquet", b"", ["--target", "y"], ["t.parquet"]),
    ("truncated Arrow", "t.arrow", ARROW.getvalue()[:80], ["--target", "y"], ["t.arrow"]),
    ("not a gzip file", "t.csv.gz", b"hello", [], ["t.csv.gz"]),
    ("truncated gzip", "t.csv.gz", gzip.compress(GOOD.encode() * 50)[:300], [], ["t.csv.gz"]),
    ("not a zip file", "t.zip", b"PK\x03\x04 hello", [], ["t.zip"]),
    ("zip with two tables", "t.zip", _zip(a_csv=GOOD, b_csv=GOOD), [], ["a.csv", "b.csv"]),
    ("zip without a table", "t.zip", _zip(), [], ["t.zip"]),
    ("JSON lines with a bad line", "t.jsonl", '{"a":1,"y":0}\n' * 8 + "{oops\n", ["--target", "y"], ["t.jsonl"]),
    ("empty JSON lines", "t.jsonl", "", ["--target", "y"], ["t.jsonl"]),
    ("JSON that is no table", "t.json", '{"a": 1}', ["--target", "y"], ["t.json"]),
    ("infinity in every row", "t.csv", HEAD + _rows(lambda i: f"inf,{i % 3},{i % 2}\n"), [], ["t.csv", "inf"]),
    ("numbers beyond any float", "t.csv", HEAD + _rows(lambda i: f"1e999,{i % 3},{i % 2}\n"), [], ["1e999"]),
    ("most rows ragged", "t.csv", HEAD + _rows(lambda i: "1,2,0\n" if i % 3 else "1,2,0,4,5\n"), [], ["field"]),
    ("one row", "t.csv", HEAD + "1,2,0\n", [], ["row"]),
    ("two rows", "t.csv", HEAD + "1,2,0\n2,3,1\n", [], ["row"]),
    ("only a target", "t.csv", "y\n" + _rows(lambda i: f"{i % 2}\n"), [], ["feature"]),
    ("constant features only", "t.csv", HEAD + _rows(lambda i: f"1,2,{i % 2}\n"), [], ["feature"]),
    ("identifiers only", "t.csv", "id,y\n" + _rows(lambda i: f"u{i:04d}x,{i % 2}\n"), [], ["feature"]),
    ("identifier as target", "t.csv", HEAD + _rows(lambda i: f"{i % 7},{i % 3},name{i}\n"), ["--target", "y"], ["y"]),
    ("mixed types as target", "t.csv", HEAD + _rows(lambda i: f"1,{i % 3},{i if i % 2 else f'x{i}'}\n"), [], ["y"]),
    ("binary asked of three classes", "t.csv", THREE, ["--task", "binary"], ["3"]),
    ("regression asked of words", "t.csv", GOOD, [*KIND, "--task", "regression"], ["kind"]),
    ("unknown task", "t.csv", GOOD, [*KIND, "--task", "clasification"], ["clasification"]),
    ("unknown column ignored", "t.csv", GOOD, [*KIND, "--ignore", "widht"], ["widht", "'width'"]),
    ("target ignored", "t.csv", GOOD, [*KIND, "--ignore", "kind"], ["kind"]),
    ("unknown group", "t.csv", GOOD, [*KIND, "--group", "color"], ["color", "'colour'"]),
    ("unknown time", "t.csv", GOOD, [*KIND, "--time", "date"], ["date"]),
    ("typo in a setting", "t.csv", GOOD, [*KIND, "--set", "training.epoch=3"], ["epoch", "'epochs'"]),
    ("typo in a section", "t.csv", GOOD, [*KIND, "--set", "trainig.epochs=3"], ["trainig", "'training'"]),
    ("setting without a value", "t.csv", GOOD, [*KIND, "--set", "training.epochs"], ["name=value"]),
    ("wrong type", "t.csv", GOOD, [*KIND, "--set", "training.epochs=many"], ["epochs", "int"]),
    ("setting inside a value", "t.csv", GOOD, [*KIND, "--set", "training.epochs.x=1"], ["epochs"]),
    ("unknown activation", "t.csv", GOOD, [*KIND, "--set", "network.activation=rleu"], ["'relu'"]),
    ("unknown embedding", "t.csv", GOOD, [*KIND, "--set", "network.numeric_embedding=periodc"], ["'periodic'"]),
    ("no bins", "t.csv", GOOD, [*KIND, "--set", "network.bins=0"], ["bins", "0"]),
    ("unknown group", "t.csv", GOOD, [*KIND, "--set", "training.rate_factors.biass=2"], ["rate_factors", "'bias'"]),
    ("factor below zero", "t.csv", GOOD, [*KIND, "--set", "training.decay_factors.bias=-2"], ["decay_factors"]),
    ("unknown optimizer", "t.csv", GOOD, [*KIND, "--set", "training.optimizer=adma"], ["'adam'"]),
    ("unknown schedule", "t.csv", GOOD, [*KIND, "--set", "training.schedule=cosin"], ["'cosine'"]),
    ("unknown loss", "t.csv", GOOD, [*KIND, "--set", "training.loss=bec"], ["bec"]),
    ("a loss of another task", "t.csv", GOOD, [*KIND, "--set", "training.loss=mse"], ["mse"]),
    ("unknown initialisation", "t.csv", GOOD, [*KIND, "--set", "network.initialization=hee"], ["hee"]),
    ("unknown normalisation", "t.csv", GOOD, [*KIND, "--set", "network.normalization=bach"], ["'batch'"]),
    ("negative learning rate", "t.csv", GOOD, [*KIND, "--set", "training.learning_rate=-1"], ["-1"]),
    ("no epochs", "t.csv", GOOD, [*KIND, "--set", "training.epochs=0"], ["epochs"]),
    ("dropout above one", "t.csv", GOOD, [*KIND, "--set", "network.dropout=1.5"], ["dropout", "1.5"]),
    ("negative layer", "t.csv", GOOD, [*KIND, "--set", "network.hidden_sizes=[8,-1]"], ["hidden_sizes"]),
    ("empty batches", "t.csv", GOOD, [*KIND, "--set", "training.batch_size=0"], ["batch_size"]),
    ("test share above one", "t.csv", GOOD, [*KIND, "--set", "split.test=1.5"], ["test", "1.5"]),
    ("unknown split strategy", "t.csv", GOOD, [*KIND, "--set", "split.strategy=rand"], ["rand"]),
    ("override of unknown column", "t.csv", GOOD, [*KIND, "--set", "schema.columns.widht.kind=numeric"], ["'width'"]),
    ("unknown kind", "t.csv", GOOD, [*KIND, "--set", "schema.columns.width.kind=numerc"], ["numerc"]),
    ("words said to be numbers", "t.csv", GOOD, [*KIND, "--set", "schema.columns.colour.kind=numeric"], ["colour"]),
    ("nonsense budget", "t.csv", GOOD, [*KIND, "--budget", "soon"], ["soon", "90s"]),
    ("unknown device", "t.csv", GOOD, [*KIND, "--device", "gpu9"], ["gpu9"]),
    ("a name that leaves the folder", "t.csv", GOOD, [*KIND, "--name", "../x"], ["--name"]),
    ("a name that is taken", "t.csv", GOOD, [*KIND, "--name", "taken"], ["taken"]),
    ("runs is a file", "t.csv", GOOD, [*KIND, "--runs", "keep.txt"], ["keep.txt"]),
    ("missing test file", "t.csv", GOOD, [*KIND, "--test", "absent.csv"], ["absent.csv"]),
    ("test file without a column", "t.csv", GOOD, [*KIND, "--test", "narrow.csv"], ["narrow.csv", "height"]),
    ("test file with other classes", "t.csv", GOOD, [*KIND, "--test", "strange.csv"], ["strange.csv"]),
    ("folds beyond the rarest class", "t.csv", RARE, ["--folds", "9"], ["'c'", "9 folds", "take"]),
    ("more folds than rows", "t.csv", GOOD, [*KIND, "--folds", "99"], ["99 folds", "folds or fewer"]),
    ("no folds", "t.csv", GOOD, [*KIND, "--folds", "0"], ["ensemble.folds", "1 to 100", "0"]),
    ("fewer than no members", "t.csv", GOOD, [*KIND, "--ensemble", "-2"], ["ensemble.members", "1 to 100", "-2"]),
    ("a million networks", "t.csv", GOOD, [*KIND, "--folds", "50", "--ensemble", "99"], ["1,000", "99", "50"]),
    ("folds that are no number", "t.csv", GOOD, [*KIND, "--set", "ensemble.folds=five"], ["ensemble.folds", "int"]),
    ("folds over time", "t.csv", DATED, ["--target", "y", "--time", "when", "--folds", "3"], ["time", "later"]),
    ("strict, with a leak", "t.csv", LEAK, ["--strict"], ["--strict"]),
]  # fmt: skip


def _snapshot(folder: Path) -> dict[str, str]:
    """Digest of every file below the folder, lock files left out."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.lock"
    }


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Path:
    """A folder with things that must stay as they are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keep.txt").write_text("mine")
    (tmp_path / "narrow.csv").write_text("width,colour,kind\n1,red,lily\n")
    (tmp_path / "strange.csv").write_text("width,height,colour,kind\n" + "1,2,red,cactus\n" * 20)
    (tmp_path / "runs" / "taken").mkdir(parents=True)
    (tmp_path / "runs" / "taken" / "weights.safetensors").write_text("precious")
    return tmp_path


def _is_one_sentence(err: str) -> bool:
    return err.startswith("netwright: ") and err.count("\n") == 1 and "Traceback" not in err


def _check(outcome, words: list[str]) -> None:
    assert outcome.code == 2, outcome
    assert _is_one_sentence(outcome.err), outcome.err
    assert outcome.out == ""
    assert all(word in outcome.err for word in words), (words, outcome.err)


def test_there_are_at_least_sixty_cases():
    assert len(FILES) + len(RUNS) >= 60


@pytest.mark.parametrize(
    ("file", "content", "arguments", "words"), [case[1:] for case in FILES], ids=[case[0] for case in FILES]
)
def test_fit_refuses(netwright, desk, file, content, arguments, words):
    if content is not None:
        (desk / file).write_bytes(content.encode() if isinstance(content, str) else content)
    before = _snapshot(desk)
    _check(netwright("fit", file, *QUICK, *arguments), words)
    assert _snapshot(desk) == before


WORDS_ONLY: list[tuple[str, list[str], list[str]]] = [
    ("a folder", ["fit", "runs"], ["runs"]),
    ("unknown bundled set", ["fit", "@digit"], ["'@digits'"]),
    ("member that is not there", ["fit", "t.zip::c.csv"], ["c.csv", "a.csv"]),
    ("member of a file that is no zip", ["fit", "keep.txt::c.csv"], ["keep.txt"]),
    ("nothing to fit", ["fit"], ["@breast-cancer"]),
    ("missing recipe", ["fit", "--recipe", "absent.toml"], ["absent.toml"]),
    ("recipe that is no TOML", ["fit", "--recipe", "keep.txt"], ["keep.txt", "TOML"]),
    ("recipe with a typo", ["fit", "--recipe", "typo.toml"], ["learning_rat", "'learning_rate'"]),
    ("predict without a run", ["predict", "runs/absent", "narrow.csv"], ["runs/absent"]),
    ("predict with a folder that is no run", ["predict", "runs/taken", "narrow.csv"], ["runs/taken"]),
    ("evaluate without a run", ["evaluate", "absent", "narrow.csv"], ["absent"]),
    ("show without a run or table", ["show", "absent"], ["absent"]),
    ("unknown option", ["fit", "@iris", "--bogus"], ["--bogus", "--help"]),
    ("a seed that is no number", ["fit", "@iris", "--seed", "abc"], ["abc", "integer"]),
    ("no rows to test on", ["fit", "@iris", "--set", "split.test=0"], ["split.test"]),
    ("a choice that is none", ["fit", "@iris", "--set", "split.strategy=numeric"], ["stratified"]),
    ("resume with other settings", ["fit", "keep.txt", "--resume", "runs/taken"], ["--resume"]),
    ("a table where the run belongs", ["predict", "narrow.csv", "runs"], ["narrow.csv", "run directory"]),
    ("unknown command", ["fits"], ["fits", "--help"]),
    ("resume without a run", ["fit", "--resume", "runs/absent"], ["runs/absent"]),
]


@pytest.mark.parametrize(
    ("arguments", "words"), [case[1:] for case in WORDS_ONLY], ids=[case[0] for case in WORDS_ONLY]
)
def test_command_refuses(netwright, desk, arguments, words):
    (desk / "t.zip").write_bytes(_zip(a_csv=GOOD))
    (desk / "typo.toml").write_text("[training]\nlearning_rat = 1\n")
    before = _snapshot(desk)
    _check(netwright(*arguments), words)
    assert _snapshot(desk) == before


def _remove(name: str):
    return lambda run: (run / name).unlink()


def _spoil(name: str, content: bytes):
    return lambda run: (run / name).write_bytes(content)


def _cut(name: str):
    return lambda run: (run / name).write_bytes((run / name).read_bytes()[:-20])


def _append(name: str):
    return lambda run: (run / name).write_bytes((run / name).read_bytes() + b"\n# edited\n")


def _exchange(name: str, old: bytes, new: bytes):
    return lambda run: (run / name).write_bytes((run / name).read_bytes().replace(old, new))


def _unfinish(run: Path) -> None:
    text = (run / "run.json").read_text()
    (run / "run.json").write_text(text[: text.index('"stopped_because"')] + '"stopped_because": "", "rejected": []}')


def _both(first, second):
    return lambda run: (first(run), second(run))


# name, damage to a copy of a finished run, arguments (RUN stands for it), words
RUNS: list[tuple[str, object, list[str], list[str]]] = [
    ("no recipe", _remove("recipe.toml"), PREDICT, ["recipe.toml"]),
    ("no schema", _remove("schema.json"), PREDICT, ["schema.json"]),
    ("no weights", _remove("weights.safetensors"), PREDICT, ["weights.safetensors"]),
    ("damaged schema", _cut("schema.json"), PREDICT, ["schema.json"]),
    ("foreign schema", _spoil("schema.json", b"{}"), PREDICT, ["schema.json"]),
    ("truncated weights", _cut("weights.safetensors"), PREDICT, ["weights.safetensors"]),
    ("weights that are a pickle", _spoil("weights.safetensors", b"\x80\x04cos\nsystem\n"), PREDICT, ["weights"]),
    ("no evaluation to show", _remove("evaluation.json"), ["show", "RUN"], ["evaluation.json"]),
    ("no run.json to show", _remove("run.json"), ["show", "RUN"], ["run.json"]),
    ("nothing to resume from", _remove("run.json"), ["fit", "--resume", "RUN"], ["run.json"]),
    ("no members.json", _exchange("recipe.toml", b"members = 1", b"members = 2"), PREDICT, ["members.json"]),
    ("other settings at a resume", None, ["fit", "--resume", "RUN", "--folds", "5"], ["--resume", "no other setting"]),
    ("edited recipe at resume", _both(_unfinish, _append("recipe.toml")), ["fit", "--resume", "RUN"], ["edited"]),
    ("missing column", None, ["predict", "RUN", "narrow.csv"], ["height"]),
    ("renamed column", None, ["predict", "RUN", "renamed.csv"], ["colour", "color"]),
    ("empty table", None, ["predict", "RUN", "empty.csv"], ["empty.csv"]),
    ("output of unknown kind", None, ["predict", "RUN", "new.csv", "-o", "x.xlsx"], [".csv", ".parquet"]),
    ("output into no folder", None, ["predict", "RUN", "new.csv", "-o", "no/x.csv"], ["no"]),
    ("output over the input", None, ["predict", "RUN", "new.csv", "-o", "new.csv"], ["new.csv"]),
    ("evaluate without targets", None, ["evaluate", "RUN", "untold.csv"], ["kind"]),
    ("evaluate other classes", None, ["evaluate", "RUN", "strange.csv"], ["strange.csv"]),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "arguments", "words"), [case[1:] for case in RUNS], ids=[case[0] for case in RUNS])
def test_run_directory_refuses(netwright, desk, run_copy, damage, arguments, words):
    (desk / "new.csv").write_text(GOOD)
    (desk / "empty.csv").write_text("")
    (desk / "renamed.csv").write_text(GOOD.replace("colour", "color", 1))
    (desk / "untold.csv").write_text("width,height,colour\n1,2,red\n")
    if damage:
        damage(run_copy)
    before = _snapshot(desk)
    _check(netwright(*[str(run_copy) if part == "RUN" else part for part in arguments]), words)
    assert _snapshot(desk) == before


def test_a_locked_run_names_its_owner(netwright, desk, run_copy):
    from netwright.training.run_directory import locked

    before = _snapshot(desk)
    with locked(run_copy):
        _check(netwright("fit", "--resume", run_copy), ["in use by process"])
    assert _snapshot(desk) == before


def test_changed_data_is_not_resumed(netwright, desk, run_copy):
    """The recipe of the copied run names a file that another test run may see: point it at a changed one."""
    recipe = (run_copy / "recipe.toml").read_text()
    (desk / "other.csv").write_text(GOOD)
    source = next(line for line in recipe.splitlines() if line.startswith("source"))
    text = recipe.replace(source, f'source = "{desk / "other.csv"}"')
    (run_copy / "recipe.toml").write_text(text)
    _unfinish(run_copy)
    run = (run_copy / "run.json").read_text()
    old = hashlib.sha256(recipe.encode()).hexdigest()
    (run_copy / "run.json").write_text(run.replace(old, hashlib.sha256(text.encode()).hexdigest()))
    _check(netwright("fit", "--resume", run_copy), ["changed since"])
