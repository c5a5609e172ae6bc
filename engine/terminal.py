"""What the command line shares: options made from Settings, one live line of progress, Ctrl-C.

Standard library only at import: `--help` works on a bare interpreter.
"""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TextIO

from engine.errors import UserError
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.api import Progress
    from engine.models.info import Tell

OK, BUG, USER_ERROR, CUT, INTERRUPTED = 0, 1, 2, 3, 130  # exit codes; a bug has a traceback


class Parser(argparse.ArgumentParser):
    """An argparse parser that answers a mistake with one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with 2."""
        self.exit(USER_ERROR, f"{self.prog}: {message}; see {self.prog} --help\n")


def add_settings(parser: argparse.ArgumentParser, *, without: Collection[str] = ()) -> None:
    """Give the parser one option for each field of Settings but those named."""
    group = parser.add_argument_group("how to compute")
    for option in dataclasses.fields(Settings):
        if option.name in without:
            continue
        flag = "--" + option.name.replace("_", "-")
        help = option.metadata["help"].replace("%", "%%")
        if isinstance(option.default, bool):
            group.add_argument(
                flag, action=argparse.BooleanOptionalAction, default=option.default, help=help
            )
        elif option.metadata["choices"]:
            group.add_argument(
                flag,
                choices=option.metadata["choices"],
                default=option.default,
                help=f"{help} (default: {option.default})",
            )
        else:
            group.add_argument(
                flag,
                type=type(option.default),
                default=option.default,
                metavar="N",
                help=f"{help} (default: {option.default})",
            )


def settings_from(arguments: argparse.Namespace, **others: Any) -> Settings:
    """The Settings of what `add_settings` parsed, and of the others, which it left out.

    Raises UserError for an impossible value.
    """
    names = [option.name for option in dataclasses.fields(Settings) if option.name not in others]
    try:
        return Settings(**{name: getattr(arguments, name) for name in names}, **others)
    except ValueError as error:
        raise UserError(str(error)) from error


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
            self._stream.write("\r")
            self._stream.flush()

    def draw(self, text: str) -> None:
        """Replace the live line."""
        self._stream.write("\r" + text.ljust(self._width))
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
