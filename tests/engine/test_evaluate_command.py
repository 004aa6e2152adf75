"""`evaluate` from its beginning to its report, on three photographs; and what it says of bad input."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from engine.evaluation.scores import Judge
from engine.holes import hole
from tests.engine.evaluated import QUICK, SIZE, comparable, evaluate, lines, photographs, scores

if TYPE_CHECKING:
    from pathlib import Path

VOID = {"meta", "img", "input"}
ALONE = {"img", "line", "circle", "path", "polyline", "polygon"}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photographs(tmp_path_factory.mktemp("set") / "photographs")


@pytest.fixture(scope="module")
def done(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished evaluation, which no test changes."""
    out = tmp_path_factory.mktemp("done") / "out"
    assert evaluate(photos, *QUICK, "--seed", 5, "-o", out, "--quiet") == 0
    return out


class Page(HTMLParser):
    """Checks that what is opened is closed, and gathers what the page would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.sources: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALONE
        self.seen.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_scores_json_has_every_trial_with_its_scores(done: Path) -> None:
    found = scores(done)
    assert found["schema"] == 1
    assert found["methods"] == ["harmonic", "telea"]
    assert {(trial["case"]["picture"], trial["case"]["hole"], trial["method"]) for trial in found["trials"]} == {
        (picture, kind, method)
        for picture in ("astronaut", "chelsea", "coffee")
        for kind in ("brush", "box")
        for method in ("harmonic", "telea")
    }
    for trial in found["trials"]:
        assert list(trial["scores"]) == ["psnr", "detail", "seam"]
        assert trial["cost"]["wall"] > 0
        assert trial["error"] == ""
    assert found["machine"]["cores"] >= 1
    assert {"numpy", "torch"} <= set(found["versions"])
    assert found["seconds"] > 0


def test_a_score_is_that_of_the_kept_fill_and_the_hole_that_is_told(done: Path, photos: Path) -> None:
    trial = next(one for one in scores(done)["trials"] if one["case"]["hole"] == "brush" and one["case"]["picture"] == "chelsea")
    truth, filled = (np.asarray(Image.open(path)) for path in (photos / "chelsea.png", done / trial["fill"]))
    mask = hole("brush", SIZE, np.random.default_rng([5, trial["case"]["number"]]))
    assert trial["ratio"] == pytest.approx((mask > 0).mean())
    assert np.array_equal(filled[mask == 0], truth[mask == 0])
    assert not np.array_equal(filled[mask > 0], truth[mask > 0])
    assert trial["scores"] == pytest.approx(Judge(["psnr", "detail", "seam"]).scores(filled, truth, mask))


def test_means_are_those_of_the_trials(done: Path) -> None:
    found = scores(done)
    part = next(one for one in found["parts"] if one["hole"] == "box")
    for standing in part["standings"]:
        values = [one["scores"]["psnr"] for one in found["trials"] if (one["case"]["hole"], one["method"]) == ("box", standing["method"])]
        told = standing["means"]["psnr"]
        assert told["mean"] == pytest.approx(np.mean(values))
        assert told["low"] <= told["mean"] <= told["high"]
        assert (told["holes"], standing["filled"], standing["failed"]) == (3, 3, 0)
    assert part["standings"][0]["against"] == {}
    assert part["standings"][1]["against"]["psnr"]["difference"]["holes"] == 3


def test_the_table_has_a_row_a_trial(done: Path) -> None:
    with (done / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    trials = scores(done)["trials"]
    assert [(row["picture"], row["hole"], row["method"]) for row in rows] == [
        (one["case"]["picture"], one["case"]["hole"], one["method"]) for one in trials
    ]
    assert [float(row["psnr"]) for row in rows] == [one["scores"]["psnr"] for one in trials]


def test_the_report_is_whole_and_needs_nothing_from_elsewhere(done: Path) -> None:
    text = (done / "report.html").read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert len(page.sources) > 20
    assert all(source.startswith("data:image/webp;base64,") for source in page.sources)
    assert not re.search(r"url\(|@import|https?://", text)
    assert page.seen.count("article") == 6
    assert page.seen.count("img") == 6 * (2 + 2 * 2)
    for words in ("Holes: brush", "Holes: box", "harmonic", "telea", "95 % interval", "without growth", "How it was measured"):
        assert words in page.words


def test_every_drawing_is_well_formed(done: Path) -> None:
    drawings = re.findall(r"<svg .*?</svg>", (done / "report.html").read_text("utf-8"))
    assert len(drawings) > 20
    for drawing in drawings:
        ET.fromstring(drawing)
    assert "nan" not in "".join(drawings).lower()


def test_scores_are_added_without_filling_again(photos: Path, tmp_path: Path) -> None:
    """The fills are there, so the methods are not even started: their processes would leave another time of writing."""
    out = tmp_path / "out"
    arguments = (photos, "--holes", "box", "--methods", "telea", "-o", out, "--quiet")
    assert evaluate(*arguments, "--scores", "psnr") == 0
    written = {path: path.stat().st_mtime_ns for path in out.rglob("fills/*/*.png")}
    assert len(written) == 3
    assert evaluate(*arguments, "--scores", "l1,psnr") == 0
    assert {path: path.stat().st_mtime_ns for path in out.rglob("fills/*/*.png")} == written
    assert all(list(trial["scores"]) == ["l1", "psnr"] for trial in scores(out)["trials"])
    before = len(lines(out))
    assert evaluate(*arguments, "--scores", "l1,psnr") == 0
    assert len(lines(out)) == before == 1 + 3 + 3


def test_another_evaluation_is_not_mixed_in(done: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(photos, *QUICK, "--seed", 6, "-o", done) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"The folder {done} holds another evaluation (seed 5, not 6)")
    assert said.count("\n") == 1


def test_the_summary_is_said(done: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = comparable(done)
    assert evaluate(photos, *QUICK, "--seed", 5, "-o", done) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split(" on ")[1][:8] for line in said[:2]] == ["3 brush ", "3 box ho"]
    assert said[-1] == f"Written: {done / 'report.html'}, scores.json and scores.csv."
    assert comparable(done) == before


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--methods", "patchwork"), "There is no method patchwork; there are"),
        (("--methods", "telea,telea"), "stands there twice"),
        (("--methods", "patchmatch:smooth=7"), "smooth"),
        (("--methods", "peer:photoshop"), "There is no peer photoshop; there are"),
        (("--scores", "psnr,beauty"), "There is no score 'beauty'; there are"),
        (("--scores", ""), "--scores takes names"),
        (("--scores", "frechet-vgg16"), "frechet-vgg16"),  # its weights are not there, or it is no score of single fills
        (("--holes", "square"), "the kinds are"),
        (("--size", 3), "8 pixels at least"),
        (("--limit", 0), "one photograph at least"),
        (("--seed", -1), "The seed is 0 at least"),
        (("--processes", 0), "The number of processes is 1 at least"),
    ],
)
def test_bad_input_is_one_sentence_before_any_work(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[object, ...], word: str
) -> None:
    given = arguments if "--methods" in arguments else ("--methods", "telea", *arguments)
    assert evaluate(photos, *given, "-o", tmp_path / "out") == 2
    said = capsys.readouterr()
    assert word in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_left_alone(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert evaluate(photos, "--methods", "telea", "--scores", "psnr", "-o", tmp_path) == 2
    assert "holds something that is no evaluation" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_set_without_photographs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert evaluate(tmp_path / "empty", "--methods", "telea", "-o", tmp_path / "out") == 2
    assert capsys.readouterr().err.count("\n") == 1
