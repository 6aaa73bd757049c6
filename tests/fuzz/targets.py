"""A plain function for each reader: it takes bytes, spoils a valid file by them and hands that to the reader.

What is promised of every reader, whatever the bytes: it returns, or raises a NetwrightError of one sentence; within
5 s of computing, and without a warning. `hold` says where that is broken.
"""

import gzip
import hashlib
import io
import json
import shutil
import time
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from netwright.core.errors import NetwrightError
from tests.fuzz import originals
from tests.fuzz.mutations import Draw, altered_json, altered_json_lines, altered_toml, spliced

SECONDS = 5.0  # of computing
Target = Callable[[bytes], object]
Alter = Callable[[bytes, Draw], bytes]


class BrokenPromiseError(AssertionError):
    """A reader answered, but not as promised."""


def hold(target: Target, data: bytes) -> None:
    """Call a target; whatever it raises beside a NetwrightError goes on to the caller.

    Raises:
        BrokenPromiseError: an error of no or several lines, or more than 5 s.
    """
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            target(data)
        except NetwrightError as error:
            if not str(error).strip() or not str(error).isprintable():
                raise BrokenPromiseError(f"expected one sentence, got {str(error)!r}") from error
    if (spent := time.process_time() - began) > SECONDS:
        raise BrokenPromiseError(f"expected an answer within {SECONDS:g} s, got one after {spent:.1f} s")


def _made(valid: bytes, draw: Draw, alter: Alter) -> bytes:
    """One time in sixteen the bytes themselves, else a valid file that they spoil."""
    return draw.take(draw.left) if draw.below(16) == 15 else alter(valid, draw)


def _altered_or_spliced(alter: Alter) -> Alter:
    return lambda valid, draw: (alter if draw.below(4) else spliced)(valid, draw)


def csv(data: bytes) -> object:
    return _read_table("t.csv", data, spliced, "csv")


def tsv(data: bytes) -> object:
    return _read_table("t.tsv", data, spliced, "tsv")


def jsonl(data: bytes) -> object:
    return _read_table("t.jsonl", data, _altered_or_spliced(altered_json_lines), "jsonl")


def json_table(data: bytes) -> object:
    return _read_table("t.json", data, _altered_or_spliced(altered_json), "json")


def parquet(data: bytes) -> object:
    return _read_table("t.parquet", data, spliced, "parquet", "packed.parquet")


def arrow(data: bytes) -> object:
    return _read_table("t.arrow", data, spliced, "arrow", "packed.arrow")


def gz(data: bytes) -> object:
    return _read_table("t.csv.gz", data, _spliced_within(gzip.decompress, gzip.compress), "gz")


def zipped(data: bytes) -> object:
    return _read_table("t.zip", data, _spliced_within(lambda _: originals.table("csv"), _zip), "zip")


def _spliced_within(unpack: Callable[[bytes], bytes], pack: Callable[[bytes], bytes]) -> Alter:
    """Spoil the file, or the content and pack it again."""
    return lambda valid, draw: spliced(valid, draw) if draw.below(4) else pack(spliced(unpack(valid), draw))


def _zip(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", content)
    return buffer.getvalue()


def _read_table(name: str, data: bytes, alter: Alter, *valid: str) -> object:
    """Read a table as `predict`, as `show` and as Python do."""
    draw = Draw(data)
    reader = draw.of((_plainly, _plainly, _to_learn_from, _to_answer_for))
    path = originals.workplace() / name
    path.write_bytes(_made(originals.table(draw.of(valid)), draw, alter))
    return reader(path)


def _plainly(path: Path) -> object:
    from netwright.data import read_table

    return read_table(path)


def _to_learn_from(path: Path) -> object:
    from netwright.training.material import gather
    from netwright.training.recipe import recipe_from

    return gather(recipe_from({"data": {"source": str(path), "target": -1, "max_rejected": 0.9}}, "--set"))


def _to_answer_for(path: Path) -> object:
    from netwright.training.inference import predict_rows

    return predict_rows(_model(), path, 0.9)


@cache
def _model() -> Any:
    from netwright.training.inference import load_model

    return load_model(originals.run(1))


def recipe(data: bytes) -> object:
    """Read recipe.toml as `fit --recipe` does, up to where the table is read, and size the network."""
    from netwright.core.values import InputSpec
    from netwright.networks import shapes_of
    from netwright.training.config import validate
    from netwright.training.defaults import ask, complete
    from netwright.training.ensemble_config import validate_ensemble
    from netwright.training.evaluation_config import validate_evaluation
    from netwright.training.rate_test_config import validate_rate_test
    from netwright.training.recipe import recipe_from, refuse_pipes
    from netwright.training.settings import read_recipe

    draw, path = Draw(data), originals.workplace() / "recipe.toml"
    path.write_bytes(_made((originals.run(1) / "recipe.toml").read_bytes(), draw, altered_toml))
    tree = read_recipe(path)
    refuse_pipes(recipe_from(tree, str(path)).data, path)
    asked = ask(tree)
    validate(asked.training)
    validate_ensemble(asked.ensemble)
    validate_rate_test(asked.rate_test)
    validate_evaluation(asked.evaluation, "binary")
    whole, _ = complete(tree, "binary", originals.ROWS)
    validate(whole.training)
    return shapes_of(whole.network, InputSpec(3, (4,), 1, "binary", (0, 1)))


def schema(data: bytes) -> object:
    return _read_run("schema.json", data, _altered_or_spliced(altered_json))


def calibration(data: bytes) -> object:
    return _read_run("calibration.json", data, _altered_or_spliced(altered_json))


def run_info(data: bytes) -> object:
    return _read_run("run.json", data, _altered_or_spliced(altered_json))


def evaluation(data: bytes) -> object:
    return _read_run("evaluation.json", data, _altered_or_spliced(altered_json))


def findings(data: bytes) -> object:
    return _read_run("findings.json", data, _altered_or_spliced(altered_json))


def members(data: bytes) -> object:
    return _read_run("members.json", data, _altered_or_spliced(altered_json), 2)


def learning_curve(data: bytes) -> object:
    return _read_run("learning_curve.json", data, _altered_or_spliced(altered_json), 2)


def rate_test(data: bytes) -> object:
    return _read_run("rate_test.json", data, _altered_or_spliced(altered_json), 2)


def records(data: bytes) -> object:
    return _read_run("records.jsonl", data, _altered_or_spliced(altered_json_lines))


def log(data: bytes) -> object:
    """The records of a training, steps and epochs, as Python reads them."""
    from netwright.training.records import read_records

    draw, path = Draw(data), originals.workplace() / "log.jsonl"
    path.write_bytes(_made(originals.log(), draw, _altered_or_spliced(altered_json_lines)))
    return read_records(path)


def weights(data: bytes) -> object:
    return _read_run("weights.safetensors", data, _altered_header)


def run_recipe(data: bytes) -> object:
    return _read_run("recipe.toml", data, altered_toml)


def _read_run(name: str, data: bytes, alter: Alter, networks: int = 1) -> object:
    """Spoil one file of a run, call `show` and `predict`, and put the file back."""
    draw, path = Draw(data), originals.run(networks) / name
    valid = _content(networks, name)
    try:
        path.write_bytes(_made(valid, draw, alter))
        return (_show if draw.below(2) else _predict)(path.parent)
    finally:
        path.write_bytes(valid)


@cache
def _content(networks: int, name: str) -> bytes:
    return (originals.run(networks) / name).read_bytes()


def _show(folder: Path) -> object:
    """What `netwright show RUN` reads and prints, as text and with --json."""
    from rich.console import Console

    from netwright import api
    from netwright.cli.fit import result_of
    from netwright.core.files import to_json
    from netwright.report import tables

    run, out = api.load(folder), Console(file=io.StringIO(), markup=False, emoji=False)
    summary = run.summary
    out.print(tables.data_table(run.schema), tables.choices_table(summary.choices))
    out.print(tables.findings_table(run.findings), tables.final_table(summary), tables.networks_table(summary))
    out.print(tables.trust_table(run.evaluation, summary.diagnostics, summary))
    return to_json(result_of(run))


def _predict(folder: Path) -> object:
    from netwright import api

    source = originals.workplace() / "new.csv"
    source.write_bytes(originals.table("csv"))
    return api.load(folder).predictions(source, 0.9)


def _altered_header(valid: bytes, draw: Draw) -> bytes:
    """Spoil the header of a safetensors file as JSON, with its length made to fit; or the bytes of the file."""
    if not draw.below(3):
        return spliced(valid, draw)
    length = int.from_bytes(valid[:8], "little")
    header = altered_json(valid[8 : 8 + length], draw)
    return len(header).to_bytes(8, "little") + header + valid[8 + length :]


def checkpoint(data: bytes) -> object:
    """Spoil a file of a checkpoint, the manifest made to fit it or not, and go on from it as `--resume` does."""
    from netwright.training.averaging import start_average
    from netwright.training.checkpoints import MANIFEST, STATE, TENSORS, load_checkpoint
    from netwright.training.optimizers import make_updater
    from netwright.training.state import Progress, TrainingState, origin_of, restore
    from tests.training.small_runs import CONFIG, make_batches, make_module

    draw, original = Draw(data), originals.checkpoint()
    folder = originals.workplace() / "spoilt-checkpoints"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(original, folder / original.name)
    name, alter = draw.of(((STATE, _altered_or_spliced(altered_json)), (TENSORS, _altered_header), (MANIFEST, spliced)))
    path = folder / original.name / name
    path.write_bytes(_made(path.read_bytes(), draw, alter))
    if name != MANIFEST:
        _vouch(path.with_name(MANIFEST), (TENSORS, STATE))
    found, _ = load_checkpoint(folder)
    module = make_module()
    state = TrainingState(module, make_updater(module, CONFIG), start_average(module), Progress(CONFIG.epochs))
    return restore(state, found, origin_of(CONFIG, make_batches(), "eager"))


def _vouch(manifest: Path, names: tuple[str, ...]) -> None:
    contents = {name: manifest.with_name(name).read_bytes() for name in names}
    facts = {name: {"size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for name, c in contents.items()}
    manifest.write_text(json.dumps(facts))


def member_file(data: bytes) -> object:
    """A network of a run in progress, members/NNN.json with its weights; what is damaged is trained again."""
    from netwright.core.values import MemberRecord
    from netwright.training import member_files
    from tests.training.small_runs import make_module

    draw, module = Draw(data), make_module()
    path = originals.workplace() / "members" / "000.json"
    member_files.store(path, MemberRecord(1, 2, 0, 3, 2, "all 3 planned epochs are done", 1.5, (0.5, None)), module)
    if draw.below(2):
        path.write_bytes(_made(path.read_bytes(), draw, _altered_or_spliced(altered_json)))
    else:
        spoilt = path.with_suffix(".safetensors")
        spoilt.write_bytes(_made(spoilt.read_bytes(), draw, _altered_header))
        tree = json.loads(path.read_bytes()) | {"weights_sha256": hashlib.sha256(spoilt.read_bytes()).hexdigest()}
        path.write_text(json.dumps(tree))
    return member_files.stored(path, MemberRecord, module)


TARGETS: dict[str, Target] = {
    "csv": csv,
    "tsv": tsv,
    "jsonl": jsonl,
    "json": json_table,
    "parquet": parquet,
    "arrow": arrow,
    "gz": gz,
    "zip": zipped,
    "recipe": recipe,
    "run_recipe": run_recipe,
    "schema": schema,
    "calibration": calibration,
    "run": run_info,
    "evaluation": evaluation,
    "findings": findings,
    "members": members,
    "learning_curve": learning_curve,
    "rate_test": rate_test,
    "records": records,
    "log": log,
    "weights": weights,
    "checkpoint": checkpoint,
    "member_file": member_file,
}
