"""A shelf: a package each of whose modules holds things of one kind, found by being there."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from typing import TYPE_CHECKING, Generic, TypeVar

from engine.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Shelf(Generic[T]):
    """The classes of one kind that the modules of a package define.

    Args:
        package: its dotted name.
        kind: what they derive from; what is abstract does not count.
        word: what one of them is called in a sentence.
        name: the name by which one is asked for.
    """

    def __init__(self, package: str, kind: type[T], word: str, name: Callable[[type[T]], str]) -> None:
        self._package, self._kind, self._word, self._name = package, kind, word, name

    def held(self) -> dict[str, type[T]]:
        """Every one by its name, in order of names."""
        found: dict[str, type[T]] = {}
        for module in pkgutil.iter_modules(sys.modules[self._package].__path__):
            for one in self._of(f"{self._package}.{module.name}"):
                name = self._name(one)
                if name in found:
                    raise RuntimeError(f"two {self._word}s are called {name}")
                found[name] = one
        return dict(sorted(found.items()))

    def named(self, name: str) -> type[T]:
        """The one of that name. Raises BadInput where there is none."""
        held = self.held()
        if name not in held:
            others = f"there {'are' if len(held) > 1 else 'is'} {', '.join(held)}" if held else "there are none yet"
            raise BadInput(f"There is no {self._word} {name}; {others}.")
        return held[name]

    def _of(self, module: str) -> list[type[T]]:
        members = inspect.getmembers(importlib.import_module(module), inspect.isclass)
        return [one for _, one in members if issubclass(one, self._kind) and one.__module__ == module and not inspect.isabstract(one)]
