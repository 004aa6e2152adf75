"""`methods`: what is on the shelves."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from engine.job import Card, Limits


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("methods", help="list the methods and finishes, and their settings")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print every method of the shelf, and every finish of the second."""
    from engine import finishes  # noqa: PLC0415 - brings torch, which `--help` need not wait for
    from engine.methods import shelf  # noqa: PLC0415

    methods = [method.card for method in shelf().values()]
    behind = [finish.card for finish in finishes.shelf().values()]
    if arguments.json:
        print(json.dumps([_described(card, "method") for card in methods] + [_described(card, "finish") for card in behind], indent=2))
        return
    for card in methods:
        _tell(card, card.name, "--set ")
    for card in behind:
        _tell(card, f"--finish {card.name}{':KEY=VALUE,...' if card.settings.described() else ''}", "")


def _tell(card: Card, name: str, typed: str) -> None:
    """Print one card; how it is called, and what is typed before its settings."""
    print(f"{name}: {card.sentence}\n  {card.paper}")
    for setting, limits in card.settings.described().items():
        print(f"  {typed}{setting}=...  {limits.help} ({_allowed(limits)}; {_shown(getattr(card.settings(), setting))})")
    print()


def _allowed(limits: Limits) -> str:
    if limits.choices:
        return ", ".join(map(str, limits.choices))
    return "yes, no" if limits.least is None else f"{limits.least} to {limits.most}"


def _shown(value: Any) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _described(card: Card, kind: str) -> dict[str, Any]:
    defaults = card.settings()
    settings = {name: {"default": getattr(defaults, name), **asdict(limits)} for name, limits in card.settings.described().items()}
    return {
        "kind": kind,
        **{key: getattr(card, key) for key in ("name", "title", "sentence", "paper", "copies", "references", "devices", "not_after")},
        "settings": settings,
    }
