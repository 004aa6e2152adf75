"""Retrieved patches, into files that others can read and look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from app import naming
from app.message import Message
from app.tasks import ExportRetrieved
from app.words import tr

if TYPE_CHECKING:
    from pathlib import Path

    from app.document import Document
    from app.retrieving import Retrieving
    from app.runner import Failure, Runner, Task


class Exporting(QObject):
    """Writes the patches that the fill which is looked at was made from, in the files' thread while one works on."""

    said = Signal(object)

    def __init__(self, document: Document, retrieving: Retrieving, files: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._retrieving, self._files = document, retrieving, files
        self._tasks: set[Task] = set()
        self.report = ""
        """What to send us about the last failure that was our own fault."""
        files.finished.connect(self._finished)
        files.failed.connect(self._failed)
        files.stopped.connect(self._stopped)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return bool(self._tasks)

    def proposal(self, folder: Path) -> Path:
        """What the sheet is called unless another name is given; the folder is for a photograph that has none."""
        photograph = self._document.photograph
        return naming.beside(photograph.path if photograph else None, folder, "retrieved.png")

    def export(self, path: Path) -> None:
        """Write the contact sheet and the arrays, both under this name. Whoever gave it was asked about a sheet that is there."""
        photograph, evidence = self._document.photograph, self._retrieving.evidence
        if photograph is None or evidence is None:
            self._say(tr("Nothing is filled from retrieved patches, so there are none to export."))
            return
        task = ExportRetrieved(path, evidence, photograph.picture(), overwrite=naming.there(path))
        self._say(tr("Writing {name}…").format(name=path.name))
        self._tasks.add(task)
        self._files.start(task)

    @Slot(object, object)
    def _finished(self, task: Task, made: Any) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
            arrays, sheet = made
            self._say(tr("Saved {sheet} and {arrays}.").format(sheet=sheet.name, arrays=arrays.name))

    @Slot(object, object)
    def _failed(self, task: Task, failure: Failure) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
            self.report = failure.report
            self.said.emit(Message(failure.sentence, "error", ("copy_report",) if failure.report else ()))

    @Slot(object)
    def _stopped(self, task: Task) -> None:
        self._tasks.discard(task)

    def _say(self, text: str) -> None:
        self.said.emit(Message(text))
