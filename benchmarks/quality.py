"""Our default on eight real tables beside trees and networks on the same rows, over seeds. Data: $NETWRIGHT_DATA."""

import argparse
import os
from dataclasses import replace
from pathlib import Path

from peers_of_tables import PEERS
from peers_of_tables.measuring import Asked, Found, take
from peers_of_tables.tables import TABLES, Division, Table, divide
from peers_of_tables.verdicts import prose, rows_of
from rows import Row, machine, options, publish

__all__ = ["TABLES", "Division", "Table", "divide"]

QUICK = ("wine, red",)


def main() -> None:
    parser = options(__doc__.splitlines()[0])
    _more(parser)
    given = parser.parse_args()
    asked = _asked(given)
    root = os.environ.get("NETWRIGHT_DATA")
    facts, said = machine(), ""
    if root is None:
        note = "set NETWRIGHT_DATA to the folder of the data"
        rows = [Row(table.name, "netwright", None, table.metric, "", note) for table in asked.tables]
    else:
        found = take(asked, Path(root))
        rows = list(rows_of(asked, found))
        facts += _facts(asked, found)
        said = prose(asked, found, rows)
    publish(given, facts, rows, title="Quality", prose=said)


def _more(parser: argparse.ArgumentParser) -> None:
    slow = ", ".join(name for name, peer in PEERS.items() if peer.slow)
    parser.add_argument("--seeds", type=int, default=5, help="of each who is fast (5)")
    parser.add_argument("--peer-seeds", type=int, default=1, help=f"of each who is slow (1): {slow}")
    parser.add_argument("--who", nargs="+", choices=PEERS, metavar="WHO", help="only these")
    names = [table.name for table in TABLES]
    parser.add_argument("--tables", nargs="+", choices=names, metavar="TABLE", help="only these")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="keep each measurement, and take none twice")
    parser.add_argument("--cached", action="store_true", help="measure nothing: rows of what --cache has")


def _asked(given: argparse.Namespace) -> Asked:
    seeds = {who: given.peer_seeds if peer.slow else given.seeds for who, peer in PEERS.items()}
    tables = tuple(table for table in TABLES if table.name in (given.tables or [table.name]))
    seeds = {who: count for who, count in seeds.items() if who in (given.who or seeds)}
    asked = Asked(tables, seeds, given.cache, given.cached)
    if given.quick:
        fast = {who: 1 for who in seeds if not PEERS[who].slow}
        return replace(asked, tables=tuple(table for table in tables if table.name in QUICK), seeds=fast)
    return asked


def _facts(asked: Asked, found: Found) -> list[str]:
    """Return what every row rests on."""
    dates = sorted({entry.date for entry in found.measured})
    kept = f"; taken from {dates[0]} to {dates[-1]} and kept" if asked.cache and dates else ""
    return [
        f"- measurements: {len(found.measured)}, each in a process of its own on one core{kept}",
        "- rows: everybody gets the same two files, parted anew by each seed; the official test file of adult, the "
        "last 4,000 rows of letter; wine's equal rows all on one side",
        "- columns left out for everybody: "
        + "; ".join(f"{', '.join(table.ignore)} of {table.name}" for table in asked.tables if table.ignore),
        "- seconds: wall time from the two files to the metrics, importing left out; those on the processor are fewer "
        "where other work was on the core",
        "- spread: the standard deviation over seeds",
    ]


if __name__ == "__main__":
    main()
