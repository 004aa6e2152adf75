"""`weights`: what networks have learned, where it lies, and how to get what is not there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.progress import followed
from engine.errors import BadInput

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from engine.weights import WeightFile


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("weights", help="list the weights of networks, check them, or get more")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--fetch", metavar="NAME", help="get a file or a group of the list")
    what.add_argument("--verify", action="store_true", help="read all that is there and check its hash")
    command.add_argument("--from", dest="source", type=Path, metavar="FILE", help="with --fetch: take it from this file, without a network")
    command.add_argument("--quiet", action="store_true", help="with --fetch: say nothing but errors")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """List, check or fetch. Raises BadInput, also where a file that is there is not the one it should be, and EngineFailure."""
    if arguments.source and not arguments.fetch:
        raise BadInput("--from goes with --fetch NAME; say which weights the file holds.")
    if arguments.fetch:
        try:
            _fetch(arguments)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"Stopped; {arguments.fetch} is not there yet, fetch it again.") from None
    else:
        _listed(verify=arguments.verify)


def _fetch(arguments: argparse.Namespace) -> None:
    from engine.weights import fetch  # noqa: PLC0415 - safetensors, for which `--help` need not wait

    path = followed(fetch(arguments.fetch, arguments.source), quiet=arguments.quiet)
    if not arguments.quiet:
        print(f"{arguments.fetch} is in {path}.")


def _listed(*, verify: bool) -> None:
    """Print the table; with `verify`, say at the end what is not what it should be."""
    from engine.weights import manifest, models_folder  # noqa: PLC0415

    files = list(manifest().values())
    states = {file.name: _state(file, verify=verify) for file in files}
    print(f"Models folder: {models_folder()}\n")
    _table([("NAME", "SIZE", "STATE", "WHAT", "LICENCE"), *((f.name, _size(f.bytes), states[f.name], f.what, f.licence) for f in files)])
    missing = dict.fromkeys(file.asked for file in files if states[file.name] in {"not there", "WRONG"} and not file.shipped)
    if missing:
        print("\nTo get what is not there, or is wrong:")
        for name in missing:
            print(f"  inlay weights --fetch {name}")
    wrong = [file.file for file in files if states[file.name] == "WRONG"]
    if wrong:
        raise BadInput(
            f"{', '.join(wrong)}: not the file that it should be (its size or SHA-256 is another), and not used; fetch it again."
        )


def _state(file: WeightFile, *, verify: bool) -> str:
    """What can be said of a file; its hash is looked at only when asked."""
    from engine.weights.folder import place, there_at, verified  # noqa: PLC0415

    path = place(file)
    if not path.exists():
        return "not there"
    if not (verified(file, path) if verify else there_at(path, file)):
        return "WRONG"
    return ("shipped" if file.shipped else "there") + (", right" if verify else "")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def _table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns, the second to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (
            text.rjust(width) if column == 1 else text.ljust(width) for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join(cells).rstrip())
