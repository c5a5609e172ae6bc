"""`bench speech` in a process of its own, watched: what it measures now, and its growing report.

So a window keeps its model in memory, and is not in the figures. Standard library only.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from engine.bench import kept, results
from engine.errors import UserError
from engine.figures.plan import Notice
from engine.figures.run import Values
from engine.system.paths import ROOT

_LOOK = 0.2  # seconds
_ENDS = 8  # seconds that its processes take to end, at most
_TIME = re.compile(r"^ *\d+ s  ")  # in front of every line of the clock
_LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("loading", re.compile(r"(?P<words>.*): loading and warming up")),
    ("round", re.compile(r"round (?P<round>\d+) of \d+")),
    ("measuring", re.compile(r"round (?P<round>\d+): (?P<words>.*)")),
    ("comparing", re.compile(r"(?P<words>.*): looking where its tokens part")),
    ("warning", re.compile(r"WARNING: (?P<words>.*)")),
)


def run(
    arguments: Sequence[str],
    heard: Callable[[Notice], None],
    look: Callable[[], None],
    *,
    keep_part: bool = False,
) -> None:
    """Run main.py with these arguments of `bench speech`; it keeps its report itself.

    heard: called with what it tells, and with the report after every round. look: called several
    times a second; what it raises ends all processes and is let pass. keep_part: then keep what was
    measured by then. Raises UserError where it cannot be measured.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), *arguments, "--json", str(file)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        said = _Said(process)
        growing = _Growing(file)
        try:
            while process.poll() is None:
                look()
                for line in said.new():
                    heard(line)
                if (report := growing.new()) is not None:
                    heard(Notice("round", round=report.get("rounds", 0), report=report))
                time.sleep(_LOOK)
        except BaseException:
            _end(process)
            if keep_part and (report := growing.last()) is not None:
                with suppress(UserError):
                    kept.keep(report)
            raise
        finally:
            _end(process)
            said.end()
        if process.returncode:
            raise UserError(f"it could not be measured: {said.last}")


class _Said:
    """The lines that a process tells, read on a thread of their own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.last = "no reason"
        self._stream = process.stderr
        self._lines = SimpleQueue[str]()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._stream is not None
        for line in self._stream:
            if line.strip():
                self.last = line.strip().removeprefix("bark-studio: ")
                self._lines.put(line.rstrip())

    def new(self) -> list[Notice]:
        """Those that came since the last call."""
        found = []
        with suppress(Empty):
            while True:
                line = self._lines.get_nowait()
                if _TIME.match(line):  # else a library talks to itself
                    found.append(understood(_TIME.sub("", line)))
        return found

    def end(self) -> None:
        """Wait for the last line."""
        self._thread.join(_ENDS)
        if self._stream is not None and not self._thread.is_alive():
            self._stream.close()


class _Growing:
    """A report that is written again after every round."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = 0

    def new(self) -> Values | None:
        """The report, where it has grown since the last call."""
        try:
            stamp = self._file.stat().st_mtime_ns
        except OSError:
            return None
        if stamp == self._seen:
            return None
        self._seen = stamp
        return self.last()

    def last(self) -> Values | None:
        """The report as it is; None before the first round."""
        with suppress(UserError):
            return results.load(self._file)
        return None


def understood(line: str) -> Notice:
    """What a line for people says."""
    for at, pattern in _LINES:
        if found := pattern.fullmatch(line):
            parts = found.groupdict()
            return Notice(at, parts.get("words", ""), int(parts.get("round") or 0))  # type: ignore[arg-type]
    return Notice("other", line)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.terminate()
    else:
        process.send_signal(signal.SIGINT)  # as Ctrl-C: it ends those that it has started
    try:
        process.wait(_ENDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
