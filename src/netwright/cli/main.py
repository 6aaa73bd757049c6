"""The `netwright` command: registers the commands and turns errors into one sentence and an exit code."""

import gc
import sys
from types import TracebackType
from typing import Annotated

import click
import typer

from netwright.cli.check import check
from netwright.cli.compare import compare
from netwright.cli.diagnose import diagnose
from netwright.cli.evaluate import evaluate
from netwright.cli.explain import explain
from netwright.cli.fit import fit
from netwright.cli.generate import generate
from netwright.cli.landscape import landscape
from netwright.cli.predict import predict
from netwright.cli.preflight import preflight
from netwright.cli.show import show
from netwright.cli.treat import treat
from netwright.core.errors import Interrupted, NetwrightError, printable

MOST_SAID = 2000  # letters of a sentence; names in files of others may be of any length

app = typer.Typer(
    name="netwright",
    help="From a raw table to a trained, tested, saved network in one command, with the reasons.",
    epilog="Start with:  netwright fit @breast-cancer",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (fit, predict, generate, evaluate, show, explain, compare, preflight, diagnose, treat, landscape, check):
    app.command()(command)


def _version(asked: bool | None) -> None:
    if asked:
        from netwright import __version__

        typer.echo(f"netwright {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool | None, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = None,
) -> None:
    """From a raw table to a trained, tested, saved network in one command, with the reasons."""


def main() -> None:
    """Run the command line. Exit codes: 0 done, 2 something the user can mend, 130 and 143 stopped by a signal.

    `check` exits with 1 where it finds a fault.
    """
    sys.excepthook = _report_unexpected
    debug = "--debug" in sys.argv
    try:
        code = app(standalone_mode=False)
        gc.freeze()  # or the interpreter looks for garbage in all of torch before it ends: half a second
        sys.exit(code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "netwright"
        _say(f"{error.format_message().rstrip('.')}; see {command} --help")
        sys.exit(error.exit_code)
    except (NetwrightError, Interrupted) as error:
        if debug:
            raise
        _say(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        if debug or error.strerror is None:
            raise
        _say(f"{str(error.filename or 'a file')[:200]}: {error.strerror}; what was saved before is unchanged")
        sys.exit(2)


def _say(sentence: str) -> None:
    shown = printable(sentence)
    print(f"netwright: {shown if len(shown) <= MOST_SAID else shown[:MOST_SAID] + ' ...'}", file=sys.stderr)


def _report_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if "--debug" in sys.argv:
        sys.__excepthook__(kind, error, trace)
    else:
        _say(f"internal error, our fault: {kind.__name__}: {error}; run again with --debug and report what it prints")
