"""Everything that settings.toml names, measured and written to one page: `python benchmarks/results.py -o docs/results.md ...`."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import field as fields
import full_size
import measured
import psutil
import threads
import trials
from compare import common_options, settings
from figures import difference, duels, pairs, table, verdict
from PIL import Image
from strips import Strips

from engine.evaluation.preparing import state
from engine.evaluation.workers import Effort

if TYPE_CHECKING:
    from collections.abc import Iterable

WORST = 10
CREDIT = (
    "The strips show photographs that scikit-image and scikit-learn ship; china: danielbuechele, CC BY 2.0. "
    "The 40 photographs may not be passed on, so they are named only."
)

COSTS = (
    "Costs of fills are processor seconds of one thread, medians of several runs, in processes that had warmed up, the methods in "
    "turns on each hole. Differences are ours less the peer's on the same holes, ± the standard error of their mean, and on how many "
    "holes ours is nearer to the truth."
)


@dataclass(frozen=True)
class Done:
    """A row of the settings and its trials."""

    row: dict[str, Any]
    ours: str
    trials: list[trials.Trial]


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    common_options(parser)
    parser.add_argument("-o", "--out", type=Path, required=True, help="the page; strips go into a folder of its name beside it")
    parser.add_argument("--large", type=Path, help="a large photograph to make the 24 megapixels from")
    parser.add_argument("--work", type=Path, help="folder for every row's trials and strips; a row that is there is not run again")
    parser.add_argument("--rows", help="only these rows, by name and commas")
    return parser.parse_args()


def run_row(row: dict[str, Any], asked: argparse.Namespace, work: Path) -> Done:
    """Run a row, or read what it gave before; every fill leaves a strip."""
    given = settings()
    ours, file = given["looks"][row["look"]], work / f"{row['name']}.json"
    if file.exists():
        return Done(row, ours, [trials.Trial(**one) for one in json.loads(file.read_text())["trials"]])
    print(row["name"], file=sys.stderr)
    every = trials.cases(row["set"], [row["kind"]], asked.peers, asked.photographs, draws=row.get("draws", 1))
    strips = Strips(work / "strips" / row["name"], [ours, row["peers"][0]])
    found = trials.run(every, [ours, *row["peers"]], Effort(**given["effort"]), asked.peers, watch=strips.add)
    trials.save(found, file, {"row": row})
    return Done(row, ours, found)


def goals_of(done: Done) -> list[dict[str, Any]]:
    """The row's goals against each peer, as lines of the first table."""
    lines = []
    for peer in done.row["peers"]:
        both = pairs(done.trials, done.ours, peer)
        for goal in done.row["goals"]:
            told = verdict(both, goal)
            against = f"{done.row['title']}; {done.ours} against {peer.removeprefix('peer:')}"
            lines.append({"what": against, "goal": goal, "figure": told.figure, "reached": told.reached})
    return lines


def goals_table(lines: Iterable[dict[str, Any]]) -> str:
    """What was to be reached, what it is, and whether it is."""
    words = {True: "reached", False: "**not reached**", None: "not measured"}
    rows = [f"| {one['what']} | {one['goal']} | {one['figure']} | {words[one['reached']]} |" for one in lines]
    return "\n".join(["| what | goal | figure | |", "|---|---|---|---|", *rows])


def worst(every: list[Done], set_: str) -> list[tuple[float, Done, trials.Trial]]:
    """The fills of a set that fall furthest behind the row's first peer in PSNR on the same hole."""
    behind = []
    for done in (one for one in every if one.row["set"] == set_):
        both = pairs(done.trials, done.ours, done.row["peers"][0])
        behind += [(difference([pair], "psnr").mean, done, pair[0]) for pair in both]
    return sorted(behind, key=lambda one: one[0])[:WORST]


def worst_part(every: list[Done], page: Path, work: Path) -> str:
    """The worst fills: strips of those photographs that may be passed on, names of the others."""
    lines = [f"## The {WORST} worst fills", "", "By PSNR less the first peer's on the same hole.", "", CREDIT, ""]
    lines += [f"- {_named(*one)}" for one in worst(every, "unseen")]
    lines += ["", f"### The {WORST} worst of the six that may be shown", "", "Photograph with its hole, ours, the peer's, truth."]
    for gap, done, trial in worst(every, "native"):
        name = f"{done.row['name']}-{trial.photograph.replace(' ', '-')}.jpg"
        shown = page.with_suffix("") / name
        shown.parent.mkdir(parents=True, exist_ok=True)
        Image.open(Strips.file(work / "strips" / done.row["name"], trial.photograph)).save(shown, quality=90)
        lines += ["", f"{_named(gap, done, trial)}:", "", f"![{trial.photograph}]({shown.parent.name}/{name})"]
    return "\n".join(lines)


def _named(gap: float, done: Done, trial: trials.Trial) -> str:
    return f"{gap:+.2f} dB: {done.row['title']}, {trial.photograph}, against {done.row['peers'][0].removeprefix('peer:')}"


def row_part(done: Done) -> str:
    """A row's means and paired differences."""
    lines = [
        f"### {done.row['title']}",
        "",
        f"`{done.row['name']}`: set {done.row['set']}, hole {done.row['kind']}, `{done.ours}`",
        "",
        table(done.trials),
    ]
    for peer in done.row["peers"]:
        lines += ["", duels(done.trials, done.ours, peer)]
    return "\n".join(lines)


def machine(peers: Path) -> str:
    """The processor, its cores, the memory and the versions of everything that was measured."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ""
    )
    have = {name: version(name) for name in ("torch", "numpy", "numba", "opencv-python-headless")}
    told = [", ".join(f"{name} {number}" for name, number in versions.items()) for versions in (have, state(peers).versions)]
    memory = psutil.virtual_memory().total / 2**30
    return f"{model}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}. Ours: {told[0]}. Peers: {told[1]}."


def page_of(asked: argparse.Namespace, every: list[Done], extra: list[dict[str, Any]], work: Path) -> str:
    """The whole page."""
    lines = [line for done in every for line in goals_of(done)] + extra
    command = "python benchmarks/results.py -o docs/results.md --photographs FOLDER --large PHOTOGRAPH --peers PYTHON"
    parts = [
        "# Results",
        f"Written by `{command}` from `benchmarks/settings.toml`; what the words mean: `benchmarks/README.md`.",
        machine(asked.peers),
        COSTS,
        "## Goals",
        goals_table(lines),
        "## Figures",
        *(row_part(done) for done in every),
        worst_part(every, asked.out, work),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Run all of it and write the page."""
    asked = parsed()
    work = asked.work or Path(tempfile.mkdtemp(prefix="results-"))
    work.mkdir(parents=True, exist_ok=True)
    chosen = [row for row in settings()["row"] if asked.rows is None or row["name"] in asked.rows.split(",")]
    every = [run_row(row, asked, work) for row in chosen]
    extra = []
    if asked.rows is None:
        extra = fields.report(asked.peers) + threads.report(asked.peers)
        extra += full_size.report(asked.large) if asked.large else []
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    rest = measured.kept(asked.out)
    asked.out.write_text(page_of(asked, every, extra, work) + (f"\n{rest}" if rest else ""), encoding="utf-8")
    print(f"{asked.out} is written; all strips are in {work / 'strips'}.", file=sys.stderr)


if __name__ == "__main__":
    main()
