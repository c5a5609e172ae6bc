"""What the benchmarks share: contenders that take turns, and what their figures depend on.

Every contender lives in a process of its own, started fresh, so that its peak memory is what a user
would pay and nothing of the others is in it. It loads and warms up once and then waits, asleep, for
the word to run. The parent lets one contender run at a time: trial 1 of all, then trial 2 of all,
and so on, so that a noisy machine disturbs all alike.

A contender is a module that ends with

    if __name__ == "__main__":
        runner.serve(prepare)

because it is run as `python -m` with its description. Standard library only at import.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from engine.errors import UserError
from engine.system.paths import ROOT
from engine.system.untrusted_json import parse_object

SPINNING = 0.3  # seconds after which the OpenMP threads of an idle contender sleep (Intel's: 0.2)

Values = dict[str, Any]  # plain values, ready for JSON
Tell = Callable[[str], None]  # hears a line for people


@dataclass(frozen=True)
class Contender:
    """One competitor. module: what `python -m` runs. description: plain values for `prepare`.
    python: the interpreter of another environment; None for this one."""

    name: str
    module: str
    description: Values
    python: Path | None = None

    @property
    def rows(self) -> int:
        """How many samples one run makes."""
        return int(self.description.get("rows", 1))


@dataclass(frozen=True)
class Run:
    """One measured run. values: what it returned, and "peak_bytes": the highest resident memory of
    its process since that was started."""

    trial: int
    contender: str
    values: Values


# ── the parent ────────────────────────────────────────────────────────────────────────────────


class Pool:
    """The processes of contenders: each is started when it is first needed and waits for its next
    run; all end with the `with` block. One at a time runs.

    needs: bytes of free memory that a contender is expected to need. Where less is free, the idle
    contenders end before another starts, and start again, warm-up and all, for their next turn.
    tell is called with a line for people before each start.
    """

    def __init__(self, needs: int, tell: Tell = lambda _: None) -> None:
        self._needs, self._tell = needs, tell
        self._processes: dict[str, _Process] = {}
        self._peaks: dict[str, int] = {}

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, contender: Contender) -> None:
        """Have it loaded and warm. Raises UserError for what it found wrong, and when it ends."""
        if contender.name in self._processes:
            return
        if _free_memory() < max(self._needs, *self._peaks.values(), 0):
            self.stop()
        self._tell(f"{contender.name}: loading and warming up")
        self._processes[contender.name] = process = _Process(contender)
        try:
            process.answer()
        except UserError:
            self._processes.pop(contender.name).stop()
            raise

    def run(self, contender: Contender, order: str = "run") -> Values:
        """One run of one that was started; what it measured. order: what it is told. Raises
        UserError as `start` does."""
        time.sleep(SPINNING)
        values = self._processes[contender.name].run(order)
        # The highest of all its lives, if it had to start again.
        peak = max(values["peak_bytes"], self._peaks.get(contender.name, 0))
        values["peak_bytes"] = self._peaks[contender.name] = peak
        return values

    def stop(self) -> None:
        """End all processes, at once and in whatever they are doing."""
        while self._processes:
            self._processes.popitem()[1].stop()


def take_turns(
    contenders: Sequence[Contender],
    trials: int,
    needs: int,
    tell: Tell = lambda _: None,
    beside: Callable[[int], AbstractContextManager[object]] = lambda _: nullcontext(),
) -> list[Run]:
    """Start all contenders, then let each run once a trial; the runs in the order they were done.

    needs: as of `Pool`. tell is called with a line for people before each wait. beside: entered
    for each run, with the number of its trial, once its contender is ready. Raises UserError for
    what a contender found wrong, and when one ends without a result. No process outlives the call.
    """
    runs = []
    with Pool(needs, tell) as pool:
        for contender in contenders:
            pool.start(contender)
        for trial in range(1, trials + 1):
            for contender in contenders:
                pool.start(contender)
                with beside(trial):
                    tell(f"{contender.name}: trial {trial} of {trials}")
                    runs.append(Run(trial, contender.name, pool.run(contender)))
    return runs


class _Process:
    """A contender's process, seen from the parent."""

    def __init__(self, contender: Contender) -> None:
        self._name = contender.name
        description = json.dumps(contender.description)
        self._process = subprocess.Popen(
            [str(contender.python or sys.executable), "-m", contender.module, description],
            cwd=ROOT,  # where -m finds the package, whatever the user's folder holds
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, order: str) -> Values:
        """Let it run once; what it measured."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{order}\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it has ended: `answer` says so
        return self.answer()

    def answer(self) -> Values:
        """Wait for its next answer. Raises UserError if that is an error, or never comes."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            values: Values = parse_object(line.encode(), infinity=True)
        except ValueError as error:  # it ended, perhaps within a line
            code = 0 if line.endswith("\n") else self._process.wait()
            if code == -getattr(signal, "SIGKILL", 9):
                raise UserError(
                    f"{self._name} was killed, most likely for want of memory: measure fewer rows "
                    "or a smaller model"
                ) from error
            raise UserError(
                f"{self._name} ended without a result: the reason stands above"
            ) from error
        if "error" in values:
            raise UserError(values["error"])
        return values

    def stop(self) -> None:
        """End it, at once and in whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def _free_memory() -> int:
    import psutil

    return int(psutil.virtual_memory().available)


# ── the contender ─────────────────────────────────────────────────────────────────────────────


def serve(
    prepare: Callable[[Values], Callable[[], Values]], *, refusals: tuple[type[Exception], ...] = ()
) -> None:
    """Be a contender: prepare what the command line describes, then run once for every line read.

    prepare loads and warms up, and returns the function that is one measured run; where that has
    an attribute of the name that is read, such as "witness", this is called instead. refusals: what
    a library raises where it cannot do what was asked: told in its words, as a UserError is. Ends
    with the parent, even in the middle of a run.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to the people, not between the answers
    orders = SimpleQueue[str]()

    def listen() -> None:
        for line in sys.stdin:
            orders.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    peak = 0

    def answer(values: Values) -> None:
        print(json.dumps(values), file=answers, flush=True)

    try:
        run = prepare(json.loads(sys.argv[1]))
        peak = _peak_bytes()
        answer({})
        while order := orders.get().strip():
            values = getattr(run, order, run)()
            # A run may start a new count of the peak, so the one before it is kept.
            peak = max(peak, _peak_bytes())
            answer({**values, "peak_bytes": peak})
    except (UserError, *refusals) as error:  # type: ignore[misc]
        words = str(error).strip().splitlines() or [type(error).__name__]
        answer({"error": words[0]})


def _peak_bytes() -> int:
    from engine.system.meter import Meter

    return Meter().metrics().host_bytes


# ── figures ───────────────────────────────────────────────────────────────────────────────────


def spread(values: Sequence[float]) -> Values:
    """Median, lowest and highest of some measurements, and all of them in their order."""
    return {
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
        "all": list(values),
    }
