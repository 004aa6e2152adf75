"""What is asked: settings and their limits, texts of a command line, and Jobs that fit together."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.errors import BadInput, InlayError
from engine.job import Job, Settings, Step, chosen_settings, finished, setting
from engine.picture import Mask, Picture

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass(frozen=True)
class Brush(Settings):
    width: int = setting(3, "Width", "In pixels.", least=1, most=9)
    softness: float = setting(0.5, "Softness", "0 is hard.", least=0.0, most=1.0)
    shape: str = setting("round", "Shape", "Of the tip.", choices=("round", "square"))
    wet: bool = setting(False, "Wet", "Runs into its surroundings.")


def job(size: tuple[int, int] = (4, 6), **changes: Any) -> Job:
    parts: dict[str, Any] = {"picture": Picture(np.zeros((*size, 3), np.uint8)), "mask": Mask(np.zeros(size, np.uint8))}
    return Job(**{**parts, **changes})


def test_settings_tell_a_form_their_names_limits_and_choices() -> None:
    limits = Brush.described()
    assert list(limits) == ["width", "softness", "shape", "wet"]
    assert (limits["width"].label, limits["width"].least, limits["width"].most) == ("Width", 1, 9)
    assert limits["shape"].choices == ("round", "square")


@pytest.mark.parametrize("wrong", [{"width": 0}, {"width": 10}, {"softness": -0.1}, {"softness": float("nan")}, {"shape": "oval"}])
def test_a_setting_out_of_its_range_is_refused_by_name(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(BadInput, match=name):
        Brush(**wrong)


def test_texts_become_settings() -> None:
    assert chosen_settings(["width=5", " softness = 0.25", "shape=square", "wet=yes"], Brush) == Brush(5, 0.25, "square", True)
    assert chosen_settings(["wet=No"], Brush) == Brush() == chosen_settings([], Brush)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("width", "KEY=VALUE"),
        ("width=wide", "a whole number"),
        ("width=2.5", "a whole number"),
        ("softness=soft", "a number"),
        ("wet=perhaps", "yes or no"),
        ("colour=red", "no setting colour here; there is width, softness, shape, wet"),
        ("width=99", "from 1 to 9"),
    ],
)
def test_a_text_that_is_no_setting_is_refused_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        chosen_settings([text], Brush)
    assert "\n" not in str(refused.value)


def test_a_method_without_settings_takes_none() -> None:
    with pytest.raises(BadInput, match="there are none"):
        chosen_settings(["width=3"], Settings)


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Brush().width = 5  # type: ignore[misc]


def test_a_job_whose_mask_has_another_size_is_refused() -> None:
    with pytest.raises(BadInput, match=r"The mask is 5 x 4 pixels and the picture 6 x 4"):
        job(mask=Mask(np.zeros((4, 5), np.uint8)))


def test_a_job_whose_sampling_area_has_another_size_is_refused() -> None:
    with pytest.raises(BadInput, match=r"The sampling area is 6 x 3 pixels and the picture 6 x 4"):
        job(area=np.zeros((3, 6), np.bool_))


def test_a_job_for_an_unknown_device_is_refused() -> None:
    with pytest.raises(BadInput, match="auto, cpu, cuda, mps, not tpu"):
        job(device="tpu")


def test_what_a_job_holds_cannot_be_written_to() -> None:
    one = job(area=np.ones((4, 6), np.bool_))
    assert one.area is not None
    for array in (one.picture.pixels, one.mask.coverage, one.area):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_finished_runs_to_the_end_for_what_is_returned() -> None:
    def steps() -> Generator[Step, None, int]:
        yield Step(0.5, "halfway")
        return 7

    assert finished(steps()) == 7


def test_every_error_of_a_user_is_one_of_ours() -> None:
    assert issubclass(BadInput, InlayError)
