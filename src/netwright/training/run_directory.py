"""The run directory: its files, its lock, and reading it back with errors a person can act on.

recipe.toml  schema.json  split.json  run.json  rejected.csv  records.jsonl  run.log
checkpoints/  weights.safetensors  rate_test.json  calibration.json  evaluation.json  findings.json
explanations.json  report.html
"""

import csv
import fcntl
import io
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from netwright.core.errors import RunError, nearest
from netwright.core.evidence import Calibration, Diagnostics, Evaluation
from netwright.core.explanation_faults import fault_of_explained
from netwright.core.explanations import Explained
from netwright.core.files import from_json, fsync_directory, make_folder, to_json, write_atomic
from netwright.core.findings import Finding
from netwright.core.foreign import MOST_BYTES, MOST_LINE, open_own, open_plain, read_plain
from netwright.core.values import Choice, EpochRecord, Rejected, RowCount, Schema
from netwright.data import Preparation, fault_of_preparation

Value = TypeVar("Value")

RATE_TEST, CONTEST, GALLERY = "rate_test.json", "contest.json", "gallery.json"
SERIES_GALLERY, EXPLANATIONS = "series_gallery.json", "explanations.json"
MOST = {"schema.json": 1 << 29, "tokenizer.json": 1 << 28, EXPLANATIONS: 1 << 27}  # bytes of a part, above MOST_BYTES
READ = (  # what is opened of a run directory; other files in it are nobody's business
    *("recipe.toml", "schema.json", "run.json", "records.jsonl", "run.log", "run.lock", "weights.safetensors"),
    *(
        "rate_test.json",
        "contest.json",
        "gallery.json",
        "series_gallery.json",
        "calibration.json",
        "evaluation.json",
        "findings.json",
        "members.json",
        "learning_curve.json",
        "tokenizer.json",
        "excerpts.json",
        "treatment.json",
        "landscape.json",
        EXPLANATIONS,
        "treated.toml",
    ),
)
FOLDERS = ("checkpoints", "members")  # with what is in them


@dataclass(frozen=True)
class Contract:
    """schema.json: what new data must look like, and how its cells become numbers."""

    schema: Schema
    preparation: Preparation


@dataclass(frozen=True)
class RunInfo:
    """run.json: how the run came about."""

    version: str
    created: str  # ISO 8601, UTC
    source: str
    recipe_sha256: str  # of recipe.toml as written; an edited recipe is not resumed
    fingerprint: str  # of the source's content
    rows: RowCount
    split: dict[str, int]
    split_reason: str
    choices: tuple[Choice, ...]
    engine: str
    parameters: int
    environment: dict[str, str]
    seconds: float = 0.0  # wall time of the command that finished it
    stopped_because: str = ""  # empty while unfinished
    notes: tuple[str, ...] = ()  # of a resume: checkpoints that could not be trusted, exactness lost
    rejected: tuple[Rejected, ...] = ()  # the first 20
    baseline_seconds: dict[str, float] = field(default_factory=dict)  # that fitting each took


@dataclass(frozen=True)
class StoredEvaluation:
    """evaluation.json."""

    evaluation: Evaluation
    diagnostics: Diagnostics = field(default_factory=Diagnostics)


def new_run(root: Path, stem: str, name: str | None = None) -> Path:
    """Make an empty run directory: `name`, or the first free of stem-1, stem-2, ...

    Raises:
        RunError: the name is taken or unusable, or the folder cannot be written.
    """
    if name is not None:
        _check_name(name)
    stem = re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).strip("-.")[:60] or "run"
    try:
        make_folder(root)
        folder = _make_named(root, name) if name else _make_numbered(root, stem)
        fsync_directory(root)
        return folder
    except OSError as error:
        raise RunError(
            f"cannot make a run directory in {root}: {error.strerror}; choose another with --runs"
        ) from error


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", name):
        raise RunError(f"--name: expected letters, digits, '.', '_' and '-' (at most 100), got {name[:120]!r}")


def _make_named(root: Path, name: str) -> Path:
    folder = root / name
    if folder.exists():
        raise RunError(f"{folder} exists already; choose another --name, or go on with it by --resume {folder}")
    folder.mkdir()
    return folder


def _make_numbered(root: Path, stem: str) -> Path:
    number = 1
    while True:
        try:
            folder = root / f"{stem}-{number}"
            folder.mkdir()
            return folder
        except FileExistsError:
            number += 1


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run for this process. The kernel frees the lock when the process dies, so it is never stale.

    Raises:
        RunError: another process holds it, or the folder cannot be written.
    """
    try:
        file = open_own(folder / "run.lock")
    except OSError as error:
        raise RunError(
            f"cannot write to {folder}: {error.strerror}; make it writable or copy the run elsewhere"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read(20).decode("ascii", "replace").strip() or "unknown"
            raise RunError(f"{folder} is in use by process {owner}; wait until it ends, or stop it") from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()).encode())
        yield


def check_run(folder: Path) -> None:
    """Raise RunError unless `folder` looks like a run whose files are its own."""
    try:
        _check_folder(folder)
        _refuse_links(folder)
    except OSError as error:
        raise RunError(f"{str(folder)[:200]} cannot be read as a run directory: {error.strerror}") from error


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        raise RunError(f"expected a run directory, got the file {folder}; the run comes first, then the table")
    if not folder.is_dir():
        beside = [entry.name for entry in folder.parent.iterdir()] if folder.parent.is_dir() else []
        hint = f"; {nearest(folder.name, beside)}" if beside else ""
        raise RunError(f"expected a run directory at {folder}, found none{hint}")
    if not (folder / "recipe.toml").is_file():
        raise RunError(
            f"{folder} is not a run directory: it has no recipe.toml; name a folder that `netwright fit` made"
        )


def _refuse_links(folder: Path) -> None:
    """A run directory that came from elsewhere may not lead out of itself, nor make us wait at a pipe."""
    within = [entry for name in FOLDERS if (folder / name).is_dir() for entry in _below(folder / name)]
    for path in (*(folder / name for name in (*READ, *FOLDERS)), *within):
        if path.is_symlink() or (path.exists() and not (path.is_file() or path.is_dir())):
            kind = "a symbolic link" if path.is_symlink() else "no regular file"
            name = path.relative_to(folder)
            raise RunError(f"{folder} is not as `netwright fit` made it: {name} is {kind}; put the file itself there")


def _below(folder: Path) -> Iterator[Path]:
    """Everything below a folder; links are named and not followed."""
    if folder.is_symlink():
        return
    for entry in folder.iterdir():
        yield entry
        if entry.is_dir():
            yield from _below(entry)


def read_part(folder: Path, name: str, kind: type[Value]) -> Value:
    """Read one JSON file of a run.

    Raises:
        RunError: the file is missing or damaged.
    """
    try:
        return from_json(read_plain(folder / name, MOST.get(name, MOST_BYTES)), kind)
    except OSError as error:
        raise RunError(
            f"{folder} is incomplete: {name} cannot be read ({error.strerror}); restore it, resume it, or fit again"
        ) from error
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise RunError(f"{folder} is damaged: {name}: {error}; restore it or fit again") from error


def part_if_there(folder: Path, name: str, kind: type[Value]) -> Value | None:
    return read_part(folder, name, kind) if (folder / name).exists() else None


def read_contract(folder: Path) -> Contract:
    """Read schema.json, and refuse one whose parts contradict each other; errors as of `read_part`."""
    contract = read_part(folder, "schema.json", Contract)
    if fault := fault_of_preparation(contract.schema, contract.preparation):
        raise RunError(f"{folder} is damaged: schema.json: {fault}; restore it or fit again")
    return contract


def read_calibration(folder: Path) -> Calibration:
    """Read calibration.json, and refuse numbers that no calibration gives; errors as of `read_part`."""
    found = read_part(folder, "calibration.json", Calibration)
    if fault := found.fault:
        raise RunError(f"{folder} is damaged: calibration.json: {fault}; restore it or fit again")
    return found


def read_evaluation(folder: Path) -> StoredEvaluation:
    """Read evaluation.json, and refuse one without what tables lead with; errors as of `read_part`."""
    stored = read_part(folder, "evaluation.json", StoredEvaluation)
    every = {"the network": stored.evaluation.metrics, **stored.evaluation.baselines}
    for name, metrics in every.items():
        if stored.evaluation.headline not in metrics:
            raise RunError(
                f"{folder} is damaged: evaluation.json: {name[:80]} lacks the headline; restore it or fit again"
            )
    return stored


def explained_of(folder: Path) -> Explained | None:
    """Return what is stored of what answers rest on, if anything.

    Raises:
        RunError: the file is damaged.
    """
    try:
        found = part_if_there(folder, EXPLANATIONS, Explained)
        fault = "" if found is None else fault_of_explained(found)
    except RunError as error:
        found, fault = None, str(error).partition(f"{EXPLANATIONS}: ")[2].partition(";")[0] or "it cannot be read"
    if fault:
        raise RunError(f"{folder}: {EXPLANATIONS} cannot be read: {fault}; explain again, which puts that file aside")
    return found


def put_aside(folder: Path, name: str) -> str:
    """Give a file of a run that cannot be read another name, so that nothing is lost; return that name."""
    stem, _, ending = name.rpartition(".")
    number = 1
    while (folder / (other := f"{stem}-unread-{number}.{ending}")).exists():
        number += 1
    (folder / name).replace(folder / other)
    fsync_directory(folder)
    return other


def write_part(folder: Path, name: str, value: object) -> None:
    write_atomic(folder / name, to_json(value))


def write_rejected(folder: Path, rejected: Iterable[tuple[str, Rejected]]) -> None:
    """Write rejected.csv: row, column, value, reason, source; an empty run of rows leaves the header alone."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", "column", "value", "reason", "source"])
    for source, item in rejected:
        writer.writerow([item.row, item.column, item.value, item.reason, source])
    write_atomic(folder / "rejected.csv", text.getvalue().encode())


def read_epochs(folder: Path) -> tuple[EpochRecord, ...]:
    """Return the epoch records of a run; a last line cut short by a kill is left out."""
    path = folder / "records.jsonl"
    if not path.exists():
        return ()
    try:
        with open_plain(path) as file:
            lines = iter(lambda: file.readline(MOST_LINE), b"")
            return tuple(from_json(line, EpochRecord) for line in lines if _is_epoch(line))
    except OSError as error:
        raise RunError(f"{folder} is damaged: records.jsonl cannot be read ({error.strerror}); restore it") from error
    except msgspec.DecodeError as error:
        raise RunError(f"{folder} is damaged: records.jsonl: {error}; restore it or fit again") from error


def _is_epoch(line: bytes) -> bool:
    return line.endswith((b"}", b"}\n")) and b'"kind":"epoch"' in line


def read_findings(folder: Path) -> tuple[Finding, ...]:
    found = read_part(folder, "findings.json", list)
    try:
        return tuple(msgspec.convert(item, Finding) for item in found)
    except msgspec.ValidationError as error:
        raise RunError(f"{folder} is damaged: findings.json: {error}; restore it or fit again") from error
