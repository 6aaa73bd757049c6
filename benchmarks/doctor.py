"""The doctor: faults found, causes named first, false alarms, treatments proven, and what watching costs."""

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import rows
from measured import observers
from patients import clean, overhead, planted, real, treated
from patients.treated import Treated
from patients.visit import Visit
from rows import Row

PARTS = ("planted", "clean", "real", "treated", "overhead")
QUICK = {"planted": 80, "clean": 97, "real": 5, "treated": 300, "overhead": 9}  # every so many of each part
COLUMNS = (("tuned on", False), ("held out", True))


def main() -> None:
    """Parse the options, measure, print, write the details."""
    parser = rows.options(__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PARTS, action="append", help="a part; may be given more than once")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="take every Nth planted, clean and treated one"
    )
    parser.add_argument("--details", type=Path, metavar="FILE", help="every training as a line of JSON, as it is done")
    parser.add_argument(
        "--from", type=Path, dest="known", nargs="+", metavar="FILE", help="trainings by --details of earlier runs"
    )
    asked = parser.parse_args()
    facts = rows.machine()
    details = Details(asked.details, [json.loads(line) for path in asked.known or () for line in path.open()])
    found = [row for part in asked.only or PARTS for row in MEASURES[part](share(part, asked), details)]
    rows.publish(asked, facts, found, "The doctor, measured", details.page)


def share(part: str, asked: argparse.Namespace) -> int:
    """Return of how many trainings of a part one is taken."""
    if asked.quick:
        return QUICK[part]
    return asked.every if part in ("planted", "clean", "treated") else 1


class Details:
    """Every training as a line of JSON, and the confusion table."""

    def __init__(self, path: Path | None, known: list[dict[str, Any]] | None = None) -> None:
        self.path = path
        self.known = known or []  # of earlier runs
        self.page = ""
        if path is not None:
            path.write_text("")

    def seen(self, kind: str, visits: Iterator[Visit] | Iterator[Treated]) -> list[dict[str, Any]]:
        """Return what is known of a kind already, or visit, or treat."""
        return [row for row in self.known if row["kind"] == kind] or [self.add(visit.row) for visit in visits]

    def add(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.path is not None:
            with self.path.open("a") as file:
                file.write(json.dumps(row, default=str) + "\n")
        return row


def measure_planted(every: int, details: Details) -> Iterator[Row]:
    seen = details.seen("planted", planted.visits(every))
    sick = [row for row in seen if row["counts"]]
    details.page += confusion(sick)
    harmless = len(seen) - len(sick)
    for who, held in COLUMNS:
        own = [row for row in sick if row["held_out"] == held]
        note = f"of {len(own)} planted; {harmless} more did no harm" if not held else f"of {len(own)}"
        yield Row("found", who, percent(row["found"] for row in own), "%", ">= 97", note)
        yield Row("cause first", who, percent(row["first"] for row in own), "%", ">= 92", f"of {len(own)}")


def measure_clean(every: int, details: Details) -> Iterator[Row]:
    seen = details.seen("clean", clean.visits(every))
    sound = [row for row in seen if row["counts"]]
    for who, held in COLUMNS:
        own = [row for row in sound if row["held_out"] == held]
        note = f"of {len(own)} sound runs"
        yield Row("false alarms", who, percent(alarmed(row) for row in own), "%", "<= 2", note)
    alarms = Counter(row["findings"][0][0] for row in sound if alarmed(row))
    if alarms:
        details.page += "\n\nFalse alarms: " + ", ".join(f"{code} {count}" for code, count in alarms.most_common())


def measure_real(every: int, details: Details) -> Iterator[Row]:
    seen = details.seen("real", real.visits(every))
    for row in seen:
        told = ", ".join(code for code, severity, _ in row["findings"] if severity != "note") or "nothing"
        verdict = "cause" if row["first"] else "found" if row["found"] else "missed"
        yield Row("real failing program", row["name"], float(row["first"]), "cause first", "", f"{verdict}: {told}")
    yield Row("real: found", "netwright", percent(row["found"] for row in seen), "%", ">= 88", f"of {len(seen)}")
    yield Row("real: cause first", "netwright", percent(row["first"] for row in seen), "%", ">= 77", f"of {len(seen)}")


def measure_treated(every: int, details: Details) -> Iterator[Row]:
    seen = details.seen("treated", treated.treatments(every))
    for who, held in COLUMNS:
        own = [row for row in seen if row["held_out"] == held]
        note = f"of {len(own)}"
        yield Row("treated", who, percent(row["cured"] for row in own), "%", ">= 95", note)
        yield Row("better than random", who, percent(row["over_random"] for row in own), "%", ">= 90", note)
    details.page += not_cured(seen)
    ends = details.seen("real treated", treated.real())
    yield Row("real: treated", "netwright", percent(row["proven"] for row in ends), "%", "", f"of {len(ends)}, proven")


def measure_overhead(every: int, _details: Details) -> Iterator[Row]:
    costs = {f"{name}, a PyTorch loop": 100.0 * (ratio - 1.0) for name, ratio in overhead.ratios(every)}
    fits = list(observers.measure(every > 1))
    costs |= {f"{row.work}, {row.who}": row.figure for row in fits}
    fused = [row.figure for row in fits if row.target]  # only that engine has a goal of its own
    for name, cost in costs.items():
        yield Row("overhead of one network", name, cost, "%")
    yield Row("overhead", "median of networks", statistics.median(costs.values()), "%", "<= 5")
    yield Row("overhead, fused engine", "median of networks", statistics.median(fused), "%", "<= 3")


def alarmed(row: dict[str, Any]) -> bool:
    return any(severity != "note" for _, severity, _ in row["findings"])


def percent(flags: Iterable[bool]) -> float | None:
    counted = list(flags)
    return 100.0 * sum(counted) / len(counted) if counted else None


def confusion(sick: list[dict[str, Any]]) -> str:
    """Return a table of what was planted and what was named first."""
    lines = ["| planted | runs | named first |", "|---|---:|---|"]
    for name in dict.fromkeys(row["name"] for row in sick):
        own = [row for row in sick if row["name"] == name]
        firsts = Counter(row["findings"][0][0] if row["findings"] else "nothing" for row in own)
        told = ", ".join(f"{code} {count}" for code, count in firsts.most_common())
        lines.append(f"| {name} | {len(own)} | {told} |")
    return "\n".join(lines)


def not_cured(seen: list[dict[str, Any]]) -> str:
    """Return a table of the treatments that did not end within two points of the healthy twin."""
    lines = [
        "\n\nNot within two points of the healthy twin:\n",
        "| planted | in | setting | kept | before | after | healthy | best random change |",
        "|---|---|---|---|---:|---:|---:|---:|",
    ]
    for row in seen:
        if not row["cured"]:
            scores = [row[name] for name in ("before", "after", "sound", "best_random")]
            told = " | ".join("" if score is None else f"{score:.3f}" for score in scores)
            kept = "; ".join(row["kept"]) or "nothing"
            lines.append(f"| {row['name']} | {row['base']} | {row['setting']} | {kept} | {told} |")
    return "\n".join(lines)


MEASURES: dict[str, Callable[[int, Details], Iterator[Row]]] = {
    "planted": measure_planted,
    "clean": measure_clean,
    "real": measure_real,
    "treated": measure_treated,
    "overhead": measure_overhead,
}

if __name__ == "__main__":
    main()
