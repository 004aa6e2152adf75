"""References and their control points, from files and into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from app import naming
from app.message import Message
from app.tasks import OpenPoints, OpenReference, SavePoints
from app.words import tr
from engine.geometry import Box
from engine.picture import Picture

if TYPE_CHECKING:
    from pathlib import Path

    from app.document import Document
    from app.photograph import Photograph
    from app.runner import Failure, Runner, Task
    from engine.reference import ControlPoint

_PIXEL = Box(0, 0, 1, 1)


class Adding(QObject):
    """Opens references in the files' thread, one after another, while one works on. The sample scene brings another view of it along."""

    said = Signal(object)
    added = Signal()
    """A reference came that somebody asked for."""

    def __init__(self, document: Document, files: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._files = document, files
        self._tasks: dict[Task, Photograph | None] = {}
        self.report = ""
        """What to send us about the last failure that was our own fault."""
        files.finished.connect(self._finished)
        files.failed.connect(self._failed)
        files.stopped.connect(self._stopped)
        document.opened.connect(self._opened)

    @property
    def busy(self) -> bool:
        """Whether a file is being read or written."""
        return bool(self._tasks)

    @property
    def possible(self) -> bool:
        """Whether there is a photograph for references."""
        return self._document.photograph is not None

    # What is asked

    def add(self, paths: list[Path]) -> None:
        """Open files as references."""
        photograph = self._document.photograph
        if photograph is None:
            self._say(_first())
            return
        for path in paths:
            there = self._document.references.at(path)
            if there is not None:
                self._document.references.choose(there)
                self._say(tr("{name} is a reference already.").format(name=path.name))
            elif photograph.path is not None and path.absolute() == photograph.path.absolute():
                self._say(tr("{name} is the photograph itself; a reference is another one of the same place.").format(name=path.name))
            elif not any(isinstance(task, OpenReference) and task.path == path for task in self._tasks):
                self._say(tr("Opening {name} as a reference…").format(name=path.name))
                self._start(OpenReference(path, self._like(photograph)))

    def paste(self, picture: Picture | None) -> None:
        """Take a picture that comes from no file; None: there is none."""
        photograph = self._document.photograph
        if photograph is None:
            self._say(_first())
        elif picture is None:
            self._say(tr("There is no picture on the clipboard. Nothing was changed."))
        else:
            self._start(OpenReference(None, self._like(photograph), pasted=picture))

    def points_proposal(self, folder: Path) -> Path:
        """Where control points go unless another name is given."""
        photograph = self._document.photograph
        return naming.beside(photograph.path if photograph else None, folder, "points.json")

    def save_points(self, path: Path) -> None:
        """Write the control points of all references."""
        self._start(SavePoints(path, self._document.references.as_references()))

    def open_points(self, path: Path) -> None:
        """Put the control points of a file in place of those there are."""
        self._start(OpenPoints(path, tuple(one.name for one in self._document.references.items)))

    @staticmethod
    def _like(photograph: Photograph) -> Picture:
        """One pixel of the photograph, with its profile: more is not asked of it, and nothing of it is held while it is painted on."""
        return Picture(photograph.pixels(_PIXEL).copy(), photograph.icc)

    @Slot()
    def _opened(self) -> None:
        photograph = self._document.photograph
        if photograph is not None and photograph.path is not None and photograph.path.absolute() == naming.SAMPLE:
            self._start(OpenReference(naming.SAMPLE_REFERENCE, self._like(photograph), along=True))

    # What the files' thread says

    def _start(self, task: Task) -> None:
        self._tasks[task] = self._document.photograph
        self._files.start(task)

    @Slot(object, object)
    def _finished(self, task: Task, made: Any) -> None:
        if task not in self._tasks or self._tasks.pop(task) is not self._document.photograph:
            return
        if isinstance(task, OpenReference):
            self._came(task, made)
        elif isinstance(task, OpenPoints):
            self._put(task, made)
        else:
            self._say(tr("Saved {name}.").format(name=made.name))

    def _came(self, task: OpenReference, picture: Picture) -> None:
        losses = picture.file.losses if picture.file else ()
        if task.along:
            text = tr("There is a second photograph of this place. What it shows behind the passer-by can be put there.")
            self.said.emit(Message(text, "info", ("use_references",)))
        else:
            text = tr("{name} is a reference now.").format(name=task.path.name if task.path else tr("The pasted photograph"))
            self._say(" ".join((text, *losses)), "warning" if losses else "info")
        self._document.references.add(picture, task.path, along=task.along)
        if not task.along:
            self.added.emit()

    def _put(self, task: OpenPoints, points: tuple[tuple[ControlPoint, ...], ...]) -> None:
        """The pairs of a file, all or none."""
        references, photograph = self._document.references, self._document.photograph
        if photograph is None or tuple(one.name for one in references.items) != task.names:
            return
        for one, pairs in zip(references.items, points, strict=True):
            outside = [k for k, pair in enumerate(pairs, 1) if not (_on(pair.here, photograph.size) and _on(pair.there, one.picture.size))]
            if outside:
                text = tr("{file}: point {number} of {name} lies outside of its photograph; it was made for others. Nothing was changed.")
                self._say(text.format(file=task.path.name, number=outside[0], name=one.name), "error")
                return
        references.put(points)
        count = sum(map(len, points))
        text = tr("1 control point was read from {name}.") if count == 1 else tr("{count} control points were read from {name}.")
        self._say(text.format(count=count, name=task.path.name))

    @Slot(object, object)
    def _failed(self, task: Task, failure: Failure) -> None:
        if task in self._tasks:
            del self._tasks[task]
            self.report = failure.report
            self.said.emit(Message(failure.sentence, "error", ("copy_report",) if failure.report else ()))

    @Slot(object)
    def _stopped(self, task: Task) -> None:
        self._tasks.pop(task, None)

    def _say(self, text: str, kind: Any = "info") -> None:
        self.said.emit(Message(text, kind))


def _first() -> str:
    return tr("Open the photograph that is to be filled first; a reference is another one of the same place.")


def _on(at: tuple[float, float], size: tuple[int, int]) -> bool:
    """Whether a place lies on a picture of that height and width."""
    return all(-0.5 <= where <= side - 0.5 for where, side in zip(at, size, strict=True))
