"""What can go wrong, in words a photographer can act on.

Every error that a user may cause or meet is an `InlayError`; its text is one sentence (what, where, what to do) and is
shown as it stands. Anything else that escapes the engine is a defect of ours.
"""


class InlayError(Exception):
    """A sentence for the user: what happened, where, and what to do about it."""


class BadInput(InlayError):  # noqa: N818 (read as a sentence: raise BadInput)
    """The request cannot be met as asked: a wrong file, size, name or value. Nothing was written."""


class NothingKnown(BadInput):
    """The mask leaves no pixel from which a fill could be made."""

    def __init__(self) -> None:
        super().__init__("The mask covers the whole picture, so nothing is left to fill it from; leave some of it uncovered.")


class NoMatch(BadInput):
    """No reference was found to show the place that the picture shows; it can be filled without one."""


class EngineFailure(InlayError):  # noqa: N818
    """A request that was in order could not be carried out (memory, device, a broken disk)."""
