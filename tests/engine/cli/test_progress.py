"""Progress on a terminal, and Ctrl-C."""

from __future__ import annotations

import io
import signal

import pytest

from engine.api import Progress, SpeechRequest, SpeechRow
from engine.cli.progress import ProgressLine, ctrl_c_cancels
from engine.job import Job, Stopped
from tests import fake
from tests.fake import FakeEngine


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def step(stage: str, done: int) -> Progress:
    return Progress(stage=stage, done=done, total=100)


def test_a_terminal_gets_one_line_that_goes_away() -> None:
    screen = Screen()
    line = ProgressLine(screen)
    for stage in ("semantic", "fine"):
        for done in range(1, 101):
            line.show(step(stage, done))
    line.close()
    drawn = screen.getvalue().split("\r")
    assert "\n" not in screen.getvalue()
    assert "semantic 1/100" in drawn
    assert "semantic 100/100" in drawn  # the end of a stage is always drawn
    assert len(drawn) < 20  # and not every token
    # A shorter text covers the longer one before it.
    assert drawn[-3].startswith("fine 100/100")
    assert drawn[-2:] == [" " * len(drawn[-3].rstrip()), ""]


def test_elsewhere_each_stage_is_one_line() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    for stage in ("semantic", "fine"):
        for done in range(1, 101):
            line.show(step(stage, done))
    line.close()
    assert stream.getvalue() == "semantic …\nfine …\n"


def test_ctrl_c_cancels_the_job_and_is_itself_again_afterwards() -> None:
    job = Job(SpeechRequest(rows=(SpeechRow(text=fake.FOREVER),)))
    before = signal.getsignal(signal.SIGINT)
    interrupted = False

    def publish(_: object) -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            signal.raise_signal(signal.SIGINT)

    with ctrl_c_cancels(job):
        assert job.run(lambda _: FakeEngine(), publish) == Stopped(job.id)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_does_not_wait() -> None:
    job = Job(SpeechRequest(rows=(SpeechRow(text="Hello."),)))
    with pytest.raises(KeyboardInterrupt), ctrl_c_cancels(job):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
