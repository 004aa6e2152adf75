"""The shelf: each module here holds one method, and is found by being here."""

from __future__ import annotations

from engine.method import Method
from engine.shelf import Shelf

_SHELF = Shelf(__name__, Method, "method", lambda method: method.card.name)


def shelf() -> dict[str, type[Method]]:
    """Every method by its card's name, in order of names."""
    return _SHELF.held()


def method_named(name: str) -> type[Method]:
    """The method of that name. Raises BadInput where the shelf has none."""
    return _SHELF.named(name)
