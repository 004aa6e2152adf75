"""The thread that works: in order, stopped at once, never left behind."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from app.runner import Failure, Runner
from engine.errors import BadInput
from engine.job import Step

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from pytestqt.qtbot import QtBot


class Counting:
    """Counts; waits before each number until it may."""

    def __init__(self, to: int = 3, go: threading.Event | None = None, wrong: Exception | None = None) -> None:
        self.to, self.go, self.wrong, self.closed_by = to, go, wrong, ""
        self.begun = threading.Event()

    def run(self) -> Generator[Any, None, int]:
        self.begun.set()
        try:
            for number in range(self.to):
                if self.go:
                    assert self.go.wait(30)
                yield Step(number / self.to, f"number {number}")
            if self.wrong:
                raise self.wrong
            return self.to
        finally:
            self.closed_by = threading.current_thread().name


class News:
    """What a runner said, in order."""

    def __init__(self, runner: Runner) -> None:
        self.all: list[tuple[str, object, Any]] = []
        runner.stepped.connect(lambda task, step: self.all.append(("stepped", task, step.stage)))
        runner.finished.connect(lambda task, value: self.all.append(("finished", task, value)))
        runner.failed.connect(lambda task, failure: self.all.append(("failed", task, failure)))
        runner.stopped.connect(lambda task: self.all.append(("stopped", task, None)))

    def of(self, task: object) -> list[tuple[str, Any]]:
        return [(kind, value) for kind, one, value in self.all if one is task]

    def ends(self) -> list[tuple[str, object]]:
        return [(kind, task) for kind, task, _ in self.all if kind != "stepped"]


@pytest.fixture
def runner() -> Iterator[Runner]:
    made = Runner("engine")
    yield made
    assert made.close()


def test_a_task_tells_its_stages_and_what_it_made(runner: Runner, qtbot: QtBot) -> None:
    news, task = News(runner), Counting()
    runner.start(task)
    qtbot.waitUntil(lambda: bool(news.ends()))
    assert news.of(task) == [("stepped", "number 0"), ("stepped", "number 1"), ("stepped", "number 2"), ("finished", 3)]
    assert task.closed_by == "engine"


def test_tasks_run_one_after_another(runner: Runner, qtbot: QtBot) -> None:
    news, tasks = News(runner), [Counting() for _ in range(20)]
    for task in tasks:
        runner.start(task)
    qtbot.waitUntil(lambda: len(news.ends()) == 20)
    assert news.ends() == [("finished", task) for task in tasks]


def test_a_task_is_stopped_before_its_next_step(runner: Runner, qtbot: QtBot) -> None:
    go = threading.Event()
    news, task, after = News(runner), Counting(go=go), Counting()
    runner.start(task)
    runner.start(after)
    assert task.begun.wait(30)
    runner.stop(task)
    go.set()
    qtbot.waitUntil(lambda: len(news.ends()) == 2)
    assert news.ends() == [("stopped", task), ("finished", after)]
    assert task.closed_by == "engine"


def test_one_that_waits_is_out_at_once(runner: Runner, qtbot: QtBot) -> None:
    go = threading.Event()
    news, first, second = News(runner), Counting(go=go), Counting()
    runner.start(first)
    runner.start(second)
    assert first.begun.wait(30)
    runner.stop(second)
    assert news.ends() == [("stopped", second)]
    go.set()
    qtbot.waitUntil(lambda: len(news.ends()) == 2)
    assert not second.begun.is_set()


def test_stopping_what_has_ended_stops_no_other(runner: Runner, qtbot: QtBot) -> None:
    news, task = News(runner), Counting()
    runner.start(task)
    qtbot.waitUntil(lambda: bool(news.ends()))
    runner.stop(task)
    for _ in range(50):  # one of them lies where the first lay
        runner.start(Counting())
    del task
    qtbot.waitUntil(lambda: len(news.ends()) == 51)
    assert {kind for kind, _ in news.ends()} == {"finished"}


@pytest.mark.parametrize(
    ("wrong", "sentence", "reported"),
    [
        (BadInput("The mask is too large; paint less."), "The mask is too large; paint less.", False),
        (MemoryError(), "There is not enough memory for this; close other programs or work on a smaller picture.", False),
        (ZeroDivisionError("by zero"), "Inlay failed where it should not have (ZeroDivisionError: by zero).", True),
    ],
)
def test_a_failure_is_a_sentence(runner: Runner, qtbot: QtBot, wrong: Exception, sentence: str, reported: bool) -> None:
    news, task, after = News(runner), Counting(1, wrong=wrong), Counting()
    runner.start(task)
    runner.start(after)
    qtbot.waitUntil(lambda: len(news.ends()) == 2)
    failure = news.of(task)[-1][1]
    assert isinstance(failure, Failure)
    assert failure.sentence == sentence
    assert ("Traceback" in failure.report) == reported
    assert news.ends()[1] == ("finished", after)


def test_news_arrives_in_the_thread_of_the_window(runner: Runner, qtbot: QtBot) -> None:
    threads: list[str] = []
    runner.finished.connect(lambda *_: threads.append(threading.current_thread().name))
    runner.start(Counting())
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == ["MainThread"]


def test_closing_ends_the_thread_while_it_works_and_says_nothing_more(qtbot: QtBot) -> None:
    runner = Runner("engine")
    go = threading.Event()
    news, task, never = News(runner), Counting(go=go), Counting()
    runner.start(task)
    runner.start(never)
    assert task.begun.wait(30)
    assert not runner.close(0.0)
    go.set()
    assert runner.close()
    qtbot.wait(1)
    assert news.all == []
    assert task.closed_by == "engine"
    assert not never.begun.is_set()


def test_nothing_is_held_of_a_task_that_has_ended(runner: Runner, qtbot: QtBot) -> None:
    ended: list[bool] = []
    runner.finished.connect(lambda *_: ended.append(True))
    runner.failed.connect(lambda *_: ended.append(True))
    tasks = [Counting(), Counting(wrong=ValueError("wrong"))]
    held = [weakref.ref(task) for task in tasks]
    for task in tasks:
        runner.start(task)
    del task, tasks
    qtbot.waitUntil(lambda: len(ended) == 2)
    runner.start(last := Counting())
    qtbot.waitUntil(lambda: len(ended) == 3)
    del last
    gc.collect()
    assert [one() for one in held] == [None, None]
