"""Everything that can be asked of the window: one QAction each, used by menus, rail, header, buttons and the list of shortcuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.display import Display
    from app.document import Document
    from app.filling import Filling
    from app.inspection import Inspection
    from app.retrieving import Retrieving
    from app.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Asks:
    """How an action is called, drawn, reached and told."""

    name: str
    text: str
    """In its menu, with its mnemonic."""
    tip: str
    """What it does, where its name does not say it."""
    keys: tuple[str, ...] = ()
    icon: str = ""
    group: str = ""
    """Of the actions of one group one is checked; "check": it is checked by itself."""


MENUS: tuple[tuple[str, ...], ...] = (
    ("open", "recent", "open_sample", "", "save", "save_as", "save_over", "", "export_evidence", "export_retrieved", "", "close", "quit"),
    ("undo", "redo", "", "copy", "paste"),
    (
        *("brush", "eraser", "swap", "lasso", "rectangle", "", "smaller", "larger", "softer", "harder", ""),
        *("mask_shown", "clear_mask", "invert_mask", "open_mask", "save_mask", "", "area", "clear_area"),
    ),
    (
        "fill",
        "another",
        "stop",
        "",
        "previous_result",
        "next_result",
        "",
        "add_reference",
        "paste_reference",
        "points",
        "match_lines",
        "open_points",
        "save_points",
        "clear_points",
        "",
        "inspect",
        "not_from_here",
        *("", "cells", "attention", "previous_stage", "next_stage"),
    ),
    (
        *("zoom_in", "zoom_out", "fit", "actual", "hand", "", "compare_single", "compare_split", "compare_side", "show_original", ""),
        *("mask_colour", "surround", "theme", "", "panel", "chrome", "full_screen", "", "next_region", "previous_region"),
    ),
    ("shortcuts", "manual", "about"),
)
"""Names of actions in the order of the menus; "" is a line, "recent" the recent files, and the submenus of SUBMENUS."""


def asked() -> tuple[Asks, ...]:
    """All actions, in the user's language."""
    return (
        Asks("open", tr("&Open photograph…"), tr("JPEG, PNG, TIFF or WebP"), ("Ctrl+O",), "open"),
        Asks("open_sample", tr("Open the sam&ple scene"), tr("A drawn landmark with somebody in front of it"), (), "image"),
        Asks("save", tr("&Save"), tr("The first time beside the original, under a name of its own"), ("Ctrl+S",), "save"),
        Asks("save_as", tr("Save &as…"), tr("Another name, folder or format"), ("Ctrl+Shift+S",), "save"),
        Asks("save_over", tr("Save o&ver the original"), tr("The file that was opened is replaced"), (), "save"),
        Asks("export_evidence", tr("&Export evidence…"), tr("A folder with where every filled pixel came from"), (), "export"),
        Asks(
            "export_retrieved",
            tr("Export re&trieved patches…"),
            tr("What this fill was made from: a contact sheet (.png) and arrays (.npz)"),
            (),
            "export",
        ),
        Asks("close", tr("&Close photograph"), tr("Back to the beginning"), ("Ctrl+W",), "close"),
        Asks("quit", tr("&Quit"), tr("Close the window"), ("Ctrl+Q",)),
        Asks("undo", tr("&Undo"), tr("Take the last step back"), ("Ctrl+Z",), "undo"),
        Asks("redo", tr("&Redo"), tr("Do again what was taken back"), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
        Asks("copy", tr("&Copy photograph"), tr("As it is now, to the clipboard"), ("Ctrl+C",), "copy"),
        Asks("paste", tr("&Paste photograph"), tr("From the clipboard"), ("Ctrl+V",), "paste"),
        Asks("brush", tr("&Brush"), tr("Paint over what is to go; Alt erases, Shift+drag changes the size"), ("B",), "brush", "tool"),
        Asks("eraser", tr("&Eraser"), tr("Take paint away again"), ("E",), "eraser", "tool"),
        Asks("lasso", tr("&Lasso"), tr("Draw around what is to go; Shift adds, Alt takes away"), ("L",), "lasso", "tool"),
        Asks("rectangle", tr("Rec&tangle"), tr("Drag a box over what is to go; Shift adds, Alt takes away"), ("M",), "rectangle", "tool"),
        Asks("area", tr("&Sampling area"), tr("Paint where texture may come from; Alt forbids"), ("A",), "sampling", "tool"),
        Asks(
            "points",
            tr("&Control points"),
            tr("Set one place in both photographs, where they are matched wrongly"),
            ("P",),
            "point",
            "tool",
        ),
        Asks("add_reference", tr("Add &reference…"), tr("Another photograph of the same place, to fill from"), ("Ctrl+Shift+O",), "plus"),
        Asks("paste_reference", tr("Pas&te as reference"), tr("From the clipboard"), ("Ctrl+Shift+V",), "paste"),
        Asks(
            "match_lines",
            tr("Show &match lines"),
            tr("What was found to be the same in both photographs, side by side"),
            (),
            "lines",
            "check",
        ),
        Asks("clear_points", tr("C&lear control points"), tr("Those of the reference that is shown"), (), "trash"),
        Asks("save_points", tr("Sa&ve control points…"), tr("Of all references, as a JSON file"), (), "save"),
        Asks("open_points", tr("Op&en control points…"), tr("A JSON file with those of these references"), (), "open"),
        Asks("use_references", tr("Use the reference"), tr("Fill with what it shows of this place")),
        Asks("set_points", tr("Set control points"), tr("Click one place in both photographs; one pair may do, four are better")),
        Asks("fill_without", tr("Fill without it"), tr("From this photograph alone")),
        Asks(
            "inspect", tr("&Inspect"), tr("Point at a filled pixel to see where it came from; a click pins it"), ("I",), "inspect", "tool"
        ),
        Asks("hand", tr("&Hand"), tr("Move the photograph; Space does so for a moment"), ("H",), "hand", "tool"),
        Asks("swap", tr("S&wap brush and eraser"), tr("The other of the two"), ("X",)),
        Asks("smaller", tr("Smaller br&ush"), tr("By a fifth"), ("[",), "minus"),
        Asks("larger", tr("La&rger brush"), tr("By a fifth"), ("]",), "plus"),
        Asks("softer", tr("S&ofter brush"), tr("By a quarter"), ("Shift+[", "{")),
        Asks("harder", tr("&Harder brush"), tr("By a quarter"), ("Shift+]", "}")),
        Asks("mask_shown", tr("Show the &mask"), tr("Its outline stays"), ("O", "Q"), "eye", "check"),
        Asks("clear_mask", tr("&Clear mask"), tr("Take away all that is painted"), ("Ctrl+D",), "trash"),
        Asks("invert_mask", tr("&Invert mask"), tr("Paint what is not painted"), ("Ctrl+Shift+I",)),
        Asks("open_mask", tr("Open mas&k…"), tr("A picture of the photograph's size, white is filled"), (), "open"),
        Asks("save_mask", tr("Sa&ve mask…"), tr("As a picture, white where it is painted"), (), "save"),
        Asks("clear_area", tr("Clear sampling &area"), tr("Texture may come from everywhere again"), (), "trash"),
        Asks("fill", tr("&Fill"), tr("Fill what is painted; while a fill runs, queue it"), ("Enter", "Return", "Shift+R")),
        Asks(
            "another", tr("&Another result"), tr("For the hole that is shown, by the next seed"), ("Shift+Enter", "Shift+Return"), "again"
        ),
        Asks("stop", tr("&Stop"), tr("Stop the fill that runs; its mask comes back"), ("Esc",), "stop"),
        Asks("previous_result", tr("&Previous result"), tr("Of the hole that is shown"), (",",)),
        Asks("next_result", tr("&Next result"), tr("Of the hole that is shown"), (".",)),
        Asks("not_from_here", tr("N&ot from here, fill again"), tr("Forbid what this pixel came from, and take the next seed"), (), "ban"),
        Asks("cells", tr("O&utline cells"), tr("The cells of the hole, each made from a few patches"), ("C",), "cells", "check"),
        Asks(
            "attention", tr("Sho&w attention"), tr("How much each part of the photograph counts for a cell"), ("Shift+A",), "heat", "check"
        ),
        Asks("previous_stage", tr("Previous sta&ge"), tr("How the fill came about, a step back"), ("Shift+,", "<"), "left"),
        Asks("next_stage", tr("Ne&xt stage"), tr("How the fill came about, a step on"), ("Shift+.", ">"), "right"),
        Asks("zoom_in", tr("Zoom &in"), tr("Towards the middle of the window"), ("Ctrl++", "Ctrl+="), "zoom-in"),
        Asks("zoom_out", tr("Zoom &out"), tr("Away from the middle of the window"), ("Ctrl+-",), "zoom-out"),
        Asks("fit", tr("&Fit"), tr("All of the photograph"), ("Ctrl+0",), "fit"),
        Asks("actual", tr("&100 %"), tr("One pixel of the photograph is one of the screen"), ("Ctrl+1",)),
        Asks("compare_single", tr("One &picture"), tr("No comparison"), (), "single", "compare"),
        Asks("compare_split", tr("&Split"), tr("Two results on both sides of a line that can be dragged"), ("Y",), "split", "compare"),
        Asks(
            "compare_side",
            tr("Side &by side"),
            tr("The photograph beside the reference, or beside what it was"),
            ("Shift+Y",),
            "side",
            "compare",
        ),
        Asks("show_original", tr("Show the ori&ginal"), tr("As long as the key is held"), ("\\",)),
        Asks("panel", tr("P&anel"), tr("Method, results and evidence at the right"), ("Ctrl+\\",), "panel", "check"),
        Asks("chrome", tr("Tools an&d panel"), tr("Hide everything but the photograph, or bring it back"), ("Tab",), "", "check"),
        Asks("full_screen", tr("F&ull screen"), tr("Nothing but Inlay on the screen"), ("F11",), "", "check"),
        Asks("next_region", tr("&Next part of the window"), tr("Header, tools, canvas, panel, next step"), ("F6",)),
        Asks("previous_region", tr("Pre&vious part of the window"), tr("The same the other way round"), ("Shift+F6",)),
        Asks("shortcuts", tr("&Keyboard shortcuts"), tr("All of them, to be searched"), ("F1", "?"), "keyboard"),
        Asks("manual", tr("&Manual"), tr("A short tour with pictures"), ()),
        Asks("about", tr("&About Inlay"), tr("Version and licence"), (), "info"),
        Asks("copy_report", tr("Copy report"), tr("What to send us, to the clipboard"), (), "copy"),
        *(Asks(f"mask_{name}", text, tr("Colour of the mask"), (), "", "mask_colour") for name, text in _colours()),
        *(Asks(f"surround_{name}", text, tr("What lies around the photograph"), (), "", "surround") for name, text in _surrounds()),
        *(Asks(f"theme_{name}", text, tr("Colours of the window"), (), "", "theme") for name, text in _themes()),
    )


def _colours() -> tuple[tuple[str, str], ...]:
    return (("red", tr("&Red")), ("blue", tr("&Blue")), ("green", tr("&Green")), ("hatch", tr("&Hatched")))


def _surrounds() -> tuple[tuple[str, str], ...]:
    return (("theme", tr("As the &theme")), ("black", tr("&Black")), ("grey", tr("&Middle grey")), ("white", tr("&White")))


def _themes() -> tuple[tuple[str, str], ...]:
    return (("system", tr("As the &system")), ("dark", tr("&Dark")), ("light", tr("&Light")))


SUBMENUS = ("mask_colour", "surround", "theme")
HELD = ("show_original",)
"""Done while the key is down: the canvas hears the key itself, so the action has no shortcut of its own, only a name for it."""


ON_CANVAS = ("chrome",)
"""Tab moves the focus everywhere but on the canvas."""


class Actions(QObject):
    """All QActions by name. Which of them can be asked for now is said here and nowhere else."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        for asks in asked():
            self._actions[asks.name] = self._made(asks)

    def _made(self, asks: Asks) -> QAction:
        action = QAction(asks.text, self)
        action.setObjectName(asks.name)
        action.setProperty("drawing", asks.icon)  # "icon" is a property of QAction itself
        keys = [QKeySequence(key) for key in asks.keys]
        action.setProperty("keys", [key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys])
        if asks.name not in HELD:
            action.setShortcuts(keys)
        alone = asks.name in ON_CANVAS
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut if alone else Qt.ShortcutContext.WindowShortcut)
        plain = asks.text.replace("&", "").rstrip("…")
        first = f" ({action.property('keys')[0]})" if keys else ""
        action.setToolTip(f"{plain}{first}\n{asks.tip}")
        action.setStatusTip(asks.tip)
        if asks.group:
            action.setCheckable(True)
        if asks.group and asks.group != "check":
            group = self._groups.setdefault(asks.group, QActionGroup(self))
            group.addAction(action)
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> Iterable[QAction]:
        """All of them, in order."""
        return self._actions.values()

    def in_group(self, group: str) -> list[QAction]:
        """The actions of which one is checked."""
        return self._groups[group].actions()

    def menus(self) -> list[tuple[str, list[str]]]:
        """Titles and names of actions of each menu."""
        titles = (tr("&File"), tr("&Edit"), tr("&Mask"), tr("F&ill"), tr("&View"), tr("&Help"))
        return [(title, list(names)) for title, names in zip(titles, MENUS, strict=True)]

    def follow(self, document: Document, filling: Filling, toolbox: Toolbox, display: Display, inspection: Inspection) -> None:
        """Say which actions can be asked for, and which are checked, whenever one of these changes."""

        def enabled() -> None:
            self._enable(document, filling, inspection)

        def checked() -> None:
            self._check(toolbox, display)

        for signal in (document.opened, document.history_changed, document.choices_changed, filling.changed):
            signal.connect(enabled)
        for signal in (inspection.changed, document.area_changed, document.references.changed, document.references.points_changed):
            signal.connect(enabled)
        toolbox.changed.connect(checked)
        display.changed.connect(checked)
        enabled()
        checked()

    def follow_patches(self, retrieving: Retrieving) -> None:
        """Say what can be asked of the patches that the fill which is shown was made from, if it knows any."""

        def enabled() -> None:
            known = bool(retrieving.stages)
            can = {"cells": known, "attention": known, "previous_stage": retrieving.may_step(-1), "next_stage": retrieving.may_step(1)}
            can["export_retrieved"] = retrieving.evidence is not None
            for name, possible in can.items():
                self._actions[name].setEnabled(possible)

        retrieving.changed.connect(enabled)
        enabled()

    def _enable(self, document: Document, filling: Filling, inspection: Inspection) -> None:
        is_open = document.photograph is not None
        for name in (*_NEED_PHOTOGRAPH, *(action.objectName() for action in self.in_group("tool"))):
            self._actions[name].setEnabled(is_open)
        references, shown, painted = document.references, document.shown, bool(document.holes())
        can = {
            "undo": bool(document.history.done),
            "redo": bool(document.history.undone),
            "save_over": is_open and document.photograph is not None and document.photograph.path is not None,
            "clear_mask": painted,
            "save_mask": painted,
            "fill": filling.can_fill,
            "another": shown is not None,
            "previous_result": shown is not None and len(shown.candidates) > 1,
            "next_result": shown is not None and len(shown.candidates) > 1,
            "export_evidence": any(choice.standing and choice.standing.evidence for choice in document.choices),
            "not_from_here": inspection.can_exclude,
            "clear_area": bool(document.area.pixels.any()),
            "clear_points": bool(references.points(references.chosen)),
            "save_points": any(one.points for one in references.items),
            "open_points": bool(references.items),
            "match_lines": bool(references.items),
            "use_references": bool(references.items),
        }
        for name, possible in can.items():
            self._actions[name].setEnabled(possible)
        self._tell_why_not("points", "" if document.references.items else tr("Add a reference photograph first."))

    def _tell_why_not(self, name: str, why: str) -> None:
        """Let an action be asked for, or let its tooltip say what it lacks."""
        action = self._actions[name]
        action.setEnabled(action.isEnabled() and not why)
        action.setToolTip("\n".join((action.toolTip().split("\n")[0], why or action.statusTip())))

    def _check(self, toolbox: Toolbox, display: Display) -> None:
        on = {
            toolbox.tool: True,
            f"compare_{display.compare}": True,
            f"mask_{display.mask_colour}": True,
            f"surround_{display.surround}": True,
            f"theme_{display.theme}": True,
            "mask_shown": display.mask_shown,
            "match_lines": display.lines,
            "cells": display.cells,
            "attention": display.attention,
            "panel": display.panel and display.chrome,
            "chrome": display.chrome,
        }
        for name, checked in on.items():
            self._actions[name].setChecked(checked)


_NEED_PHOTOGRAPH = (
    *("add_reference", "paste_reference", "set_points", "fill_without"),
    *("save", "save_as", "close", "copy", "swap", "smaller", "larger", "softer", "harder", "mask_shown", "invert_mask", "open_mask"),
    *("zoom_in", "zoom_out", "fit", "actual", "compare_single", "compare_split", "compare_side", "show_original", "panel", "chrome"),
)
