"""Other photographs of the same place, as `fill` is given them: opened, and what was found of each said in a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput
from engine.files import open_points, open_reference
from engine.files.references import names_of
from engine.reference import Reference, quality

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from engine.picture import Picture

ALONE, BESIDE = "patchmatch", "refmatch"
"""What fills where no method is named: from the photograph alone, and from others beside it."""


def add_to(command: Any) -> None:
    """Add the options to `fill`."""
    command.add_argument(
        "--reference",
        action="append",
        default=[],
        type=Path,
        metavar="REF",
        help="another photograph of the same place to restore it from; may be given again. The features used unless told otherwise "
        "are for non-commercial use; --set features=rootsift is free for any",
    )
    command.add_argument("--points", type=Path, metavar="FILE", help="JSON with places that were set by hand in PHOTO and in a REF")


def method_of(arguments: argparse.Namespace) -> str:
    """The method that was asked for, or the usual one for what was given."""
    return arguments.method or (BESIDE if arguments.reference else ALONE)


def check(arguments: argparse.Namespace) -> None:
    """What can be known to be wrong before anything is read. Raises BadInput."""
    if arguments.points and not arguments.reference:
        raise BadInput("Control points lie in two photographs; give the other one with --reference.")
    seen: list[Path] = []
    for path in arguments.reference:
        if _same(path, arguments.photo):
            raise BadInput(f"{path} is the photograph itself, which shows nothing that it hides; give another one of the same place.")
        if any(_same(path, other) for other in seen):
            raise BadInput(f"The reference {path} is given twice; give each photograph once.")
        seen.append(path)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def sources(arguments: argparse.Namespace) -> dict[str, Path]:
    """What is read, by its name in a sentence."""
    found = {f"reference {number}" if number > 1 else "the reference": path for number, path in enumerate(arguments.reference, 1)}
    return found | ({"the control points": arguments.points} if arguments.points else {})


def opened(arguments: argparse.Namespace, picture: Picture) -> tuple[Reference, ...]:
    """The references with their control points. Raises BadInput."""
    names = names_of(arguments.reference)
    points = open_points(arguments.points, names) if arguments.points else [()] * len(names)
    pictures = (open_reference(path, picture) for path in arguments.reference)
    return tuple(Reference(*one) for one in zip(pictures, names, points, strict=True))


def sentences(record: Mapping[str, Any]) -> list[str]:
    """A line for each reference of a run record: how it matched."""
    return [_sentence(one) for one in record.get("references", ()) if "score" in one]


def _sentence(said: Mapping[str, Any]) -> str:
    word = quality(said["score"], said["inliers"])
    if word == "none" and said["used"]:
        word = "weak"  # control points hold it
    if word == "none":
        return f"{said['name']}: does not match, so nothing was taken from it."
    count = f"{said['inliers']:,} {'match' if said['inliers'] == 1 else 'matches'}"
    unused = "" if said["used"] else "; nothing was taken from it"
    return f"{said['name']}: {word} match, {count}, shows {said['coverage']:.0%} of the hole{unused}.".replace("%", " %")
