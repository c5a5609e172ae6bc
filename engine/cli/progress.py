"""What the command line shows while it works: one live line of progress; and Ctrl-C.

Standard library only at import: `--help` works on a bare interpreter.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Protocol, TextIO

from engine.cli.terminal import live
from engine.system.shown import shown

if TYPE_CHECKING:
    from engine.api import Progress
    from engine.models.info import Tell


class ProgressLine:
    """Progress on standard error: one live line on a terminal, one line a stage elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self.live = self._stream.isatty()
        self._stage = ""
        self._drawn_at = 0.0
        self._width = 0

    def show(self, progress: Progress) -> None:
        """Show one step. Cheap: a terminal is redrawn at most ten times a second."""
        new_stage = progress.stage != self._stage
        self._stage = progress.stage
        if not self.live:
            if new_stage:
                print(f"{progress.stage} …", file=self._stream, flush=True)
            return
        now = time.monotonic()
        if not new_stage and progress.done < progress.total and now - self._drawn_at < 0.1:
            return
        self._drawn_at = now
        self.draw(f"{progress.stage} {progress.done}/{progress.total}")

    def close(self) -> None:
        """Take the live line away."""
        if self._width:
            self.draw("")
            live(self._stream).write("\r")
            self._stream.flush()

    def draw(self, text: str) -> None:
        """Replace the live line."""
        text = shown(text)
        live(self._stream).write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)


@contextmanager
def download_line(name: str) -> Iterator[Tell]:
    """A Tell that shows bytes on one live line on a terminal, and nothing elsewhere."""
    line = ProgressLine()
    shown = -1

    def tell(done: int, total: int) -> None:
        nonlocal shown
        if line.live and done // 2**20 != shown:
            shown = done // 2**20
            line.draw(f"{name} {shown} of {total // 2**20} MiB")

    try:
        yield tell
    finally:
        line.close()


class Cancellable(Protocol):
    """What Ctrl-C can stop: a Job, or what holds one."""

    def cancel(self) -> None:
        """Stop soon. Called in a signal handler."""
        ...


@contextmanager
def ctrl_c_cancels(job: Cancellable) -> Iterator[None]:
    """While the block runs, Ctrl-C cancels the job; a second one interrupts at once.

    Main thread only, as Python's signals are.
    """

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, previous)
        job.cancel()

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
