"""The shelf of recipes: each module here holds one, and is found by being here."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from engine.errors import BadInput
from engine.training.recipe import Recipe


def shelf() -> dict[str, type[Recipe]]:
    """Every recipe by its name, in order of names."""
    found: dict[str, type[Recipe]] = {}
    for module in pkgutil.iter_modules(__path__):
        name = f"{__name__}.{module.name}"
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(kind, Recipe) and kind.__module__ == name and not inspect.isabstract(kind):
                found[kind.name] = kind
    return dict(sorted(found.items()))


def recipe_named(name: str) -> type[Recipe]:
    """The recipe of that name. Raises BadInput where the shelf has none."""
    recipes = shelf()
    if name not in recipes:
        raise BadInput(f"There is no recipe {name}; there are {', '.join(recipes)}.")
    return recipes[name]
