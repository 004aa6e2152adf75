"""Control points on disk: a JSON file with the places of the scene that were set by hand in two photographs; docs/refmatch-points.md."""

from __future__ import annotations

import contextlib
import json
import math
import secrets
from typing import TYPE_CHECKING, Any, NoReturn, cast

from engine.errors import BadInput, EngineFailure
from engine.reference import ControlPoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.reference import Reference

VERSION = 1
MOST_BYTES = 10_000_000


def open_points(path: Path, names: Sequence[str]) -> tuple[tuple[ControlPoint, ...], ...]:
    """The control points of each reference; none for one that the file does not speak of.

    Args:
        path: the file.
        names: what the references are called, in their order.

    Raises:
        BadInput: no such file, or none of ours, or it speaks of a photograph that is not among the references. Whether a
            point lies inside of its photographs is not looked at here.
    """
    said = _entries(path)
    points: dict[str, tuple[ControlPoint, ...]] = {}
    for number, entry in enumerate(said):
        name = _name(path, number, entry, names)
        if name in points:
            raise BadInput(f"{path.name} has points of {name} twice; put them into one list.")
        points[name] = tuple(_point(path, name, k, one) for k, one in enumerate(_list(path, entry, "points"), 1))
    return tuple(points.get(name, ()) for name in names)


def save_points(path: Path, references: Sequence[Reference]) -> None:
    """Write the control points of references, in place of what is there; whole or not at all.

    Raises:
        EngineFailure: the disk refused the file.
    """
    beside = path.with_name(f".{secrets.token_hex(6)}.inlay-part")
    try:
        beside.write_text(_text(references), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise EngineFailure(f"The points could not be written to {path} ({error.strerror or error}); choose another place.") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _text(references: Sequence[Reference]) -> str:
    """One point a line."""
    entries: list[str] = []
    for one in references:
        lines = [f"      {json.dumps({'here': list(point.here), 'there': list(point.there)})}" for point in one.points]
        listed = "[\n" + ",\n".join(lines) + "\n    ]" if lines else "[]"
        entries.append(f'    {{"file": {json.dumps(one.name, ensure_ascii=False)}, "points": {listed}}}')
    return f'{{\n  "inlay_points": {VERSION},\n  "references": [\n' + ",\n".join(entries) + "\n  ]\n}\n"


def _entries(path: Path) -> list[Any]:
    """What stands in the file for each reference."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path} is larger than {MOST_BYTES // 10**6} MB, so it is no file of control points; look for the right one.")
        said: Any = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_number)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}; check its name.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path.name} is no JSON as control points are kept in ({_first_line(error)}); save the points anew.") from None
    if not isinstance(said, dict) or "inlay_points" not in said:
        raise BadInput(
            f'{path.name} is no file of control points, which begins with {{"inlay_points": {VERSION}}}; look for the right one.'
        )
    found = cast("dict[str, Any]", said)
    if found["inlay_points"] != VERSION:
        raise BadInput(f"{path.name} is of version {found['inlay_points']!r:.20}, and this Inlay reads {VERSION}; save the points anew.")
    return _list(path, found, "references")


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _first_line(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]


def _list(path: Path, of: Any, name: str) -> list[Any]:
    found = cast("dict[str, Any]", of).get(name) if isinstance(of, dict) else None
    if not isinstance(found, list):
        raise BadInput(f'{path.name} has no list "{name}" where one belongs; save the points anew.')
    return cast("list[Any]", found)


def _name(path: Path, number: int, entry: Any, names: Sequence[str]) -> str:
    """Which reference an entry speaks of: the one it names, or the one that stands at its place."""
    given = cast("dict[str, Any]", entry).get("file") if isinstance(entry, dict) else None
    if given is None and number < len(names):
        return names[number]
    if given is None:
        raise BadInput(f"{path.name} has points for {number + 1} references, and {len(names)} are given; give them all.")
    if given not in names:
        among = f"the references are {', '.join(names)}" if names else "no reference is given"
        raise BadInput(f"{path.name} has points of {str(given)[:80]}, but {among}; give that photograph too, or leave its points out.")
    return str(given)


def _point(path: Path, name: str, number: int, said: Any) -> ControlPoint:
    here, there = (_place(cast("dict[str, Any]", said).get(side) if isinstance(said, dict) else None) for side in ("here", "there"))
    if here is None or there is None:
        wrong = "here" if here is None else "there"
        raise BadInput(f'{path.name}: point {number} of {name} has no two numbers, row and column, under "{wrong}"; put them right.')
    return ControlPoint(here, there)


def _place(said: Any) -> tuple[float, float] | None:
    """Two finite numbers, or None."""
    if not isinstance(said, list) or len(cast("list[Any]", said)) != 2:
        return None
    both = cast("list[Any]", said)
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in both):
        return None
    try:
        row, column = (float(one) for one in both)
    except OverflowError:
        return None
    return (row, column) if math.isfinite(row) and math.isfinite(column) else None
