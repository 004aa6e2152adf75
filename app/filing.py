"""The life of a file in the window: opened, saved where it may be saved, never lost without a question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot

from app import naming
from app.message import Message
from app.question import CANCEL, Question
from app.tasks import ExportEvidence, Open, OpenMask, Save, SaveMask
from app.words import tr
from engine.errors import BadInput
from engine.files.formats import NAMES, format_of_suffix
from engine.files.losses import losses

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.document import Document
    from app.photograph import Photograph
    from app.runner import Failure, Runner, Task
    from app.settings import Settings
    from app.tasks import Opened
    from engine.picture import Picture


class Filing(QObject):
    """Opens and saves in the files' thread while one works on.

    Whoever shows it answers: a Question of `asks` by `answer`, `asks_name` by `name`. Until then nothing goes on.
    """

    said = Signal(object)
    asks = Signal(object)
    """A Question."""
    asks_name = Signal(object)
    """A Path to propose for the photograph, the first time it is saved."""
    opening = Signal(object)
    """What the photograph will look like, a Preview; None where it came to nothing."""
    opened = Signal()
    closed_allowed = Signal()
    """What `leave` asked for: the window may be closed."""
    changed = Signal()
    """Whether it is busy."""

    def __init__(self, document: Document, files: Runner, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._files, self._settings = document, files, settings
        self._tasks: dict[Task, Photograph | None] = {}
        self._open: Open | None = None
        self._asked: Callable[[str], None] | None = None
        self._then: Callable[[], None] | None = None
        self._accepted: set[str] = set()
        self.report = ""
        """What to send us about the last failure that was our own fault."""
        for signal, slot in ((files.stepped, self._stepped), (files.finished, self._finished), (files.failed, self._failed)):
            signal.connect(slot)
        files.stopped.connect(self._stopped)
        document.opened.connect(self._forget)

    @property
    def busy(self) -> bool:
        """Whether a file is being opened or saved."""
        return bool(self._tasks)

    @property
    def _writes(self) -> bool:
        return any(not isinstance(task, Open | OpenMask) for task in self._tasks)

    @property
    def recent(self) -> list[Path]:
        """Files opened lately, the last first."""
        return self._settings.recent

    @property
    def folder(self) -> Path:
        """Where one looks for a file first."""
        near = [path.parent for path in (self._path, *self.recent) if path is not None and path != naming.SAMPLE]
        return next((one for one in near if naming.there(one)), _pictures())

    # Opening and closing

    def open(self, path: Path) -> None:
        """Open a photograph in place of the one that is open, once that may go. The sample scene comes with its passer-by painted over."""
        mask = naming.SAMPLE_MASK if path.absolute() == naming.SAMPLE else None
        self._when_kept(lambda: self._begin_opening(Open(path, mask)))

    def open_sample(self) -> None:
        """Open the sample scene."""
        self.open(naming.SAMPLE)

    def drop(self, paths: list[Path]) -> None:
        """Open what was dropped, where that is one file of this computer."""
        if len(paths) == 1:
            self.open(paths[0])
        elif not paths:
            self._say(tr("What was dropped is no file of this computer; save it into a folder first."))
        else:
            self._say(
                tr("{number} files were dropped, and one photograph is opened at a time; drop one of them.").format(number=len(paths))
            )

    def paste(self, picture: Picture | None) -> None:
        """Open a picture that comes from no file; None: there is none."""
        if picture is None:
            self._say(tr("There is no picture on the clipboard. Nothing was changed."))
        else:
            self._when_kept(lambda: self._put(picture))

    def copied(self) -> Picture | None:
        """The photograph as it is now, for the clipboard."""
        photograph = self._document.photograph
        if photograph is None:
            return None
        self._say(tr("Copied {name}.").format(name=photograph.name or tr("the photograph")))
        return photograph.picture()

    def close(self) -> None:
        """Close the photograph, once it may go."""
        self._when_kept(self._document.close)

    def leave(self) -> None:
        """Ask what has to be asked before the window closes; then `closed_allowed` is emitted."""
        self._when_kept(self.closed_allowed.emit)

    def _begin_opening(self, task: Open) -> None:
        if self._open is not None:
            self._files.stop(self._open)
        self._open = task
        self._say(tr("Opening {name}…").format(name=task.path.name))
        self._start(task)

    def _put(self, picture: Picture) -> None:
        self._document.open(picture)
        self.opened.emit()

    @Slot()
    def _forget(self) -> None:
        """Another photograph is open: what was accepted for the last one is not for this one."""
        self._accepted.clear()

    # Saving

    def proposal(self) -> Path:
        """Where it is saved unless another name is given."""
        return self._document.saved_to or naming.proposal(self._path, _pictures())

    def save(self) -> None:
        """Save where it was saved before; the first time a name is asked for."""
        if self._document.photograph is None:
            return
        if self._document.saved_to is None:
            self.asks_name.emit(self.proposal())
        else:
            self._begin_saving(self._document.saved_to, overwrite=True)

    def name(self, path: Path | None) -> None:
        """The answer to `asks_name`; None: it is not saved. Whoever gave it was asked about a file that is there."""
        if path is None:
            self._drop_rest()
        else:
            self.save_as(path, overwrite=True)

    def save_as(self, path: Path, *, overwrite: bool = False) -> None:
        """Save there, and from then on; a file that is there is asked about unless `overwrite` says that it was."""
        if self._document.photograph is not None:
            self._when_replaced(path, overwrite, lambda: self._begin_saving(path, overwrite=True))

    def save_over_original(self) -> None:
        """Replace the file that was opened, after a question."""
        path = self._path
        if path is None:
            return
        text = tr("Replace {name} by the filled photograph?").format(name=path.name)
        detail = tr("The photograph as it was taken is not kept anywhere else.")
        question = Question(text, (("replace", tr("Replace")), (CANCEL, tr("Cancel"))), detail)
        self._ask(question, lambda answer: self._begin_saving(path, overwrite=True) if answer == "replace" else None)

    def _begin_saving(self, path: Path, *, overwrite: bool) -> None:
        """Save, once it is accepted what the format does not hold."""
        photograph = self._document.photograph
        assert photograph is not None
        picture = photograph.picture()
        try:
            kind = format_of_suffix(path)
            found = losses(picture, kind)
            never = next((one.sentence for one in found if one.costs == "all"), None)
            if never:
                raise BadInput(never)  # noqa: TRY301 - said as the others are
        except BadInput as wrong:
            self._fail(str(wrong), ("save_as",))
            return
        own = picture.file is not None and picture.file.format == kind
        told = tuple(one.sentence for one in found if one.costs == "rest" and own)
        asked = [one.sentence for one in found if one.costs == "pixels" or not own]
        if asked and kind not in self._accepted:
            self._ask_about_losses(asked, kind, path, picture)
            return
        standing = self._document.standing
        self._say(tr("Saving {name}…").format(name=path.name))
        self._start(Save(picture, photograph.opened_later(), self._document.applied_mask(), path, overwrite, standing, told))

    def _ask_about_losses(self, sentences: list[str], kind: str, path: Path, picture: Picture) -> None:
        save = tr("Save as {format}")
        other = naming.keeping(picture, kind)
        answers = [(kind, save.format(format=NAMES[kind])), (CANCEL, tr("Cancel"))]
        if other:
            answers.insert(0, (other, save.format(format=NAMES[other])))
        self._ask(Question(sentences[0], tuple(answers), " ".join(sentences[1:])), lambda answer: self._save_as_kind(path, kind, answer))

    def _save_as_kind(self, path: Path, kind: str, answer: str) -> None:
        if answer == CANCEL:
            self._drop_rest()
        elif answer == kind:
            self._accepted.add(kind)
            self._begin_saving(path, overwrite=True)
        else:
            self._begin_saving(naming.free(path.with_suffix(naming.ENDINGS[answer])), overwrite=False)

    # Masks and evidence

    def open_mask(self, path: Path) -> None:
        """Paint what a file says."""
        if self._document.photograph is not None:
            self._start(OpenMask(path, self._document.photograph.size))

    def mask_proposal(self) -> Path:
        """Where a mask goes unless another name is given."""
        return naming.beside(self._path, _pictures(), "mask.png")

    def save_mask(self, path: Path, *, overwrite: bool = False) -> None:
        """Save what is painted and not yet filled."""
        coverage = self._document.mask.pixels.copy()
        self._when_replaced(path, overwrite, lambda: self._start(SaveMask(coverage, path, overwrite=True)))

    def evidence_proposal(self) -> Path:
        """The folder that evidence goes into unless another is given."""
        return naming.beside(self._path, _pictures(), "evidence")

    def export_evidence(self, folder: Path) -> None:
        """Write where the pixels of all fills came from."""
        photograph = self._document.photograph
        standing = [choice.standing for choice in self._document.choices if choice.standing]
        if photograph is None or not standing:
            self._say(tr("Nothing is filled yet, so there is no evidence to export."))
            return
        patches = tuple(one.patch for one in standing)
        evidence = tuple(one for candidate in standing for one in candidate.evidence)
        self._say(tr("Writing evidence into {name}…").format(name=folder.name))
        mask = self._document.applied_mask()
        references = self._document.references.as_references()
        self._start(ExportEvidence(folder, photograph.picture(), photograph.opened_later(), patches, evidence, mask, references))

    # What the files' thread says

    def _start(self, task: Task) -> None:
        self._tasks[task] = self._document.photograph
        self._files.start(task)
        self.changed.emit()

    def _done(self, task: Task) -> Photograph | None:
        """It runs no more; the photograph that was open when it began."""
        photograph = self._tasks.pop(task)
        if task is self._open:
            self._open = None
        self.changed.emit()
        return photograph

    @Slot(object, object)
    def _stepped(self, task: Task, step: Any) -> None:
        if task is self._open and step is not None:
            self.opening.emit(step)

    @Slot(object)
    def _stopped(self, task: Task) -> None:
        if task in self._tasks:
            self._done(task)

    @Slot(object, object)
    def _finished(self, task: Task, made: Any) -> None:
        if task not in self._tasks:
            return
        wanted, photograph = task is self._open, self._done(task)
        same = photograph is self._document.photograph
        if isinstance(task, Open):
            if wanted:
                self._opened(task, made)
        elif isinstance(task, Save):
            self._saved(task, made.sentence, same=same)
        elif isinstance(task, OpenMask):
            if same:
                self._document.set_mask(made.coverage)
        else:
            path: Path = made.path if isinstance(task, SaveMask) else made
            self._say(tr("Saved {name}.").format(name=path.name))
        self._go_on()

    def _opened(self, task: Open, made: Opened) -> None:
        self._put(made.picture)
        if made.mask is not None:
            self._document.set_mask(made.mask.coverage)
        else:
            self._settings.add_recent(task.path)
        told = made.picture.file.losses if made.picture.file else ()
        self._say(" ".join(told), "warning" if told else "info")

    def _saved(self, task: Save, sentence: str, *, same: bool) -> None:
        if same:
            self._document.saved(task.standing, task.path)
        self._say(" ".join((sentence, *task.told)))

    def _go_on(self) -> None:
        """Do what waited until all was written."""
        if self._then is not None and not self._writes:
            then, self._then = self._then, None
            self._when_kept(then)

    @Slot(object, object)
    def _failed(self, task: Task, failure: Failure) -> None:
        if task not in self._tasks:
            return
        if task is self._open:
            self.opening.emit(None)
            if isinstance(task, Open) and not naming.there(task.path):
                self._settings.forget_recent(task.path)
        self._done(task)
        self.report = failure.report
        ways = ("copy_report",) if failure.report else ("save_as",) if isinstance(task, Save) else ()
        self._fail(failure.sentence, ways)

    # What is asked

    def answer(self, name: str) -> None:
        """The answer to the Question that was asked last."""
        asked, self._asked = self._asked, None
        if asked is not None:
            asked(name)

    def _ask(self, question: Question, then: Callable[[str], None]) -> None:
        self._asked = then
        self.asks.emit(question)

    def _when_kept(self, then: Callable[[], None]) -> None:
        """Do it once nothing is lost by it: at once, after saving, or never."""
        if self._writes:
            self._then = then
        elif self._document.unsaved:
            name = self._path.name if self._path else tr("the pasted photograph")
            answers = (("save", tr("Save")), ("discard", tr("Discard")), (CANCEL, tr("Cancel")))
            self._ask(Question(tr("Save changes to {name}?").format(name=name), answers), lambda answer: self._kept(answer, then))
        else:
            then()

    def _kept(self, answer: str, then: Callable[[], None]) -> None:
        if answer == "save":
            self._then = then
            self.save()
        elif answer == "discard":
            then()

    def _when_replaced(self, path: Path, overwrite: bool, then: Callable[[], None]) -> None:
        """Do it once a file that is there may be replaced."""
        if overwrite or not naming.there(path):
            then()
            return
        question = Question(
            tr("{name} is there already. Replace it?").format(name=path.name), (("replace", tr("Replace")), (CANCEL, tr("Cancel")))
        )
        self._ask(question, lambda answer: then() if answer == "replace" else self._drop_rest())

    def _drop_rest(self) -> None:
        """What was to follow a save does not."""
        self._then = None

    @property
    def _path(self) -> Path | None:
        """The file that is open."""
        return self._document.photograph.path if self._document.photograph else None

    def _say(self, text: str, kind: Any = "info") -> None:
        self.said.emit(Message(text, kind))

    def _fail(self, sentence: str, ways: tuple[str, ...] = ()) -> None:
        """Say what went wrong; what was to follow does not."""
        self._drop_rest()
        self.said.emit(Message(sentence, "error", ways))


def _pictures() -> Path:
    """The user's folder of pictures, or that of the user."""
    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
    return found if found.is_dir() else Path.home()
