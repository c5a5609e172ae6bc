"""TextProcess: a TextEngine in a process of its own, behind the same protocol.

TensorFlow never gives back what it takes at its import, 0.5 GB, and holds Python's lock meanwhile,
so that a window would freeze for a second. A process gives everything back when it ends, and Stop
is answered at once, whatever it does at the moment.

Both sides speak in lines of JSON. To the child: {"request": …} and {"stop": true}; back come
{"progress": …} and, last for each request, one of {"answer": …}, {"stopped": true},
{"refused": sentence, "over": whether the child is of no more use} (a UserError) and {"failed":
traceback} (a bug).
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import overload

from engine.api import Cancelled, Progress, Report, Text, TextRequest, silent
from engine.errors import UserError
from engine.readings import Comparison, ComparisonRequest, ScoreRequest, Scores, TextWork
from engine.system.paths import ROOT
from engine.text.messages import Message, answer_as_plain, answer_of, as_plain, request_of

_TICK = 0.05  # seconds of silence after which the last progress is reported again, for Stop


# ── the parent ────────────────────────────────────────────────────────────────────────────────


class TextProcess:
    """Arguments and use as TextEngine. The process starts with the first request."""

    def __init__(
        self,
        place: Path,
        *,
        device: str,
        cache: Path | None,
        batch_size: int,
        precision: str = "auto",
        key_values: str = "float16",
    ) -> None:
        self._arguments = {
            "place": str(place),
            "device": device,
            "cache": None if cache is None else str(cache),
            "batch_size": batch_size,
            "precision": precision,
            "key_values": key_values,
        }
        self._process: _Child | None = None

    @overload
    def generate(self, request: TextRequest, report: Report = silent) -> Text: ...
    @overload
    def generate(self, request: ComparisonRequest, report: Report = silent) -> Comparison: ...
    @overload
    def generate(self, request: ScoreRequest, report: Report = silent) -> Scores: ...
    def generate(self, request: TextWork, report: Report = silent) -> Text | Comparison | Scores:
        """As TextEngine.generate. What `report` raises stops the work; it may end a little later.

        Raises UserError also where the process is killed, most likely for want of memory.
        """
        last = Progress(stage="load", done=0, total=1)
        report(last)
        if self._process is None:
            self._process = _Child(self._arguments)
        child = self._process
        try:
            child.ask(as_plain(request))
            while True:
                message = child.answer()
                if message is None:
                    report(last)
                elif "progress" in message:
                    progress = Progress(**message["progress"])
                    last = dataclasses.replace(progress, text="")
                    report(progress)
                elif "answer" in message:
                    return answer_of(message["answer"])
                elif "refused" in message:
                    if message["over"]:
                        self.close()  # the next request starts another
                    raise UserError(message["refused"])
                else:
                    raise RuntimeError(message["failed"])
        except _Ended:
            self.close()
            raise
        except BaseException:
            child.stop()
            raise

    def close(self) -> None:
        """End the process, and with it all that it holds."""
        child, self._process = self._process, None
        if child is not None:
            child.kill()


class _Ended(UserError):
    """The process ended by itself."""


class _Child:
    """The process and its lines."""

    def __init__(self, arguments: Message) -> None:
        # What its libraries say; shown when it dies.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "engine.text.process", json.dumps(arguments)],
            cwd=ROOT,  # where -m finds the package, whatever the user's folder holds
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )
        self._messages = SimpleQueue[Message | None]()
        self._open = self._stopped = 0  # requests without their last message; those to be ignored
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, request: Message) -> None:
        """Send a request. Those that were stopped may still be ending."""
        self._open += 1
        self._send({"request": request})

    def stop(self) -> None:
        """End the request that is worked on, if there is one; its messages are ignored."""
        if self._open > self._stopped:
            self._stopped = self._open
            with suppress(_Ended):
                self._send({"stop": True})

    def answer(self) -> Message | None:
        """Its next message, or None after _TICK of silence. Raises _Ended."""
        try:
            message = self._messages.get(timeout=_TICK)
        except Empty:
            return None
        if message is None:
            raise self._ended()
        if "progress" in message:
            return None if self._stopped else message
        self._open -= 1
        if self._stopped:
            self._stopped -= 1
            return None
        return message

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def _send(self, message: Message) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._ended() from error

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError):  # closed by kill
            for line in self._process.stdout:
                self._messages.put(json.loads(line))
        self._messages.put(None)

    def _ended(self) -> _Ended:
        if self._process.wait() == -getattr(signal, "SIGKILL", 9):
            return _Ended(
                "writing was ended by the system, most likely for want of memory: close other "
                "programs or take a smaller model"
            )
        self._log.seek(0)
        said = self._log.read().decode("utf-8", "replace").strip().splitlines()
        reason = said[-1] if said else f"exit code {self._process.returncode}"
        return _Ended(f"the text engine ended unexpectedly ({reason}): try again")


# ── the child ─────────────────────────────────────────────────────────────────────────────────


def serve() -> None:
    """Be the child: make the engine that the command line describes and answer, line by line."""
    from engine.text.engine import TextEngine
    from engine.text.xla_cache import DiskRefuses

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints does not go between the answers
    arguments = json.loads(sys.argv[1])
    cache = arguments.pop("cache")
    engine = TextEngine(Path(arguments.pop("place")), cache=cache and Path(cache), **arguments)
    requests = SimpleQueue[tuple[TextWork, threading.Event]]()

    def listen() -> None:
        stop = threading.Event()
        for line in sys.stdin:
            message = json.loads(line)
            if "stop" in message:
                stop.set()
            else:
                stop = threading.Event()
                requests.put((request_of(message["request"]), stop))
        os._exit(0)  # the parent has ended

    def answer(message: Message) -> None:
        print(json.dumps(message), file=answers, flush=True)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        request, stop = requests.get()

        def report(progress: Progress, stop: threading.Event = stop) -> None:
            if stop.is_set():
                raise Cancelled
            fields = ("stage", "done", "total", "row", "text")
            answer({"progress": {name: getattr(progress, name) for name in fields}})

        try:
            answer({"answer": answer_as_plain(engine.generate(request, report))})
        except Cancelled:
            answer({"stopped": True})
        except UserError as error:
            answer({"refused": str(error), "over": isinstance(error, DiskRefuses)})
        except Exception:
            answer({"failed": traceback.format_exc()})


if __name__ == "__main__":
    serve()
