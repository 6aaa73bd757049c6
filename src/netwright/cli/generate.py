"""`netwright generate`: a trained language model writes on from a prompt."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from netwright.cli.options import Debug, Json


def generate(
    run: Annotated[Path, typer.Argument(help="A run directory of a language model.")],
    prompt: Annotated[str, typer.Option(help="What to write on from.")] = "",
    tokens: Annotated[int, typer.Option(help="How many tokens to write.")] = 300,
    temperature: Annotated[float, typer.Option(help="0: always the likeliest; 1: as the model has it.")] = 0.8,
    top_k: Annotated[int | None, typer.Option(help="Draw from so many likeliest tokens.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Draw from the likeliest that hold this share.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed writes the same.")] = 0,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Write on from a prompt; the text streams to stdout as it is written.

    Examples:

      netwright generate runs/tinyshakespeare-1 --prompt "ROMEO:"

      netwright generate runs/tinyshakespeare-1 --prompt "ROMEO:" --tokens 500 --temperature 0.7 --top-k 50 --top-p 0.95

      netwright generate runs/tinyshakespeare-1 --temperature 0 --json
    """
    from netwright import api
    from netwright.cli.terminal import MARK, STEERING, print_json
    from netwright.core.errors import RunError

    loaded, settings = api.load(run), api.Sampling(temperature, top_k, top_p, seed)
    if not isinstance(loaded, api.LanguageRun):
        raise RunError(f"{run}: expected the run of a language model, got one of a table; use predict")
    written = loaded.stream(prompt, tokens, settings)
    if json:
        print_json({"run": str(run), "prompt": prompt, "text": "".join(written), "sampling": settings})
        return
    for piece in (prompt, *written) if prompt else written:
        shown = piece if piece == "\t" else STEERING.sub(MARK, piece)
        sys.stdout.write(shown)
        sys.stdout.flush()
    sys.stdout.write("\n")
