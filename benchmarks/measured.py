"""What `evaluate`, `descriptors.py` and `train` measured, as the second half of docs/results.md; the first half is left as it stands.

    python benchmarks/measured.py docs/results.md EVALUATION... [--descriptors FILE.json] [--run TRAINED]

EVALUATION: a folder that `inlay evaluate` wrote; --descriptors: what `descriptors.py -o` wrote; --run: a folder that `inlay train` wrote.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import statistics
from pathlib import Path
from typing import Any

MARK = "<!-- What follows is written by benchmarks/measured.py. -->"

COLUMNS = ("psnr", "ssim", "lpips-alexnet", "lpips-vgg16", "detail", "seam", "swd-laplacian", "frechet-vgg16")
DESCRIPTORS = {
    "F": "inliers of F, all scenes",
    "share": "share",
    "easy": "easy",
    "tourist": "tourist",
    "monument": "monument",
    "hard": "hard",
    "H": "inliers of H",
    "synthetic": "synthetic",
    "chance F": "chance F",
    "chance H": "chance H",
    "found F of 36": "found by F, of 36",
    "found H of 36": "found by H, of 36",
    "seconds": "processor s a photograph",
}


def kept(page: Path) -> str:
    """The second half of a page, with its mark; "" where it has none."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    return text[text.index(MARK) :] if MARK in text else ""


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(command: str) -> str:
    """A command without the folders of the machine that it ran on."""
    words = [Path(word).name if "/" in word else word for word in shlex.split(command)]
    return shlex.join(words).replace(" pairs ", " PAIRS ")


def evaluation(folder: Path) -> str:
    """Means of every method with their intervals, what it cost, and differences from the first."""
    found = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    parts = []
    for part in found["parts"]:
        names = [name for name in COLUMNS if name in found["scores"]]
        head = ["", *(_title(found["scores"][name]) for name in names), "processor s", "peak MiB", "failed"]
        rows = [_row(one, names, found, part["hole"]) for one in part["standings"]]
        parts += [
            f"### {part['hole']} holes on {part['pictures']} photographs of {', '.join(found['asked']['sets'])}",
            f"    {plain(found['command'])}",
            table(head, rows),
            _differences(part, found),
        ]
    missing = ", ".join(found["missing"])
    return "\n\n".join([*parts, f"Not available here: {missing}." if missing else ""]).rstrip()


def _title(score: dict[str, Any]) -> str:
    arrow = {"higher": "↑", "lower": "↓", "one": "→ 1", "zero": "→ 0"}[score["better"]]
    return f"{score['title']} {arrow}"


def _row(standing: dict[str, Any], names: list[str], found: dict[str, Any], hole: str) -> list[str]:
    mine = [one for one in found["trials"] if one["method"] == standing["method"] and one["case"]["hole"] == hole and not one["error"]]
    cpu = statistics.median(one["cost"]["cpu"] for one in mine) if mine else float("nan")
    means = standing["means"] | {name: {"mean": value} for name, value in standing["over_all"].items()}
    values = [_value(means.get(name), found["scores"][name]["digits"]) for name in names]
    return [f"`{standing['method']}`", *values, f"{cpu:.2f}", f"{standing['peak']:.0f}", str(standing["failed"])]


def _value(mean: dict[str, float] | None, digits: int) -> str:
    if mean is None:
        return "-"
    spread = f" ({mean['low']:.{digits}f} to {mean['high']:.{digits}f})" if "low" in mean and mean["low"] != mean["high"] else ""
    return f"{mean['mean']:.{digits}f}{spread}"


def _differences(part: dict[str, Any], found: dict[str, Any]) -> str:
    """LPIPS and PSNR of each method less the first one's, on the same holes."""
    first = found["methods"][0]
    told = []
    for standing in part["standings"]:
        pairs = {name: standing["against"][name] for name in ("lpips-alexnet", "psnr") if name in standing["against"]}
        said = [
            f"{found['scores'][name]['title']} {one['difference']['mean']:+.4f} "
            f"({one['difference']['low']:+.4f} to {one['difference']['high']:+.4f}), better on {one['better']}"
            for name, one in pairs.items()
        ]
        if said:
            told.append(f"- `{standing['method']}` less `{first}`: {'; '.join(said)}")
    return "\n".join(told)


def descriptors(file: Path) -> str:
    """The table of methods on pairs."""
    found = json.loads(file.read_text(encoding="utf-8"))
    names = [name for name in DESCRIPTORS if any(name in one for one in found.values())]
    rows = [[f"`{_named(method)}`", *(_number(one.get(name)) for name in names)] for method, one in found.items()]
    return table(["", *(DESCRIPTORS[name] for name in names)], rows)


def _named(method: str) -> str:
    return re.sub(r"=[^:]*", "", method)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 2 or value == int(value) else f"{value:.3f}"


def training(folder: Path) -> str:
    """How quick a run was, and how its scores rose."""
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    last = rows[-1]
    scored = [one for one in rows if one.get("scores")]
    some = [scored[number] for number in sorted({0, len(scored) // 4, len(scored) // 2, 3 * len(scored) // 4, len(scored) - 1})]
    names = list(scored[-1]["scores"])
    body = [
        [str(one["step"]), str(one["examples"]), f"{one['seconds'] / 60:.0f}", *(f"{one['scores'][n]:.3f}" for n in names)] for one in some
    ]
    speed = last["examples"] / last["seconds"]
    return f"{last['examples']} examples in {last['seconds'] / 60:.0f} minutes of the clock, {speed:.1f} a second.\n\n" + table(
        ["step", "examples", "minutes", *names], body
    )


def main() -> None:
    """Write the second half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("evaluations", nargs="*", type=Path, metavar="EVALUATION")
    parser.add_argument("--descriptors", type=Path)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--note", type=Path, help="sentences to begin with")
    asked = parser.parse_args()
    parts = [MARK, "# Methods, peers and networks by the measuring ground"]
    parts += [asked.note.read_text(encoding="utf-8").strip()] if asked.note else []
    parts += [evaluation(folder) for folder in asked.evaluations]
    if asked.descriptors:
        command = "python benchmarks/descriptors.py PAIRS rootsift rootsift-full vgg16 aliked landmark:close landmark:both landmark:quarter landmark:eighth landmark:three --aliked FILE"
        parts += ["## Descriptors on pairs of one place", f"    {command}", descriptors(asked.descriptors)]
    if asked.run:
        parts += ["## Training `landmark`", training(asked.run)]
    text = asked.page.read_text(encoding="utf-8")
    first = text[: text.index(MARK)] if MARK in text else text
    asked.page.write_text(first.rstrip() + "\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
