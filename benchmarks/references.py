"""What filling from other photographs is worth, written to one page from evaluations of scenes.

    python benchmarks/references.py EVALUATION... [--check benchmarks/check_points.json] -o docs/results-references.md

EVALUATION: folders that `inlay evaluate SCENES --methods refmatch,peer:homography,peer:telea,...` wrote, on the same scenes at the same size;
the first method of the first leads the page. --check runs the leading method's matching on the scenes that have check points.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from check_points import scenes
from evaluations import Evaluations
from landings import landings, told
from measured import plain
from reference_goals import goals
from reference_means import groups, means, on_matched
from reference_scenes import every_scene, hard, notable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landings import Landing

INTRODUCTION = (
    "Written by `python benchmarks/references.py`. Of every scene 01.jpg is filled, the others are its references; methods that take no"
    " reference do not see them. What is measured is {lead}; where it trusts no reference it fills with patches, and such scenes count like the others."
)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluations", nargs="+", type=Path, metavar="EVALUATION")
    parser.add_argument("--check", type=Path, help="check_points.json")
    parser.add_argument("--pairs", type=Path, help="the scenes, where they have moved since")
    parser.add_argument("-o", "--out", type=Path, required=True)
    return parser.parse_args()


def page(found: Evaluations, landed: Sequence[Landing]) -> str:
    """The whole page."""
    kinds = [(kind, found.of(kind)) for kind in found.kinds]
    parts = [
        "# Restoring from other photographs",
        INTRODUCTION.format(lead=found.lead),
        "\n".join(f"    {plain(command)}" for command in found.commands),
        goals(found, landed),
        "## Means over all scenes",
        *(means(kind, part, found) for kind, part in kinds),
        "## By difficulty",
        *(groups(kind, part, found) for kind, part in kinds),
        "## Where a reference was used",
        *(on_matched(kind, part, found) for kind, part in kinds),
        "## Hard scenes",
        told(landed) if landed else "",
        *(hard(kind, part, found) for kind, part in kinds),
        "## Where it fails",
        *(notable(kind, part, found) for kind, part in kinds),
        "## Every scene",
        *(every_scene(kind, part, found) for kind, part in kinds),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def checked(asked: argparse.Namespace, found: Evaluations) -> list[Landing]:
    """What became of the check points, if they were asked for."""
    if asked.check is None:
        return []
    torch.set_num_threads(1)
    return list(landings(scenes(asked.check), asked.pairs or found.pairs, found.lead, found.size))


def main() -> None:
    """Write the page."""
    asked = parsed()
    found = Evaluations.read(asked.evaluations)
    asked.out.write_text(page(found, checked(asked, found)), encoding="utf-8", newline="\n")
    print(f"Written: {asked.out}")


if __name__ == "__main__":
    main()
