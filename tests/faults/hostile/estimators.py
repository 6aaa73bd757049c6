"""Directories of `NetworkClassifier.save` that were made to do harm."""

import importlib
import json
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from hostile.desk import Case, Desk
from hostile.harm import Payload, believes, breaks, fills, fires
from hostile.parts import HUGE, LISTS

PART = "estimator.json"
DAMAGED = (PART, "is damaged")


def load(desk: Desk) -> object:
    from netwright.sklearn import NetworkClassifier

    return NetworkClassifier.load(desk.inbox / "estimator")


def stored(desk: Desk, part: str = PART) -> Any:
    return json.loads((desk.inbox / "estimator" / part).read_bytes())


def change(*where: Any) -> Callable[..., None]:
    def plant(desk: Desk, part: str = PART) -> None:
        tree = inner = stored(desk, part)
        for key in where[:-2]:
            inner = inner[key]
        inner[where[-2]] = where[-1]
        (desk.inbox / "estimator" / part).write_text(json.dumps(tree))

    return plant


def _labels(desk: Desk) -> np.ndarray:
    found = stored(desk)["classes"]
    return np.array(found["values"], dtype=found["kind"])


def _command(desk: Desk) -> None:
    change("estimator", f"os.system:{Payload(desk).command}")(desk)


def _call(desk: Desk) -> str:
    """Find the class by its name, wherever it is, and call it."""
    name, _, argument = stored(desk)["estimator"].partition(":")
    module, _, function = name.rpartition(".")
    return fires(desk, lambda: getattr(importlib.import_module(module), function)(argument))


def _find_column(desk: Desk) -> str:
    kept = stored(desk, "schema.json")
    return breaks(lambda: kept["names"].index(kept["preparation"]["order"][0]), ValueError)


def _find(desk: Desk) -> str:
    module, _, function = stored(desk)["recipe"]["network"]["activation"].rpartition(".")
    return believes(callable(getattr(importlib.import_module(module), function)), "finds a function")


def _pickle(desk: Desk) -> None:
    (desk.inbox / "estimator" / "weights.safetensors").write_bytes(pickle.dumps(Payload(desk)))


def _unpickle(desk: Desk) -> str:
    return fires(desk, lambda: pickle.loads((desk.inbox / "estimator" / "weights.safetensors").read_bytes()))


class Plain:
    """An object whose attributes are whatever a file says."""


def _set_all(desk: Desk) -> str:
    plain = Plain()
    plain.__dict__.update(stored(desk)["parameters"])
    return believes(plain.predict == "os.system", "sets any attribute")  # type: ignore[attr-defined]


CASES = [
    Case("estimator: labels of 500 million letters each", change("classes", "kind", "<U500000000"), load, DAMAGED,
         lambda desk: fills(lambda: _labels(desk))),
    Case("estimator: 10^12 networks", change("networks", HUGE), load, (PART, "1,000"),
         lambda desk: fills(lambda: bytearray(stored(desk)["networks"]))),
    Case("estimator: 10^12 outputs", change("outputs", HUGE), load, DAMAGED,
         lambda desk: fills(lambda: bytearray(stored(desk)["outputs"]))),
    Case("estimator: an encoder of no column", lambda desk: change("names", [])(desk, "schema.json"), load,
         ("schema.json", "is damaged"), _find_column),
    Case("estimator: a parameter that is a method", change("parameters", "predict", "os.system"), load, DAMAGED,
         _set_all),
    Case("estimator: a dict keyed by a dict", change("parameters", "settings", {"dict": [[{"dict": []}, 1]]}), load,
         DAMAGED, lambda desk: breaks(lambda: dict(stored(desk)["parameters"]["settings"]["dict"]), TypeError)),
    Case("estimator: a class called os.system", _command, load, ("os.system",), _call),
    Case("estimator: an activation called os.system", change("recipe", "network", "activation", "os.system"), load,
         ("network.activation",), _find),
    Case("estimator: 100,000 lists deep", lambda desk: (desk.inbox / "estimator" / PART).write_text(LISTS), load,
         (PART,),
         lambda desk: breaks(lambda: stored(desk), RecursionError)),
    Case("estimator: weights that are a pickle", _pickle, load, ("weights", "damaged"), _unpickle),
]  # fmt: skip
