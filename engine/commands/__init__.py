"""The command line, without Qt: one module a command, exit codes and sentences here. The window is opened by who called."""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from engine.commands import evaluate, export, fill, methods, peers, train, weights
from engine.errors import BadInput, InlayError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Window: TypeAlias = "Callable[[Path | None], int]"
"""What opens the window, with a photograph where one is given, and returns the exit code when it is closed."""

COMMANDS = {"fill": fill, "methods": methods, "evaluate": evaluate, "train": train, "export": export, "weights": weights, "peers": peers}

WITH_PYTHON = frozenset({"evaluate", "train", "export", "peers"})
"""These start programs of their own, which a frozen program cannot."""

BAD_INPUT, FAILED, STOPPED = 2, 1, 130


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = _Parser(
        prog="inlay",
        usage="inlay [PHOTO]\n       inlay COMMAND ...",
        description="Remove things from photographs, and see where every filled pixel came from. Without a command the window opens.",
        epilog="PHOTO is opened in the window. A command's name comes first: a photograph of that name is given as ./fill.",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser, prog=top.prog)
    for command in COMMANDS.values():
        command.add_to(commands)
    return top


def run(arguments: Sequence[str], window: Window) -> int:
    """Carry out a command line. 0: done; 2: bad input, 1: the engine failed, both with one sentence; 130: stopped by Ctrl+C."""
    _make_all_names_printable()
    code = 0
    try:
        code = _carried_out(arguments, window)
    except KeyboardInterrupt as stop:
        return _said(str(stop) or "Stopped; nothing was written.", STOPPED)
    except BrokenPipeError:
        # Whoever read the output has left (`inlay methods | head`): that is all right, and must stay so when Python flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except BadInput as wrong:
        return _said(str(wrong), BAD_INPUT)
    except InlayError as failure:
        return _said(str(failure), FAILED)
    except MemoryError:
        return _said("There is not enough memory for this picture; close other programs or fill a smaller one.", FAILED)
    except Exception as defect:  # noqa: BLE001 - the last door: a user gets a sentence, never a traceback
        return _said(
            f"Inlay failed where it should not have ({type(defect).__name__}: {defect}); please report it with what you did.", FAILED
        )
    return code


def _carried_out(arguments: Sequence[str], window: Window) -> int:
    """Open the window, or do what a command does."""
    if _asks_for_window(arguments):
        return window(_photo(arguments))
    if getattr(sys, "frozen", False) and arguments[0] in WITH_PYTHON:
        raise BadInput(f"{arguments[0]} needs Python and is not part of this program; install the project to have it, README says how.")
    chosen = parser().parse_args(arguments)
    chosen.run(chosen)
    print(end="", flush=True)
    return 0


def _asks_for_window(arguments: Sequence[str]) -> bool:
    """No command and no option: nothing, or a photograph."""
    return not arguments or (arguments[0] not in COMMANDS and not arguments[0].startswith("-"))


def _photo(arguments: Sequence[str]) -> Path | None:
    """The photograph to open. Raises BadInput."""
    if not arguments:
        return None
    if len(arguments) > 1:
        raise BadInput(f"The window opens one photograph, not {len(arguments)}; commands are {', '.join(COMMANDS)}, and --help says more.")
    try:
        there = Path(arguments[0]).exists()
    except (OSError, ValueError):
        there = False
    if not there:
        raise BadInput(f"There is no photograph {arguments[0]}, and commands are {', '.join(COMMANDS)}; --help says more.")
    return Path(arguments[0])


def _make_all_names_printable() -> None:
    """A terminal that cannot show a file's name gets it escaped; the picture is no worse for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _said(sentence: str, code: int) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)
    return code
