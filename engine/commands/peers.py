"""`peers`: the programs that methods are compared with, whether each can fill here, and what to do where it cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from engine.evaluation.preparing import State


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("peers", help="list the programs that methods are compared with, or prepare them")
    command.add_argument(
        "--prepare", action="store_true", help="install those that come as packages of Python, into the user's cache (500 MB)"
    )
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Prepare the peers if asked to, and list them. Raises BadInput or EngineFailure."""
    from engine.evaluation import preparing  # noqa: PLC0415 - only this command needs it

    if arguments.prepare:
        _prepare(quiet=arguments.json)
    try:
        state, absent = preparing.state(preparing.interpreter()), ""
    except BadInput as error:
        state, absent = None, str(error)
    if arguments.json:
        print(json.dumps(_described(state, absent), indent=2))
        return
    _list(state, absent)


def _prepare(*, quiet: bool) -> None:
    from engine.evaluation import preparing  # noqa: PLC0415

    try:
        for step in preparing.prepare():
            if not quiet:
                print(f"{step.stage[:1].upper()}{step.stage[1:]}.", flush=True)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("Stopped; the peers are not prepared yet, and the same command begins again.") from None


def _list(state: State | None, absent: str) -> None:
    """Every peer with a line, then where they come from."""
    from engine.evaluation.peers import PEERS  # noqa: PLC0415

    todo = _todo(state)
    for name, peer in PEERS.items():
        print(f"peer:{name:16} {'not ready' if todo[name] else 'ready    '}  {peer.sentence}")
    if state is None:
        print(f"\n{absent}")
        return
    for what in sorted({what for what in todo.values() if what}):
        print(f"\n{', '.join(name for name in PEERS if todo[name] == what)}: {what}")
    print(f"\nTheir python is {state.python}; in it: {', '.join(f'{name} {number}' for name, number in state.versions.items())}.")


def _todo(state: State | None) -> Mapping[str, str]:
    """What to do for each peer; empty where it is ready."""
    from engine.evaluation.peers import PEERS  # noqa: PLC0415

    todo: dict[str, str] = {}
    for name, peer in PEERS.items():
        missing = "" if state is None else state.missing[name]
        program = "install the program gmic with the system's own packages (apt install gmic, brew install gmic)."
        package = f"install the package {peer.comes_from}, or run `inlay peers --prepare` with no INLAY_PEERS set ({missing})."
        if state is None:
            todo[name] = "run `inlay peers --prepare`."
        else:
            todo[name] = "" if not missing else program if peer.comes_from == "gmic" else package
    return todo


def _described(state: State | None, absent: str) -> dict[str, Any]:
    """For `--json`."""
    from engine.evaluation.peers import PEERS  # noqa: PLC0415

    todo = _todo(state)
    return {
        "python": None if state is None else str(state.python),
        "absent": absent,
        "peers": {name: {"ready": not todo[name], "sentence": peer.sentence, "todo": todo[name]} for name, peer in PEERS.items()},
        "versions": {} if state is None else dict(state.versions),
    }
