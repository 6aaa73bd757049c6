"""JSON and TOML of a run: wrong types, numbers that cannot be, sizes that fill the memory, names of code and paths."""

import importlib
import json
import math
import pickle
import pydoc
import tomllib
from collections.abc import Callable

import numpy as np

from hostile.desk import Case, Desk, digest
from hostile.harm import Payload, believes, breaks, fills, fires, reaches, tells
from hostile.weights import DEEP, EVALUATE, PREDICT

SHOW = ("show", "{run}")
RESUME = ("fit", "--resume", "{run}")
DAMAGED = ("is damaged",)
HUGE = 10**12


def spoil(name: str, text: str | bytes) -> Callable[[Desk], object]:
    return lambda desk: (desk.run / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def change(name: str, *where: object) -> Callable[[Desk], object]:
    return lambda desk: desk.change(name, *where)


def recipe(old: str, new: str) -> Callable[[Desk], object]:
    return lambda desk: desk.edit_recipe(old, new)


def parses(name: str) -> Callable[[Desk], str]:
    """The usual parser, without a type to hold the file to."""
    return lambda desk: breaks(lambda: json.loads((desk.run / name).read_bytes()), RecursionError)


def taken(name: str, *where: object) -> Callable[[Desk], str]:
    """The usual parser hands the wrong value on."""

    def control(desk: Desk) -> str:
        value = desk.part(name)
        for key in where:
            value = value[key]
        return believes(True, f"hands on {str(value)[:24]!r}")

    return control


def _sort_by_order(desk: Desk) -> str:
    preparation = desk.part("schema.json")["preparation"]
    by_column = {name: [] for name in preparation["order"]}
    return breaks(lambda: [by_column[encoder["column"]].append(encoder) for encoder in preparation["scales"]], KeyError)


def _interpolate(desk: Desk) -> str:
    knots = desk.part("schema.json")["preparation"]["quantiles"][0]["quantiles"]
    return breaks(lambda: np.interp(0.5, knots, np.linspace(0, 1, len(knots))), ValueError)


def parses_checkpoint(name: str) -> Callable[[Desk], str]:
    return lambda desk: breaks(lambda: json.loads(checkpoint(desk, name)), RecursionError)


def _network(desk: Desk) -> dict:
    return tomllib.loads((desk.run / "recipe.toml").read_text())["network"]


def fills_from_recipe(key: str) -> Callable[[Desk], str]:
    return lambda desk: fills(lambda: np.ones(np.atleast_1d(_network(desk)[key]).prod(), np.float32))


def _hole(name: str) -> Callable[[Desk], None]:
    """A file of 4 GB that are not on the disk."""

    def plant(desk: Desk) -> None:
        with (desk.run / name).open("wb") as file:
            file.truncate(4 << 30)

    return plant


def _call_by_name(desk: Desk) -> str:
    """What configuration frameworks do with a dotted name: import it, call it."""
    name = _network(desk)["activation"].removeprefix("python:")
    return fires(desk, lambda: pydoc.locate(name)(Payload(desk).command))


def _class_of_a_module(desk: Desk) -> None:
    keys = f'module = "os"\nfunction = "system"\nargument = "{Payload(desk).command}"'
    desk.edit_recipe("[network]", f"[network]\n{keys}")


def _call_the_function(desk: Desk) -> str:
    keys = _network(desk)
    return fires(desk, lambda: getattr(importlib.import_module(keys["module"]), keys["function"])(keys["argument"]))


def _pickled_schema(desk: Desk) -> None:
    (desk.run / "schema.json").write_bytes(pickle.dumps(Payload(desk)))


def _unpickle_schema(desk: Desk) -> str:
    return fires(desk, lambda: pickle.loads((desk.run / "schema.json").read_bytes()))


def _many_networks(desk: Desk) -> None:
    desk.edit_recipe("[ensemble]\nmembers = 1", "[ensemble]\nmembers = 2")
    summary = {"headline": "accuracy", "higher_is_better": True, "members": [], "value": 0.5, "mean": 0.5}
    desk.write_part("members.json", summary | {"asked": 2, "kept": HUGE, "deviation": None, "gain": 0.0})


def _steering(desk: Desk) -> None:
    """A title of the window, and a markup that closes what was never opened."""
    desk.change("run.json", "choices", 0, "reason", "\x1b]0;owned\x07 [/bold] :smile: \x1b[2J")


def vouched(name: str, make: Callable[[Desk, bytes], bytes]) -> Callable[[Desk], None]:
    """Change a file of every checkpoint of an unfinished run, and write manifests that vouch for it."""

    def plant(desk: Desk) -> None:
        desk.unfinish()
        for folder in (desk.run / "checkpoints").glob("step-*"):
            (folder / name).write_bytes(make(desk, (folder / name).read_bytes()))
            parts = ("tensors.safetensors", "state.json")
            facts = {part: {"size": (folder / part).stat().st_size, "sha256": digest(folder / part)} for part in parts}
            (folder / "MANIFEST.json").write_text(json.dumps(facts))

    return plant


def checkpoint(desk: Desk, name: str) -> bytes:
    """A file of a checkpoint, set aside or not."""
    return (min((desk.run / "checkpoints").glob("step-*")) / name).read_bytes()


def _far_log(_: Desk, content: bytes) -> bytes:
    state = json.loads(content)
    state["progress"]["records_offset"] = 1 << 62
    return json.dumps(state).encode()


def _make_long(desk: Desk) -> str:
    """Cut the log where the checkpoint says, and it grows."""
    offset = min(json.loads(checkpoint(desk, "state.json"))["progress"]["records_offset"], 1 << 40)
    path = desk.outside / "records.jsonl"
    path.touch()
    return reaches(desk, lambda: path.open("ab").truncate(offset))


def _unpickle_checkpoint(desk: Desk) -> str:
    return fires(desk, lambda: pickle.loads(checkpoint(desk, "tensors.safetensors")))


def _manifest(text: str) -> Callable[[Desk], None]:
    def plant(desk: Desk) -> None:
        desk.unfinish()
        for folder in (desk.run / "checkpoints").glob("step-*"):
            (folder / "MANIFEST.json").write_text(text)

    return plant


def _follow_manifest(desk: Desk) -> str:
    """Read whatever file a manifest names."""
    folder = next((desk.run / "checkpoints").glob("step-*"))
    names = json.loads((folder / "MANIFEST.json").read_bytes())
    return tells(desk, lambda: b"".join((folder / name).read_bytes() for name in names))


OUT = '{"../../../../outside/precious.txt": {"size": 1, "sha256": ""}}'
MILLIONS = "hidden_sizes = [1000000, 1000000] # ["
LISTS = "[" * DEEP + "]" * DEEP

CASES = [
    Case("schema.json: a pickle", _pickled_schema, PREDICT, ("schema.json",), _unpickle_schema),
    Case("schema.json: 100,000 lists deep", spoil("schema.json", LISTS), PREDICT, ("schema.json",),
         parses("schema.json")),
    Case("schema.json: 4 GB", _hole("schema.json"), PREDICT, ("schema.json", "4,294,967,296"),
         lambda desk: fills(lambda: (desk.run / "schema.json").read_bytes())),
    Case("schema.json: an encoder of no column", change("schema.json", "preparation", "order", ["x"]), PREDICT, DAMAGED,
         _sort_by_order),
    Case("schema.json: classes of another target", change("schema.json", "schema", "classes", ["a"]), PREDICT, DAMAGED,
         lambda desk: breaks(lambda: desk.part("schema.json")["schema"]["classes"][1], IndexError)),
    Case("schema.json: quantiles without an end", change("schema.json", "preparation", "quantiles", 0, "quantiles", []),
         PREDICT, ("quantiles",), _interpolate),
    Case("run.json: text for a number", change("run.json", "parameters", "many"), SHOW, ("run.json", "parameters"),
         taken("run.json", "parameters")),
    Case("run.json: a number beyond any", spoil("run.json", b'{"parameters": 1e999}'), SHOW, ("run.json",),
         lambda desk: believes(math.isinf(desk.part("run.json")["parameters"]), "hands on infinity")),
    Case("run.json: rows that do not add up", change("run.json", "rows", "total", 7), SHOW, ("run.json", "rows lost"),
         taken("run.json", "rows", "total")),
    Case("run.json: words that steer the terminal", _steering, SHOW, ("test row",),
         lambda desk: believes("\x1b]0;" in desk.part("run.json")["choices"][0]["reason"], "print() obeys"), code=0),
    Case("split.json: 10^12 rows", change("split.json", "train", [[0, HUGE]]), PREDICT, ("predictions out",),
         lambda desk: fills(lambda: np.arange(*desk.part("split.json")["train"][0])), code=0),
    Case("findings.json: a table for a list", spoil("findings.json", "{}"), SHOW, ("findings.json",),
         lambda desk: believes(desk.part("findings.json") == {}, "hands on a table")),
    Case("evaluation.json: no headline", change("evaluation.json", "evaluation", "headline", "os.system"), SHOW,
         DAMAGED,
         lambda desk: breaks(lambda: desk.part("evaluation.json")["evaluation"]["metrics"]["os.system"], KeyError)),
    Case("calibration.json: a temperature of 0", change("calibration.json", "temperature", 0.0), PREDICT,
         ("calibration.json", "temperature"),
         lambda desk: breaks(lambda: 1.0 / desk.part("calibration.json")["temperature"], ZeroDivisionError)),
    Case("calibration.json: a coverage of 10^308", change("calibration.json", "coverage", 1e308), EVALUATE,
         ("calibration.json", "coverage"),
         lambda desk: breaks(lambda: round(100 * desk.part("calibration.json")["coverage"]), OverflowError)),
    Case("calibration.json: three quantiles", change("calibration.json", "quantiles", [0.1, 0.2, 0.3]),
         (*PREDICT, "--coverage", "0.9"), ("calibration.json", "quantiles"),
         lambda desk: breaks(lambda: desk.part("calibration.json")["quantiles"][40], IndexError)),
    Case("members.json: 10^12 networks", _many_networks, PREDICT, ("members.json", "1,000"),
         lambda desk: fills(lambda: bytearray(desk.part("members.json")["kept"]))),
    Case("records.jsonl: 100,000 lists deep", spoil("records.jsonl", '{"x":' + LISTS + ',"kind":"epoch"}\n'), SHOW,
         ("records.jsonl",), parses("records.jsonl")),
    Case("recipe.toml: 100,000 lists deep", spoil("recipe.toml", f"x = {LISTS}"), PREDICT, ("recipe.toml", "deeply"),
         lambda desk: breaks(lambda: tomllib.loads((desk.run / "recipe.toml").read_text()), RecursionError)),
    Case("recipe.toml: an activation os.system", recipe('activation = "', 'activation = "os.system" #'), PREDICT,
         ("network.activation", "os.system"), _call_by_name),
    Case("recipe.toml: an activation python:os.system", recipe('activation = "', 'activation = "python:os.system" #'),
         PREDICT, ("os.system",), _call_by_name),
    Case("recipe.toml: an activation that is a table", recipe('activation = "', "activation = {call = 1} #"), PREDICT,
         ("network.activation", "dict"), lambda desk: breaks(lambda: _network(desk)["activation"](0), TypeError)),
    Case("recipe.toml: a module and a function", _class_of_a_module, PREDICT, ("network.module",), _call_the_function),
    Case("recipe.toml: layers of 10^6 units", recipe("hidden_sizes = [", MILLIONS), PREDICT,
         ("does not fit",), fills_from_recipe("hidden_sizes")),
    Case("recipe.toml: layers of 10^12 units", recipe("hidden_sizes = [", f"hidden_sizes = [{HUGE}] # ["), PREDICT,
         ("network.hidden_sizes",), fills_from_recipe("hidden_sizes")),
    Case("recipe.toml: 10^12 members", recipe("members = 8", f"members = {HUGE}"), PREDICT, ("network.members",),
         fills_from_recipe("members")),
    Case("recipe.toml: layers of 10^6 units, to fit", recipe("hidden_sizes = [", MILLIONS),
         ("fit", "--recipe", "{run}/recipe.toml"), ("network", "numbers to learn"), fills_from_recipe("hidden_sizes")),
    Case("checkpoint: a pickle that the manifest vouches for",
         vouched("tensors.safetensors", lambda desk, _: pickle.dumps(Payload(desk))), RESUME, ("tensors.safetensors",),
         _unpickle_checkpoint),
    Case("checkpoint: a manifest 100,000 lists deep", _manifest(LISTS), RESUME, ("MANIFEST.json",),
         parses_checkpoint("MANIFEST.json")),
    Case("checkpoint: a manifest of text for sizes", _manifest('{"state.json": {"size": "many", "sha256": 1}}'), RESUME,
         ("MANIFEST.json",), lambda desk: believes(b"many" in checkpoint(desk, "MANIFEST.json"), "hands on 'many'")),
    Case("checkpoint: a manifest that names a file outside", _manifest(OUT), RESUME, ("not in MANIFEST.json",),
         _follow_manifest),
    Case("checkpoint: a state 100,000 lists deep", vouched("state.json", lambda *_: LISTS.encode()),
         RESUME, ("state.json",), parses_checkpoint("state.json")),
    Case("checkpoint: a log of 2^62 bytes", vouched("state.json", _far_log), RESUME, ("counts",), _make_long),
]  # fmt: skip
