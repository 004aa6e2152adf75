"""The second shelf: each module here holds one finish, which may follow a method's fill, and is found by being here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadInput
from engine.finish import Finish
from engine.job import chosen_settings
from engine.shelf import Shelf

if TYPE_CHECKING:
    from engine.job import Card, Settings

_SHELF = Shelf(__name__, Finish, "finish", lambda finish: finish.card.name)


def shelf() -> dict[str, type[Finish]]:
    """Every finish by its card's name, in order of names."""
    return _SHELF.held()


def finish_named(name: str) -> type[Finish]:
    """The finish of that name. Raises BadInput where the shelf has none."""
    return _SHELF.named(name)


def typed(text: str) -> tuple[str, Settings]:
    """A finish and its settings from a text like `texture-memory:smooth=0.5,patch=9`. Raises BadInput."""
    name, _, rest = text.partition(":")
    card = finish_named(name.strip()).card
    return card.name, chosen_settings((pair for pair in rest.split(",") if pair.strip()), card.settings)


def check_follows(finish: Card, method: Card) -> None:
    """Raises BadInput where a finish does not follow a method."""
    if method.name in finish.not_after:
        raise BadInput(f'"{method.title}" has done already what "{finish.title}" would do; leave the finish out, or choose another method.')
