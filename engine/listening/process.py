"""Ears: a recogniser in a process of its own, behind the same protocol.

What it needs of memory goes with it, it computes at a low priority beside the engine, and where the
system ends it for want of memory nothing else ends.

The parent sends a line of JSON, {"sounds": [samples, …], "language": code, "meant": [text, …]}, and
then the samples themselves, float32. Back comes a line: {"heard": […]}, {"refused": sentence} (a
UserError) or {"failed": traceback} (a bug).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.listening.heard import Heard
from engine.system.paths import ROOT
from engine.system.untrusted_json import parse_object

_NICE = 10


class Ears:
    """A Recogniser. The process starts with the first sound, and anew where it has ended."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """folder, threads: as in Whisper."""
        self._arguments = [str(folder), str(threads)]
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Any = None

    def hear(
        self, sounds: Sequence[NDArray[np.float32]], language: str, meant: Sequence[str] = ()
    ) -> list[Heard]:
        """As Recogniser. Raises UserError also where the process is killed."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        head = {
            "sounds": [len(sound) for sound in sounds],
            "language": language,
            "meant": list(meant),
        }
        try:
            process.stdin.write(json.dumps(head).encode() + b"\n")
            for sound in sounds:
                process.stdin.write(np.ascontiguousarray(sound, dtype="<f4").tobytes())
            process.stdin.flush()
            line = process.stdout.readline()
        except (OSError, ValueError):
            line = b""
        try:
            answer = parse_object(line)
        except ValueError as error:  # it ended, perhaps within a line
            raise self._ended(process) from error
        if "heard" in answer:
            return [Heard.from_plain(one) for one in answer["heard"]]
        if "refused" in answer:
            raise UserError(answer["refused"])
        raise RuntimeError(answer["failed"])

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
            self._log.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "engine.listening.process", *self._arguments],
                cwd=ROOT,  # where -m finds the package, whatever the user's folder holds
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
            )
        except OSError as error:
            self._log.close()
            reason = error.strerror or str(error)
            raise UserError(
                f"nothing can be heard: no process can be started ({reason})"
            ) from error
        return self._process

    def _ended(self, process: subprocess.Popen[bytes]) -> UserError:
        if process is not self._process:  # by `close`, on another thread
            return UserError("nothing is heard any more: the recogniser was stopped")
        with suppress(OSError):
            process.kill()  # it may have closed its end alone
        code = process.wait()
        self._log.seek(0)
        said = self._log.read().decode("utf-8", "replace").strip().splitlines()
        self.close()
        if code == -getattr(signal, "SIGKILL", 9):
            return UserError(
                "the recogniser was ended by the system, most likely for want of memory: close "
                "other programs, or leave --listen out"
            )
        reason = said[-1] if said else f"exit code {code}"
        return UserError(f"the recogniser ended unexpectedly ({reason})")


def serve() -> None:
    """Be the child: hear what comes, line by line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    with suppress(OSError, AttributeError):
        os.nice(_NICE)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not go between the answers
    folder, threads = Path(sys.argv[1]), int(sys.argv[2])
    recogniser: Any = None
    while line := sys.stdin.buffer.readline():
        head = json.loads(line)
        data = [sys.stdin.buffer.read(4 * count) for count in head["sounds"]]
        try:
            if recogniser is None:
                from engine.listening.whisper import Whisper

                recogniser = Whisper(folder, threads)
            sounds = [np.frombuffer(piece, dtype="<f4").astype(np.float32) for piece in data]
            heard = recogniser.hear(sounds, head["language"], head["meant"])
            answer: dict[str, Any] = {"heard": [one.to_plain() for one in heard]}
        except UserError as error:
            answer = {"refused": str(error)}
        except Exception:
            answer = {"failed": traceback.format_exc()}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve()
