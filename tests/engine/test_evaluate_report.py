"""What a report is made of, where numbers are few, alike, or not there."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from engine.evaluation.methods import split
from engine.evaluation.outcome import Outcome
from engine.evaluation.report.headline import headline, margin
from engine.evaluation.report.page import page
from engine.evaluation.report.plots import by_hole_size, distribution, time_by_megapixels
from engine.evaluation.report.strips import MOST, picks, strip, window
from engine.evaluation.report.svg import Axis, figure, tag
from engine.evaluation.scores import SCORES
from engine.evaluation.summary import parts
from engine.evaluation.trial import Case, Trial

PSNR, L1, SEAM = (SCORES[name] for name in ("psnr", "l1", "seam"))
METHODS = ("ours", "theirs", "neither")


def trial(number: int, method: str, psnr: float | None, *, ratio: float = 0.2, size: tuple[int, int] = (100, 200)) -> Trial:
    case = Case(f"picture {number}", number, "brush")
    if psnr is None:
        return Trial(case, method, size, ratio, error="took over 120 s and was ended")
    return Trial(case, method, size, ratio, {"psnr": psnr, "l1": 30 - psnr}, {"wall": 0.5, "cpu": 0.5, "peak": 100.0, "rise": 5.0})


def outcome(*rows: tuple[float | None, ...]) -> Outcome:
    """An evaluation of a few methods, a row a picture."""
    methods = METHODS[: len(rows[0])]
    trials = [trial(number, method, value) for number, row in enumerate(rows) for method, value in zip(methods, row, strict=True)]
    scores = (PSNR, L1)
    return Outcome("inlay evaluate", {}, methods, scores, {}, tuple(trials), parts(trials, methods, scores, 0, {}), PSNR)


def test_the_headline_says_who_leads_and_by_how_much() -> None:
    found = outcome((20.0, 18.0), (24.0, 23.0), (22.0, 19.5))
    assert headline(found, found.parts[0]) == "ours leads on 3 brush holes: PSNR 22.00 dB, before theirs with 20.17 dB."
    said = margin(found, found.parts[0])
    assert said.startswith("They are 1.83 apart, with a 95 % interval from 1.00 to 2.50.")
    assert said.endswith("ours is the better on 3 of 3 pictures.")


def test_what_may_be_chance_is_called_so() -> None:
    found = outcome((20.0, 22.0), (24.0, 23.0), (22.0, 21.5))
    said = margin(found, found.parts[0])
    assert "which may be chance" in said
    assert "theirs is the better on 1 of 3 pictures." in said


def test_an_error_is_told_in_percent() -> None:
    found = replace(outcome((28.0, 26.0), (26.0, 22.0)), lead=L1)
    assert margin(found, found.parts[0]).startswith("They are 3.00 apart (50 % less), with a 95 % interval from 2.00 to 4.00.")


def test_methods_that_never_fill_are_told_and_stop_nobody() -> None:
    found = outcome((20.0, 18.0, None), (24.0, 23.0, None))
    assert headline(found, found.parts[0]).startswith("ours leads on 2 brush holes")
    assert found.parts[0].common == 2
    assert "neither failed on 2" in page(found, {})


def test_nothing_but_failures_makes_a_page_too() -> None:
    found = outcome((None, None), (None, None))
    assert headline(found, found.parts[0]) == "No method filled any of the 2 brush holes."
    assert "took over 120 s" in page(found, {})


def test_buckets_of_holes_stand_in_their_order_and_kinds_as_asked() -> None:
    kinds = ("thin", "irregular-40-60", "irregular-0-20", "brush")
    trials = [replace(one, case=replace(one.case, hole=kind)) for kind in kinds for one in (trial(0, "ours", 20.0),)]
    found = parts(trials, ("ours",), (PSNR,), 0, {})
    assert [part.hole for part in found] == ["thin", "irregular-0-20", "irregular-40-60", "brush"]


def test_one_method_on_one_picture_makes_a_page_too() -> None:
    found = outcome((20.0,))
    assert headline(found, found.parts[0]) == "ours on 1 brush hole: PSNR 20.00 dB."
    text = page(found, {})
    assert "Each method less" not in text
    assert "nan" not in text.lower()


@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("alike", [True, False])
def test_drawings_of_any_numbers_are_well_formed_and_inside(count: int, alike: bool) -> None:
    rng = np.random.default_rng(0)
    spread = 0.0 if alike else 1.0
    trials = {
        method: [
            trial(
                n,
                method,
                20 + spread * float(rng.normal()),
                ratio=0.2 + spread * float(rng.uniform(-0.1, 0.5)),
                size=(100, 200 + round(spread) * 10 * n),
            )
            for n in range(count)
        ]
        for method in METHODS
    }
    trials["none"] = []
    for drawn in (by_hole_size(trials, PSNR), time_by_megapixels(trials), distribution(trials, PSNR), distribution(trials, SEAM)):
        root = ET.fromstring(drawn)
        width, height = map(float, root.attrib["viewBox"].split()[2:])
        for circle in root.iter("circle"):
            assert 0 <= float(circle.attrib["cx"]) <= width
            assert 0 <= float(circle.attrib["cy"]) <= height
        assert "nan" not in drawn.lower()


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.08312, "0.0831"), (1234.5, "1234"), (12.345, "12.3"), (-0.5, "\N{MINUS SIGN}0.500"), (0, "0"), (np.nan, "\N{EN DASH}")],
)
def test_numbers_have_the_digits_they_are_worth(value: float, words: str) -> None:
    assert figure(value) == words


def test_ticks_are_round_and_within() -> None:
    assert Axis(0.13, 0.47, 0, 1).ticks() == pytest.approx([0.2, 0.3, 0.4])
    assert Axis(0.8, 120, 0, 1, logarithmic=True).ticks() == pytest.approx([1, 2, 5, 10, 20, 50, 100])
    assert Axis(0, 10, 100, 200).at(2.5) == 125


def test_names_cannot_break_out_of_their_place() -> None:
    assert tag("p", title='"><script>') == '<p title="&quot;&gt;&lt;script&gt;"></p>'


def test_strips_begin_with_the_worst_the_median_and_the_best() -> None:
    trials = [trial(number, "ours", value) for number, value in enumerate([5.0, 1.0, 9.0, 3.0, 7.0])]
    found = picks(trials, PSNR, 4, [5, 1, 9, 3, 7])
    assert [one.case.number for one, _ in found] == [2, 0, 1, 3]
    assert [why.split()[0] for _, why in found[:3]] == ["worst", "median", "best"]
    assert found[3][1] == ""


def test_a_strip_shows_all_of_a_small_hole_at_its_own_size() -> None:
    mask = np.zeros((900, 1200), np.uint8)
    mask[100:160, 1150:1200] = 255
    rows, columns = window(mask, MOST)
    assert mask[rows, columns].sum() == mask.sum()
    assert (columns.stop, rows.stop - rows.start, columns.stop - columns.start) == (1200, 216, 216)


def test_a_strip_shows_of_a_large_hole_where_it_meets_what_is_known() -> None:
    mask = np.zeros((900, 1200), np.uint8)
    mask[:, 500:] = 255
    region = window(mask, MOST)
    assert mask[region].shape == (MOST, MOST)
    assert 0.4 < (mask[region] > 0).mean() < 0.6


def test_a_strip_has_a_tile_a_method_even_where_one_failed() -> None:
    truth = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)
    mask = np.zeros((64, 80), np.uint8)
    mask[20:40, 20:50] = 255
    found = strip(truth, mask, {"ours": truth}, [trial(0, "ours", 20.0), trial(0, "theirs", None)], PSNR)
    assert [tile.title for tile in found.tiles] == ["with hole", "ours", "theirs", "truth"]
    assert found.tiles[2].data == ""
    assert found.tiles[1].value == 20.0


def test_commas_belong_to_settings_or_part_methods() -> None:
    assert split("patchmatch:smooth=1,effort=best,telea,peer:fsr") == ["patchmatch:smooth=1,effort=best", "telea", "peer:fsr"]
    assert split("telea") == ["telea"]
