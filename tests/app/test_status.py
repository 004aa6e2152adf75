"""The line below the photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.chrome import Chrome, dressed, grabbed, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def chrome(core: Core) -> Chrome:
    return opened(core)


def test_the_status_tells_size_depth_place_as_x_y_and_zoom(chrome: Chrome) -> None:
    status = chrome.status
    assert status.size_text.text() == "90 × 60"  # noqa: RUF001
    assert status.bits.text() == "8 bit"
    status.set_place(12, 34)
    status.set_zoom(0.17, fits=True)
    assert (status.place.text(), status.fit.text(), status.zoom.text()) == ("34, 12", "Fit", "17 %")
    status.set_place(5, 6, "Reference 1")
    assert status.place.text() == "Reference 1  6, 5"
    status.set_place(None, None, "Reference 1")
    status.set_zoom(2.0, fits=False)
    assert (status.place.text(), status.fit.text(), status.zoom.text()) == ("", "Free", "200 %")


def test_a_replaced_message_fades_and_the_new_one_comes(chrome: Chrome) -> None:
    said = chrome.status.message
    said.say("One")
    said.say("Two")
    assert said.text == "Two"
    assert said.accessibleName() == "Two"
    chrome.core.qtbot.waitUntil(lambda: not said.fading)
    seen = grabbed(said)
    said.say("")
    chrome.core.qtbot.waitUntil(lambda: not said.fading)
    assert grabbed(said) != seen


def test_before_a_photograph_it_says_where_fills_run(chrome: Chrome) -> None:
    chrome.core.document.close()
    chrome.status.set_machine("No GPU found: fills run on the processor.")
    assert chrome.status.name.text() == "No GPU found: fills run on the processor."
    assert chrome.status.zoom.text() == "Nothing leaves this computer"
