"""`methods`: what is on the shelf."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from engine.job import Card


def add_to(commands: Any) -> None:
    """Add the command and its options to a parser's commands."""
    command = commands.add_parser("methods", help="list the methods and their settings")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print every method of the shelf."""
    from engine.methods import shelf  # noqa: PLC0415 - brings torch, which `--help` need not wait for

    cards = [method.card for method in shelf().values()]
    if arguments.json:
        print(json.dumps([_described(card) for card in cards], indent=2))
        return
    for card in cards:
        print(f"{card.name}: {card.sentence}\n  {card.paper}")
        for name, limits in card.settings.described().items():
            allowed = (
                ", ".join(map(str, limits.choices))
                if limits.choices
                else "yes, no"
                if limits.least is None
                else f"{limits.least} to {limits.most}"
            )
            print(f"  --set {name}=...  {limits.help} ({allowed}; {_shown(getattr(card.settings(), name))})")
        print()


def _shown(value: Any) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _described(card: Card) -> dict[str, Any]:
    defaults = card.settings()
    settings = {name: {"default": getattr(defaults, name), **asdict(limits)} for name, limits in card.settings.described().items()}
    return {
        **{key: getattr(card, key) for key in ("name", "title", "sentence", "paper", "copies", "references", "devices")},
        "settings": settings,
    }
