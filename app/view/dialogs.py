"""Everything that is asked in a window of its own: file names, questions, what the program is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QMessageBox, QSpacerItem, QWidget

from app.naming import filters
from app.question import CANCEL, Question
from app.view.shortcuts import Shortcuts
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog

    from app.actions import Actions
    from app.adding import Adding
    from app.exporting import Exporting
    from app.filing import Filing

ROLES = {"discard": QMessageBox.ButtonRole.DestructiveRole, CANCEL: QMessageBox.ButtonRole.RejectRole}
NARROWEST = 360
"""Pixels that a question is wide at least."""
LOSSLESS = (".png", ".tif", ".tiff")


class Dialogs(QObject):
    """Opens one dialog at a time over a window, and hands the answer on; nothing waits for it meanwhile."""

    def __init__(self, window: QWidget, filing: Filing, adding: Adding, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._filing, self._adding, self._actions = window, filing, adding, actions
        self.current: QDialog | None = None
        """The one that is open."""
        self.keys: Shortcuts | None = None
        filing.asks.connect(self.ask)
        filing.asks_name.connect(self.ask_name)
        for name, act in self._acts().items():
            actions[name].triggered.connect(act)

    def _acts(self) -> dict[str, Callable[[], None]]:
        """What is done by a dialog."""
        return {
            "open": self.open_photograph,
            "save_as": self.save_as,
            "add_reference": self.add_reference,
            "open_points": self.open_points,
            "save_points": self.save_points,
            "open_mask": self.open_mask,
            "save_mask": self.save_mask,
            "export_evidence": self.export_evidence,
            "shortcuts": self.shortcuts,
            "about": self.about,
        }

    # Files

    @Slot()
    def open_photograph(self) -> None:
        """Which photograph."""
        dialog = self._files(tr("Open photograph"), self._filing.folder)
        dialog.setNameFilters(_to_open())
        self._choose(dialog, self._filing.open)

    @Slot()
    def add_reference(self) -> None:
        """Which photographs of the same place."""
        dialog = self._files(tr("Add reference"), self._filing.folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(_to_open())
        dialog.filesSelected.connect(self._add_references)
        self._open(dialog)

    @Slot(list)
    def _add_references(self, files: list[str]) -> None:
        self._adding.add([Path(file) for file in files])

    @Slot()
    def open_points(self) -> None:
        """Which control points."""
        dialog = self._files(tr("Open control points"), self._filing.folder)
        dialog.setNameFilters(_points())
        self._choose(dialog, self._adding.open_points)

    @Slot()
    def save_points(self) -> None:
        """Where control points go."""
        proposal = self._adding.points_proposal(self._filing.folder)
        dialog = self._files(tr("Save control points"), proposal)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(_points())
        dialog.selectFile(str(proposal))
        dialog.setDefaultSuffix("json")
        self._choose(dialog, self._adding.save_points)

    @Slot()
    def open_mask(self) -> None:
        """Which mask."""
        dialog = self._files(tr("Open mask"), self._filing.folder)
        dialog.setNameFilters(_to_open())
        self._choose(dialog, self._filing.open_mask)

    @Slot()
    def save_as(self) -> None:
        """Under which name, from now on."""
        self.ask_name(self._filing.proposal())

    @Slot(object)
    def ask_name(self, proposal: Path) -> None:
        """Under which name, the first time it is saved."""
        dialog = self._names(tr("Save photograph"), proposal, [suffixes for _, suffixes in filters()])
        self._choose(dialog, self._filing.name, lambda: self._filing.name(None))

    @Slot()
    def save_mask(self) -> None:
        """Where the mask goes."""
        dialog = self._names(tr("Save mask"), self._filing.mask_proposal(), [(one,) for one in LOSSLESS[:2]])
        self._choose(dialog, lambda path: self._filing.save_mask(path, overwrite=True))

    @Slot()
    def export_evidence(self) -> None:
        """Into which folder the evidence goes."""
        dialog = self._files(tr("Export evidence into a new folder"), self._filing.evidence_proposal())
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, tr("Export"))
        dialog.setNameFilters([tr("Folder")])
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile(str(self._filing.evidence_proposal()))
        self._choose(dialog, self._filing.export_evidence)

    def export_retrieved(self, exporting: Exporting) -> None:
        """Under which name the retrieved patches go."""
        dialog = self._names(tr("Export retrieved patches"), exporting.proposal(self._filing.folder), [(LOSSLESS[0],)])
        self._choose(dialog, exporting.export)

    def _files(self, title: str, near: Path) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(near if near.is_dir() else near.parent))
        dialog.setAccessibleName(title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        return dialog

    def _names(self, title: str, proposal: Path, endings: list[tuple[str, ...]]) -> QFileDialog:
        dialog = self._files(title, proposal)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        told = {_filter(suffixes): suffixes for suffixes in endings}
        dialog.setNameFilters(list(told))
        dialog.selectNameFilter(next((one for one, suffixes in told.items() if proposal.suffix.lower() in suffixes), next(iter(told))))
        dialog.selectFile(str(proposal))
        dialog.setDefaultSuffix(proposal.suffix.removeprefix("."))

        def chosen(name: str) -> None:
            """Another format was chosen: the name ends as it does."""
            suffix = told[name][0]
            dialog.setDefaultSuffix(suffix.removeprefix("."))
            for file in dialog.selectedFiles()[:1]:
                dialog.selectFile(Path(file).with_suffix(suffix).name)

        dialog.filterSelected.connect(chosen)
        return dialog

    def _choose(self, dialog: QFileDialog, then: Callable[[Path], None], otherwise: Callable[[], None] | None = None) -> None:
        def finished(result: int) -> None:
            files = dialog.selectedFiles() if result else []
            if files:
                then(Path(files[0]))
            elif otherwise:
                otherwise()

        dialog.finished.connect(finished)
        self._open(dialog)

    # Questions

    @Slot(object)
    def ask(self, question: Question) -> None:
        """A sentence, and a button for each answer. Esc is the answer that changes nothing."""
        box = QMessageBox(self._window)
        box.setWindowTitle("Inlay")
        box.setAccessibleName(question.text)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question.text)
        box.setInformativeText(question.detail)
        buttons = {box.addButton(words, ROLES.get(name, QMessageBox.ButtonRole.AcceptRole)): name for name, words in question.answers}
        first, *_ = buttons
        box.setDefaultButton(first)
        box.setEscapeButton(next(button for button, name in buttons.items() if name == CANCEL))
        box.finished.connect(lambda: self._filing.answer(next((buttons[one] for one in buttons if one is box.clickedButton()), CANCEL)))
        _spaced(box)
        self._open(box)

    # What there is to know

    @Slot()
    def shortcuts(self) -> None:
        """All keys, to be searched; it stays open beside the work."""
        if self.keys is None:
            self.keys = Shortcuts(self._actions, self._window)
            self.keys.finished.connect(self._keys_closed)
        self.keys.show()
        self.keys.raise_()
        self.keys.activateWindow()

    @Slot()
    def _keys_closed(self) -> None:
        self.keys = None

    @Slot()
    def about(self) -> None:
        """What the program is."""
        box = QMessageBox(self._window)
        box.setWindowTitle(tr("About Inlay"))
        box.setAccessibleName(tr("About Inlay"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Inlay {_version()}".strip())
        sentences = (
            tr("Removes things from photographs, and shows where every filled pixel came from."),
            tr("Nothing leaves this computer."),
            tr("Apache License 2.0. Qt and PySide6 are used under the LGPL 3."),
        )
        box.setInformativeText("\n\n".join(sentences))
        box.addButton(tr("Close"), QMessageBox.ButtonRole.RejectRole)
        _spaced(box)
        self._open(box)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._closed)
        self.current = dialog
        dialog.open()

    @Slot()
    def _closed(self) -> None:
        if self.current is self.sender():
            self.current = None


def _spaced(box: QMessageBox) -> None:
    """Margins as everywhere, and so wide that the buttons stand at the right."""
    layout = box.layout()
    assert isinstance(layout, QGridLayout)
    layout.setContentsMargins(0, 20, 20, 16)
    layout.addItem(QSpacerItem(NARROWEST, 0), layout.rowCount(), 0, 1, layout.columnCount())


def _to_open() -> list[str]:
    """All photographs; anything, since the content decides and not the name."""
    suffixes = " ".join(f"*{suffix} *{suffix.upper()}" for _, known in filters() for suffix in known)
    return [tr("Photographs ({suffixes})").format(suffixes=suffixes), tr("All files (*)")]


def _points() -> list[str]:
    return [tr("Control points ({suffixes})").format(suffixes="*.json")]


def _filter(suffixes: tuple[str, ...]) -> str:
    """A format as the dialog wants it."""
    name = next(known for known, endings in filters() if suffixes[0] in endings)
    return f"{name} ({' '.join('*' + suffix for suffix in suffixes)})"


def _version() -> str:
    try:
        return version("inlay")
    except PackageNotFoundError:
        return ""
