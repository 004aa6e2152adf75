"""What is asked and what comes back: a method's Card and settings, the Job, its Steps, a method's Fill, the Result."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from engine.errors import BadInput
from engine.picture import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.evidence import Evidence
    from engine.picture import Mask, Patch, Picture
    from engine.reference import Reference

T = TypeVar("T")

_READERS: Mapping[type, tuple[Callable[[str], Any], str]] = {
    bool: (lambda text: {"yes": True, "no": False}[text.lower()], "yes or no"),
    int: (int, "a whole number"),
    float: (float, "a number"),
    str: (str, "a text"),
}
"""What a setting may be: how it is read from a text, and what to ask for where that fails."""

DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a form has to know of one setting."""

    label: str
    help: str
    least: float | None = None
    most: float | None = None
    choices: tuple[Any, ...] = ()


def setting(
    default: Any, label: str, text: str, *, least: float | None = None, most: float | None = None, choices: tuple[Any, ...] = ()
) -> Any:
    """A field of a `Settings` class: its value unless told otherwise, its label and help, its range or its choices."""
    return field(default=default, metadata={"limits": Limits(label, text, least, most, choices)})


@dataclass(frozen=True)
class Settings:
    """What a user may change about a method: frozen, checked when made. A method without settings uses this class itself.

    Raises BadInput for a value out of its range.
    """

    def __post_init__(self) -> None:
        for one in dataclasses.fields(self):
            limits, value = one.metadata["limits"], getattr(self, one.name)
            if limits.choices and value not in limits.choices:
                raise BadInput(f"{one.name} is one of {', '.join(map(str, limits.choices))}, not {value}.")
            if (limits.least is not None and not value >= limits.least) or (limits.most is not None and not value <= limits.most):
                raise BadInput(f"{one.name} goes from {limits.least} to {limits.most}; {value} is outside.")

    @classmethod
    def described(cls) -> dict[str, Limits]:
        """Each setting's name and limits, in the order of a form."""
        return {one.name: one.metadata["limits"] for one in dataclasses.fields(cls)}

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Self:
        """Settings from texts as a command line has them. Raises BadInput for a name or value that is not ours."""
        known = {one.name: one for one in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for name, text in texts.items():
            if name not in known:
                raise BadInput(f"There is no setting {name} here; there {'is ' + ', '.join(known) if known else 'are none'}.")
            read, wanted = _READERS[type(known[name].default)]
            try:
                values[name] = read(text)
            except (ValueError, KeyError):
                raise BadInput(f"{name} takes {wanted}, not {text!r}.") from None
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Card:
    """All that is known of a method, or of a finish, without running it."""

    name: str
    """As typed: lower case and hyphens."""
    title: str
    sentence: str
    paper: str
    """Who described it first, or its best description."""
    settings: type[Settings] = Settings
    copies: bool = False
    """It copies known pixels, so it takes a sampling area and answers where each pixel came from."""
    references: bool = False
    """It fills from other photographs of the same place, and sees the whole picture to find them in it."""
    devices: tuple[Literal["cpu", "cuda", "mps"], ...] = ("cpu",)
    """Where it can run, what "auto" prefers first; the processor is always among them."""
    not_after: tuple[str, ...] = ()
    """Of a finish: the methods that it does not follow, as they do what it does."""
    weights: str = ""
    """The name of its networks' file of weights; empty: it has no networks."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One edit, with everything that decides its outcome. The mask is final: it was grown before.

    Raises BadInput where the mask or the sampling area has another size than the picture, or two references have one name.
    """

    picture: Picture
    mask: Mask
    method: str = "patchmatch"
    settings: Settings | None = None
    """None: the method's own defaults."""
    area: NDArray[np.bool_] | None = None
    """(H, W): where texture may be copied from; None: everywhere outside the mask."""
    seed: int = 0
    device: str = "auto"
    whole: bool = False
    """Work on the whole picture at once instead of a frame around each hole."""
    references: tuple[Reference, ...] = ()
    """Other photographs of the same place, for a method that takes them."""
    finish: str = ""
    """What follows the method's fill, of the second shelf; empty: nothing."""
    finishing: Settings | None = None
    """The finish's settings; None: its own defaults."""

    def __post_init__(self) -> None:
        for what, size in (("mask", self.mask.size), ("sampling area", self.picture.size if self.area is None else self.area.shape)):
            if size != self.picture.size:
                have, want = ("{1} x {0}".format(*s) for s in (size, self.picture.size))
                raise BadInput(f"The {what} is {have} pixels and the picture {want}; give one of the picture's size.")
        if self.device not in DEVICES:
            raise BadInput(f"The device is one of {', '.join(DEVICES)}, not {self.device}.")
        names = [one.name for one in self.references]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise BadInput(f"Two references are called {twice}; give each photograph once.")
        if self.area is not None:
            frozen(self.area)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """News from a running Job: the share done (0 to 1), the stage in words, and what the fill looks like so far."""

    fraction: float
    stage: str
    preview: Patch | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """A method's answer for the hole of its cutout, in the order of `np.nonzero(cutout.hole)`, n pixels.

    There are no other pixels in it, so a method cannot touch what is known.
    """

    values: NDArray[np.float32]
    """(n, channels) in [0, 1], encoded as the picture is."""
    evidence: tuple[Evidence, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the run record has to say of it beside: plain values."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a Job made. Outside the Job's mask its patches hold the picture's own pixels, bit for bit."""

    patches: tuple[Patch, ...]
    evidence: tuple[Evidence, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The run record: versions, method, settings, seed, device, seconds a stage; plain values, ready for JSON."""


def finished(steps: Generator[Any, None, T]) -> T:
    """Run a generator to its end, for what it returns; its news is dropped."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def chosen_settings(texts: Iterable[str], settings: type[Settings]) -> Settings:
    """Settings from KEY=VALUE texts. Raises BadInput."""
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"A setting is given as KEY=VALUE, not {text!r}.")
        pairs[key.strip()] = value.strip()
    return settings.read(pairs)
