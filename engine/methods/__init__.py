"""The shelf: each module here holds one method, and is found by being here."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from engine.errors import BadInput
from engine.method import Method


def shelf() -> dict[str, type[Method]]:
    """Every method by its card's name, in order of names."""
    found: dict[str, type[Method]] = {}
    for module in pkgutil.iter_modules(__path__):
        for method in _of(f"{__name__}.{module.name}"):
            if method.card.name in found:
                raise RuntimeError(f"two methods are called {method.card.name}")
            found[method.card.name] = method
    return dict(sorted(found.items()))


def _of(module: str) -> list[type[Method]]:
    members = inspect.getmembers(importlib.import_module(module), inspect.isclass)
    return [kind for _, kind in members if issubclass(kind, Method) and kind.__module__ == module and not inspect.isabstract(kind)]


def method_named(name: str) -> type[Method]:
    """The method of that name. Raises BadInput where the shelf has none."""
    methods = shelf()
    if name not in methods:
        raise BadInput(f"There is no method {name}; there are {', '.join(methods)}.")
    return methods[name]
