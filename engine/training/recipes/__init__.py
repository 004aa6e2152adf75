"""The shelf of recipes: each module here holds one, and is found by being here."""

from __future__ import annotations

from engine.shelf import Shelf
from engine.training.recipe import Recipe

_SHELF = Shelf(__name__, Recipe, "recipe", lambda recipe: recipe.name)


def shelf() -> dict[str, type[Recipe]]:
    """Every recipe by its name, in order of names."""
    return _SHELF.held()


def recipe_named(name: str) -> type[Recipe]:
    """The recipe of that name. Raises BadInput where the shelf has none."""
    return _SHELF.named(name)
