"""`netwright check`: whether this installation can train and save, and what would make it better."""

from pathlib import Path
from typing import Annotated

import typer

from netwright.cli.options import Debug, Json


def check(
    runs: Annotated[Path, typer.Option(help="Folder of the run directories, which need not exist yet.")] = Path("runs"),
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Check the installation: packages, compiled engine, matrix kernels, threads, GPU, disk. Exits with 1 at a fault.

    Examples:

      netwright check

      netwright check --runs /data/runs --json
    """
    from netwright.cli.terminal import out, print_json
    from netwright.report.numbers import counted
    from netwright.report.tables import installation_table
    from netwright.training.installation import check_installation

    checks = check_installation(runs)
    counts = {verdict: sum(entry.verdict == verdict for entry in checks) for verdict in ("fault", "warning")}
    if json:
        print_json({"usable": not counts["fault"], "checks": checks})
    else:
        out.print(installation_table(checks))
        said = "not usable" if counts["fault"] else "usable"
        out.print(f"{said}: {counted(counts['fault'], 'fault')}, {counted(counts['warning'], 'warning')}")
    if counts["fault"]:
        raise typer.Exit(1)
