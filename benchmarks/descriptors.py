"""Descriptors on pairs of photographs of one place: how many matches stand, and which pairs are recognised at all.

    python benchmarks/descriptors.py PAIRS rootsift landmark [--aliked FILE aliked] [-o FILE.json]

PAIRS has a folder a scene; 01.jpg is the target, whose middle quarter is painted white as a hole is, 02.jpg the reference. Photographs are reduced
to 800 pixels; at most 2048 points; mutual nearest neighbours; inliers of a fundamental matrix (MAGSAC, 1.5 px) and of a homography (3 px).

Some matches fit some geometry by chance. A method's chance level is the 95th percentile of its inliers on wrong pairs (the target with the references
of two other scenes), and a pair counts as found above it. Chance and found are told for tourist and hard scenes. Synthetic: known homographies
with a strong change of light, written apart from the training's; the share of matches within 3 px.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from points import extractor

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from points import Extractor

    Pixels = NDArray[np.uint8]
    Seen = tuple[NDArray[np.float32], NDArray[np.float32]]

SIDE, GROUPS = 800, ("easy", "tourist", "monument", "hard")


def group(scene: str) -> str:
    """How hard a scene is, told by its name."""
    if scene.startswith(("campus_", "stitch_")):
        return "easy"
    if scene.startswith(("wxbs_", "evd_")) or scene == "sacre_coeur_side":
        return "hard"
    return "monument" if scene[-2:] in {"_1", "_2", "_3"} else "tourist"


def opened(file: Path, side: int = SIDE) -> Pixels:
    """(H, W, 3) RGB, reduced to `side`."""
    picture = cv2.cvtColor(cv2.imread(str(file), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    scale = side / max(picture.shape[:2])
    return picture if scale >= 1 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def blanked(picture: Pixels) -> Pixels:
    """The same with its middle quarter white."""
    height, width = picture.shape[:2]
    out = picture.copy()
    out[height // 4 : height - height // 4, width // 4 : width - width // 4] = 255
    return out


def outside(seen: Seen, shape: tuple[int, ...]) -> Seen:
    """Without the points on the hole and its rim."""
    (rows, columns), (height, width) = seen[0].T, shape[:2]
    keep = (rows < height // 4 - 1) | (rows > height - height // 4) | (columns < width // 4 - 1) | (columns > width - width // 4)
    return seen[0][keep], seen[1][keep]


def matched(one: Seen, other: Seen) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Places of mutual nearest neighbours, (x, y)."""
    if not len(one[0]) or not len(other[0]):
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    likeness = torch.from_numpy(one[1]) @ torch.from_numpy(other[1]).T
    there, back = likeness.argmax(1).numpy(), likeness.argmax(0).numpy()
    mutual = np.flatnonzero(back[there] == np.arange(len(there)))
    return one[0][mutual, ::-1].copy(), other[0][there[mutual], ::-1].copy()


def inliers(one: Seen, other: Seen) -> tuple[int, int, int]:
    """Matches, and how many of them a fundamental matrix and a homography explain."""
    here, there = matched(one, other)
    if len(here) < 8:
        return len(here), 0, 0
    cv2.setRNGSeed(0)
    epipolar = cv2.findFundamentalMat(here, there, cv2.USAC_MAGSAC, 1.5, 0.999, 10000)[1]
    plane = cv2.findHomography(here, there, cv2.USAC_MAGSAC, 3.0, maxIters=10000, confidence=0.999)[1]
    return len(here), *(0 if mask is None else int(mask.sum()) for mask in (epipolar, plane))


def on_pairs(extract: Extractor, folder: Path, scenes: list[str]) -> list[dict[str, Any]]:
    """One row a scene; wrong pairs are tried for tourist and hard scenes."""
    targets, references, seconds = [], [], []
    for scene in scenes:
        target, reference = (opened(folder / scene / f"{number:02d}.jpg") for number in (1, 2))
        began = time.process_time()
        targets.append(outside(extract(blanked(target)), target.shape))
        references.append(extract(reference))
        seconds.append((time.process_time() - began) / 2)
    chosen = [number for number, scene in enumerate(scenes) if group(scene) in {"tourist", "hard"}]
    rows = []
    for number, scene in enumerate(scenes):
        matches, f, h = inliers(targets[number], references[number])
        row: dict[str, Any] = {"scene": scene, "group": group(scene), "matches": matches, "f": f, "h": h, "seconds": seconds[number]}
        if number in chosen:
            at = chosen.index(number)
            wrong = [chosen[(at + step) % len(chosen)] for step in (len(chosen) // 2, 7)]
            row["wrong"] = [inliers(targets[number], references[one])[1:] for one in wrong]
        rows.append(row)
    return rows


def restyled(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Another light and another camera."""
    x = (picture.astype(np.float32) / 255) ** rng.uniform(0.45, 2.2)
    height, width = x.shape[:2]
    mix = np.eye(3) * rng.uniform(0.5, 1.1, 3) + rng.uniform(0, 0.3, (3, 3))
    x = x @ (mix / mix.sum(1, keepdims=True)).T.astype(np.float32) * rng.uniform(0.6, 1.3, 3).astype(np.float32)
    shade = cv2.resize(rng.uniform(0.35, 1.3, (3, 4)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    x = cv2.GaussianBlur(x * shade[..., None], (0, 0), rng.uniform(0.6, 1.6))
    x = np.clip(x + rng.normal(0, rng.uniform(0.01, 0.04), x.shape), 0, 1)
    coded = cv2.imencode(".jpg", np.uint8(x * 255)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 70))])[1]
    return cv2.cvtColor(cv2.imdecode(coded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def on_synthetic(extract: Extractor, folder: Path, scenes: list[str], count: int = 20) -> float:
    """The mean share of matches within 3 px of where a known homography puts them."""
    shares = []
    for number, place in enumerate(np.linspace(0, len(scenes) - 1, count).astype(int)):
        rng = np.random.default_rng(number)
        picture = opened(folder / scenes[place] / "02.jpg", 640)
        height, width = picture.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        ends = corners + rng.uniform(-0.14, 0.14, (4, 2)).astype(np.float32) * [width, height]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-20, 20), rng.uniform(0.75, 1.25))
        plane = np.vstack([turn, [0, 0, 1]]) @ cv2.getPerspectiveTransform(corners, ends.astype(np.float32))
        other = restyled(cv2.warpPerspective(picture, plane, (width, height), borderMode=cv2.BORDER_REFLECT), rng)
        here, there = matched(extract(picture), extract(other))
        goal = cv2.perspectiveTransform(here[:, None], plane)[:, 0]
        shares.append(float((np.linalg.norm(goal - there, axis=1) < 3).mean()))
    return float(np.mean(shares))


def told(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Means by group, chance levels, and pairs found."""
    means = {
        name: float(np.mean([row["f"] for row in rows if row["group"] == name])) for name in GROUPS if any(r["group"] == name for r in rows)
    }
    tried = [row for row in rows if "wrong" in row]
    level = np.percentile(np.array([row["wrong"] for row in tried]).reshape(-1, 2), 95, axis=0) if tried else np.zeros(2)
    found = {name: int(sum(row[name] > level[k] for row in tried)) for k, name in enumerate(("f", "h"))}
    hard = {name: int(sum(row[name] > level[k] for row in tried if row["group"] == "hard")) for k, name in enumerate(("f", "h"))}
    return {
        "F": float(np.mean([row["f"] for row in rows])),
        "share": sum(row["f"] for row in rows) / max(1, sum(row["matches"] for row in rows)),
        "H": float(np.mean([row["h"] for row in rows])),
        **means,
        "chance F": float(level[0]),
        "chance H": float(level[1]),
        **{f"found {name.upper()} of {len(tried)}": found[name] for name in found},
        **{f"hard {name.upper()}": hard[name] for name in hard},
        "seconds": float(np.mean([row["seconds"] for row in rows])),
    }


def main() -> None:
    """Measure the methods that are named and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("methods", nargs="+", metavar="METHOD", help="rootsift, rootsift-full, vgg16, aliked, landmark[=FILE][:PLAN]")
    parser.add_argument("--aliked", type=Path, help="aliked-n16.pth")
    parser.add_argument("--groups", default=",".join(GROUPS), help="which scenes (all)")
    parser.add_argument("--no-synthetic", action="store_true")
    parser.add_argument("-o", "--output", type=Path, help="JSON, to which methods are added")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    every = sorted(one.name for one in chosen.pairs.iterdir() if one.is_dir())
    scenes = [scene for scene in every if group(scene) in chosen.groups.split(",")]
    for method in chosen.methods:
        extract = extractor(method, chosen.aliked)
        result = told(on_pairs(extract, chosen.pairs, scenes))
        if not chosen.no_synthetic:
            result["synthetic"] = on_synthetic(extract, chosen.pairs, every)
        print(method, {name: round(value, 3) for name, value in result.items()}, flush=True)
        if chosen.output:
            known = json.loads(chosen.output.read_text()) if chosen.output.exists() else {}
            chosen.output.write_text(json.dumps(known | {method: result}, indent=1))


if __name__ == "__main__":
    main()
