"""`export`: the network of a run as a file of weights, with its model card."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput

if TYPE_CHECKING:
    import argparse


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("export", help="write the network of a training run, with its model card")
    command.add_argument("run_folder", metavar="DIR", type=Path, help="the folder of the run")
    command.add_argument("name", metavar="NAME", help="the network's name: NAME.safetensors and NAME.md are written")
    command.add_argument("-o", "--output", metavar="FOLDER", type=Path, default=Path(), help="where to write them; here unless given")
    command.add_argument("--licence", metavar="TEXT", default="CC BY-NC 4.0", help="of the weights; CC BY-NC 4.0 unless given")
    command.add_argument("--conditions", metavar="TEXT", default="", help="of the photographs trained on, or a file that says them")
    command.add_argument("--limits", metavar="TEXT", default="", help="what the network is not for, or a file that says it")
    command.add_argument("--overwrite", action="store_true", help="replace files of these names")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write both files and print the table for the manifest. Raises BadInput and EngineFailure."""
    _check(arguments)
    from engine.training.export import Said, export, manifest_table  # noqa: PLC0415 - brings torch

    said = Said(arguments.licence, _text(arguments.conditions), _text(arguments.limits))
    exported, recipe = export(arguments.run_folder, arguments.name, arguments.output, said)
    print(manifest_table(exported, recipe.sentence))


def _check(arguments: argparse.Namespace) -> None:
    """What can be known to be wrong before anything is loaded."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", arguments.name):
        raise BadInput(f"A network's name has lower case letters, digits and hyphens, not {arguments.name!r}.")
    if not arguments.output.is_dir():
        raise BadInput(f"There is no folder {arguments.output} to write into; make it first.")
    for ending in ("safetensors", "md"):
        path = arguments.output / f"{arguments.name}.{ending}"
        if path.exists() and not arguments.overwrite:
            raise BadInput(f"{path} exists already; give another name or folder, or --overwrite to replace it.")


def _text(said: str) -> str:
    """The text itself, or what the file of that name says. Raises BadInput."""
    named = False
    with contextlib.suppress(OSError, ValueError):  # a text may be no possible name
        named = Path(said).is_file()
    if not named:
        return said.strip()
    try:
        return Path(said).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise BadInput(f"{said} cannot be read as text ({error}); give another file, or the text itself.") from None
