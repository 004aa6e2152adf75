"""Everything that stands behind one window, and what each action does that needs no window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from app.actions import Actions
from app.adding import Adding
from app.display import Display
from app.document import Document
from app.exporting import Exporting
from app.filing import Filing
from app.filling import Filling
from app.inspection import Inspection
from app.matching import Matching
from app.recipe import Recipe
from app.retrieving import Retrieving
from app.runner import Runner
from app.settings import Settings
from app.toolbox import TOOLS, Toolbox

if TYPE_CHECKING:
    from collections.abc import Callable


VISITS = {"inspect": {"page": "evidence"}, "points": {"page": "reference", "compare": "side"}}
"""Tools that show something of their own as long as they are in hand."""


class Desk(QObject):
    """The parts of the program, made and connected: two threads, the document, what is asked of it, how it is shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine, self.files = Runner("engine", self), Runner("files", self)
        self.document, self.recipe = Document(self), Recipe(self)
        self.toolbox, self.display = Toolbox(self), Display(self)
        self.filling = Filling(self.document, self.recipe, self.engine, self.files, self)
        self.inspection = Inspection(self.document, self)
        self.retrieving = Retrieving(self.document, self.inspection, self)
        self._pinned: tuple[int, int] | None = None
        self.inspection.changed.connect(self._show_source)
        self.settings = Settings()
        self.filing = Filing(self.document, self.files, self.settings, self)
        self.actions = Actions(self)
        self.settings.follow(self.display, self.toolbox)
        self.actions.follow(self.document, self.filling, self.toolbox, self.display, self.inspection)
        self.actions.follow_patches(self.retrieving)
        self.adding = Adding(self.document, self.files, self)
        self.exporting = Exporting(self.document, self.retrieving, self.files, self)
        self.matching = Matching(self.document, self.recipe, self.filling, self.display, self.engine, self)
        self._visited, self._left = "", dict[str, str]()
        self.toolbox.changed.connect(self._visit)
        self.adding.added.connect(self._show_references)
        self.document.references.changed.connect(self._put_points_away)
        self.connect_actions({**self._file_actions(), **self._edit_actions(), **self._view_actions(), **self._chosen()})

    def connect_actions(self, does: dict[str, Callable[[], Any]]) -> None:
        """Say what actions do."""
        for name, act in does.items():
            self.actions[name].triggered.connect(_called(act))

    def _file_actions(self) -> dict[str, Callable[[], Any]]:
        filing = self.filing
        return {"open_sample": filing.open_sample, "save": filing.save, "save_over": filing.save_over_original, "close": filing.close}

    def _edit_actions(self) -> dict[str, Callable[[], Any]]:
        document, toolbox, filling = self.document, self.toolbox, self.filling
        return {
            "undo": document.undo,
            "redo": document.redo,
            "swap": toolbox.swap,
            "smaller": toolbox.smaller,
            "larger": toolbox.larger,
            "softer": toolbox.softer,
            "harder": toolbox.harder,
            "clear_mask": document.clear_mask,
            "invert_mask": document.invert_mask,
            "clear_area": document.clear_area,
            "fill": filling.fill,
            "another": filling.another,
            "previous_result": lambda: self.step_result(-1),
            "next_result": lambda: self.step_result(1),
            "not_from_here": self.not_from_here,
            "clear_points": document.references.clear,
            "use_references": self.matching.use,
            "set_points": self.set_points,
            "fill_without": filling.fill_without,
        }

    def _view_actions(self) -> dict[str, Callable[[], Any]]:
        display = self.display
        return {
            "mask_shown": lambda: display.set("mask_shown", not display.mask_shown),
            "compare_single": lambda: display.set("compare", "single"),
            "compare_split": lambda: display.set("compare", "single" if display.compare == "split" else "split"),
            "compare_side": lambda: display.set("compare", "single" if display.compare == "side" else "side"),
            "match_lines": lambda: display.set("lines", not display.lines),
            "cells": lambda: self._show_evidence("cells", on=not display.cells),
            "attention": lambda: self._show_evidence("attention", on=not display.attention),
            "previous_stage": lambda: self.step_stage(-1),
            "next_stage": lambda: self.step_stage(1),
            "panel": lambda: display.set("panel", not display.panel),
            "chrome": lambda: display.set("chrome", not display.chrome),
        }

    def _chosen(self) -> dict[str, Callable[[], Any]]:
        """Actions of which one is checked."""
        does: dict[str, Callable[[], Any]] = {tool: lambda tool=tool: self.toolbox.choose(tool) for tool in TOOLS}
        for group, prefix in (("mask_colour", "mask_"), ("surround", "surround_"), ("theme", "theme_")):
            for action in self.actions.in_group(group):
                value = action.objectName().removeprefix(prefix)
                does[action.objectName()] = lambda group=group, value=value: self.display.set(group, value)
        return does

    @Slot()
    def _visit(self) -> None:
        """Inspect opens the page of evidence, control points that of references and the view side by side; leaving brings the last ones back.

        The hand that is held for a moment leaves nothing.
        """
        tool = self.toolbox.chosen if self.toolbox.tool == "hand" else self.toolbox.tool
        if tool == self._visited:
            return
        for name, shown in VISITS.get(self._visited, {}).items():
            if getattr(self.display, name) == shown:
                self.display.set(name, self._left[name])
        self._visited = tool
        self._left = {name: getattr(self.display, name) for name in VISITS.get(tool, {})}
        for name, shown in VISITS.get(tool, {}).items():
            self.display.set(name, shown)

    @Slot()
    def _show_references(self) -> None:
        """One was added: it is seen in the list."""
        self.display.set("page", "reference")

    @Slot()
    def _show_source(self) -> None:
        """A pixel was pinned: the reference it came from is the one that is looked at, so that side by side shows its source."""
        pinned = self.inspection.place if self.inspection.pinned else None
        if pinned == self._pinned:
            return
        self._pinned, source = pinned, self.inspection.source
        companion = self.document.references.named(source.place.origin) if pinned and source and source.place.origin else None
        if companion is not None:
            self.document.references.choose(companion)

    @Slot()
    def _put_points_away(self) -> None:
        """Without a reference there is nothing to set points in."""
        if not self.document.references.items and self.toolbox.chosen == "points":
            self.toolbox.choose("brush")

    def set_points(self) -> None:
        """Set control points by hand, with the panel and all that belongs to them in sight."""
        self.display.set("chrome", True)
        self.display.set("panel", True)
        self.toolbox.choose("points")

    def not_from_here(self) -> None:
        """Forbid what the inspected pixel came from, and fill its hole by the next seed."""
        choice = self.inspection.choice
        if choice is not None and self.inspection.can_exclude:
            self.inspection.not_from_here()
            self.filling.another(choice)

    def step_result(self, by: int) -> None:
        """Let the result before or after stand that stands now."""
        choice = self.document.shown
        if choice is not None and choice.candidates:
            index = 0 if choice.chosen is None else (choice.chosen + by) % len(choice.candidates)
            self.document.choose(choice, index)

    def step_stage(self, by: int) -> None:
        """Show the fill as it was a stage before or after, with the page that tells of it."""
        self.retrieving.step(by)
        self.display.set("page", "evidence")

    def _show_evidence(self, name: str, *, on: bool) -> None:
        """Show something of the evidence, or no more, with the page that tells of it."""
        self.display.set(name, on)
        if on:
            self.display.set("page", "evidence")

    def close(self) -> bool:
        """End the threads; whether they ended."""
        return all([self.engine.close(), self.files.close()])


def _called(act: Callable[[], object]) -> Callable[[], None]:
    """A slot without arguments, so that Qt leaves out whether the action is checked."""

    def slot() -> None:
        act()

    return slot
