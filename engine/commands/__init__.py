"""The engine at the command line, without Qt: one module a command, exit codes and sentences here."""

from __future__ import annotations

import argparse
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from engine.commands import fill, methods
from engine.errors import BadInput, InlayError

if TYPE_CHECKING:
    from collections.abc import Sequence

BAD_INPUT, FAILED, STOPPED = 2, 1, 130


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = _Parser(prog="inlay", description="Remove things from photographs, and see where every filled pixel came from.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)
    for command in (fill, methods):
        command.add_to(commands)
    return top


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line. 0: done; 2: bad input, 1: the engine failed, both with one sentence; 130: stopped by Ctrl+C."""
    _make_all_names_printable()
    try:
        chosen = _parsed(arguments)
        chosen.run(chosen)
        print(end="", flush=True)
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
    return 0


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    if not arguments:
        raise BadInput("Say what to do: inlay fill PHOTO MASK -o OUT fills a picture, inlay methods lists the methods, --help says more.")
    return parser().parse_args(arguments)


def _make_all_names_printable() -> None:
    """A terminal that cannot show a file's name gets it escaped; the picture is no worse for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _said(sentence: str, code: int) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)
    return code
