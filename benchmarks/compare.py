"""Compare methods hole by hole: `python benchmarks/compare.py ROW...`, or any set, kinds and methods; see README.md."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any

import trials
from figures import duels, table

from engine.errors import BadInput, InlayError
from engine.evaluation.preparing import interpreter
from engine.evaluation.workers import Effort

HERE = Path(__file__).resolve().parent
SETTINGS = HERE / "settings.toml"


def settings() -> dict[str, Any]:
    """The one settings file."""
    return tomllib.loads(SETTINGS.read_text())


def common_options(parser: argparse.ArgumentParser) -> None:
    """What every command here has to be told of the machine it runs on."""
    parser.add_argument("--peers", type=Path, default=prepared(), help="python that has the peers (INLAY_PEERS, or what was prepared)")
    parser.add_argument("--photographs", type=Path, help="folder with train-*.tar, for the sets dev and unseen")


def prepared() -> Path | None:
    """The python that has the peers, if there is one."""
    try:
        return interpreter()
    except BadInput:
        return None


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows of settings.toml by name; none: what --set, --kinds and --methods say")
    common_options(parser)
    parser.add_argument("--set", default="native", choices=["native", "dev", "1 MP", "4 MP", "12 MP"])
    parser.add_argument("--kinds", default="brush,thin,box", help="of brush, thin, box, object")
    parser.add_argument("--methods", default="patchmatch,peer:pypatchmatch", help="e.g. patchmatch:look=smooth,seed=3,peer:fsr")
    parser.add_argument("--limit", type=int, help="only so many photographs")
    parser.add_argument("--draws", type=int, default=1, help="holes of each kind in a photograph")
    parser.add_argument("--runs", type=int, help="runs of a fill, of which the median cost counts (1; rows: as their settings say)")
    parser.add_argument("--cache", type=Path, help="folder where fills of peers are kept between runs, with what they cost then")
    parser.add_argument("--final", action="store_true", help="allow rows on the unseen photographs, which nothing may be tuned on")
    parser.add_argument("-o", "--out", type=Path, help="write all trials as JSON")
    return parser.parse_args()


def split_methods(text: str) -> list[str]:
    """Split at commas: "a:x=1,y=2,b" is a with x and y set, and b."""
    methods: list[str] = []
    for part in text.split(","):
        if methods and "=" in part and ":" not in part:
            methods[-1] += "," + part
        else:
            methods.append(part)
    return methods


def compare(every: list[trials.Case], methods: list[str], effort: Effort, asked: argparse.Namespace, *, scored: bool) -> list[trials.Trial]:
    """Run the methods, print their table and each of ours against each peer."""
    found = trials.run(every, methods, effort, asked.peers, cache=asked.cache, scored=scored)
    print(table(found))
    for ours in methods:
        for peer in methods:
            if peer.startswith("peer:") and not ours.startswith("peer:"):
                print(duels(found, ours, peer))
    return found


def run_row(row: dict[str, Any], asked: argparse.Namespace) -> list[trials.Trial]:
    """One row of the settings."""
    if row["set"] == "unseen" and not asked.final:
        raise SystemExit(f"The row {row['name']} is for the final run alone; say --final if this is it.")
    given = settings()
    effort = Effort(**given["effort"] | ({"runs": asked.runs} if asked.runs else {}))
    every = trials.cases(row["set"], [row["kind"]], asked.peers, asked.photographs, limit=asked.limit, draws=row.get("draws", 1))
    print(f"\n{row['title']}; goals: {', '.join(row['goals']) or 'none'}")
    return compare(every, [given["looks"][row["look"]], *row["peers"]], effort, asked, scored=True)


def main() -> None:
    """Run what was asked for."""
    asked = parsed()
    if asked.rows:
        rows = {row["name"]: row for row in settings()["row"]}
        unknown = [name for name in asked.rows if name not in rows]
        if unknown:
            raise SystemExit(f"There is no row {unknown[0]} in settings.toml; there is {', '.join(rows)}.")
        found = [one for name in asked.rows for one in run_row(rows[name], asked)]
    else:
        every = trials.cases(asked.set, asked.kinds.split(","), asked.peers, asked.photographs, limit=asked.limit, draws=asked.draws)
        found = compare(every, split_methods(asked.methods), Effort(runs=asked.runs or 1), asked, scored="MP" not in asked.set)
    if asked.out is not None:
        trials.save(found, asked.out, {"rows": asked.rows, "set": asked.set, "methods": asked.methods})


if __name__ == "__main__":
    try:
        main()
    except InlayError as error:
        raise SystemExit(str(error)) from None
