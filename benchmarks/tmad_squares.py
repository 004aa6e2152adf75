"""The middle 256 x 256 of every photograph that training keeps for validation, as `train tmad` validates on them.

    python benchmarks/tmad_squares.py PHOTOGRAPHS... -o SQUARES
    inlay evaluate SQUARES --holes box --methods patchmatch,tmad,tmad:smooth=1 -o EVALUATION

PHOTOGRAPHS: tar shards and folders, as `inlay train --data` takes them. Which are kept is told by the bytes of their files (`engine.held`); each
is reduced to 288 pixels on its shorter side before, and the hole `box` is then 128 x 128 in the middle. Squares of photographs that may not be
passed on may not be passed on either.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from platformdirs import user_cache_dir

from engine.job import finished
from engine.training.photographs import Photographs, gathered
from engine.training.recipes.tmad import TmadRecipe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SIDE = 256


def held(paths: Sequence[Path], cache: Path) -> Photographs:
    """The photographs that are kept, decoded as for training. Raises BadInput where there are none."""
    return Photographs(finished(gathered(paths, cache, TmadRecipe.side)), "held")


def squares(photographs: Photographs) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Name and middle (256, 256, 3) of those that are large enough, in their order."""
    for number, one in enumerate(photographs.kept):
        if min(one.height, one.width) >= SIDE:
            top, left = (one.height - SIDE) // 2, (one.width - SIDE) // 2
            yield f"{number:04d}-{Path(one.name).stem}", np.ascontiguousarray(photographs[number][top : top + SIDE, left : left + SIDE])


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", nargs="+", type=Path, metavar="PHOTOGRAPHS")
    parser.add_argument(
        "--cache", type=Path, default=Path(user_cache_dir("inlay", appauthor=False)), help="what decoded photographs are kept in"
    )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="SQUARES")
    return parser.parse_args()


def main() -> None:
    """Write them as PNG."""
    asked = parsed()
    photographs = held(asked.photographs, asked.cache)
    asked.out.mkdir(parents=True, exist_ok=True)
    written = 0
    for name, pixels in squares(photographs):
        Image.fromarray(pixels).save(asked.out / f"{name}.png")
        written += 1
    small = len(photographs) - written
    print(f"{written} squares are in {asked.out}; {small} photographs are smaller than {SIDE} pixels.", file=sys.stderr)


if __name__ == "__main__":
    main()
