"""Chat templates: a stranger's programs, so each runs in a process that can be ended.

The process (render_template.py) holds Jinja's sandbox and nothing else. It starts with the first
chat and stays for further ones; it is ended where a template takes too long, too much memory, or
makes too long a text, and with this process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import psutil

from engine.errors import UserError
from engine.system.paths import ROOT
from engine.system.untrusted_json import parse_object

SECONDS = 5.0  # for one chat; a usual template takes a thousandth
START_SECONDS = 60.0  # until the process is there, on a machine that is busy
MEMORY = 512 * 2**20  # bytes of the process, which takes 30 MB
LETTERS = 4 * 2**20  # of the text
_LOOK = 0.05  # seconds between two looks at it

Message = Mapping[str, str]


class ChatTemplate:
    """One template. Used by one thread at a time."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._process: subprocess.Popen[bytes] | None = None
        self._over = ""  # what it took too much of, "memory" or "time"
        self._end: weakref.finalize[Any, Any] | None = None

    def render(self, messages: Sequence[Message], names: Mapping[str, str]) -> str:
        """The chat as the model reads it, ready for its answer. names: special tokens as templates
        call them. Raises UserError for a template that is broken or without bounds."""
        order = {
            "template": self._source,
            "messages": list(messages),
            "names": dict(names),
            "most": LETTERS,
            "seconds": SECONDS,
        }
        if self._process is None:
            self._start()
            self._line("", START_SECONDS)
        answer = self._line(json.dumps(order), SECONDS)
        if "missing" in answer:
            raise UserError(
                f"a chat needs Jinja2, which cannot be imported ({answer['missing']}): install it"
            )
        if "broken" in answer:
            raise UserError(
                f"the model's chat template is broken ({answer['broken']!s:.200}): write with "
                "--no-chat"
            )
        return str(answer["text"])

    def close(self) -> None:
        """End the process."""
        self._process = None
        if self._end is not None:
            self._end()

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "engine.text.render_template"],
                cwd=ROOT,  # where -m finds the package, whatever the user's folder holds
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise UserError(
                f"no chat can be written: no process can be started ({error})"
            ) from error
        self._end = weakref.finalize(self, _end, self._process)

    def _line(self, order: str, seconds: float) -> dict[str, Any]:
        """Its answer to a line; to none, that it is there."""
        process, self._over = self._process, ""
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(process, seconds, over), daemon=True)
        watch.start()
        data = b""
        try:
            if order:
                process.stdin.write(order.encode() + b"\n")
                process.stdin.flush()
            data = process.stdout.readline(8 * LETTERS)
        except OSError:  # it has ended
            pass
        except BaseException:  # its answer is not to be taken for that to another chat
            self.close()
            raise
        finally:
            over.set()
            watch.join()
        try:
            return parse_object(data, most=8 * LETTERS)
        except ValueError as error:
            self.close()
            raise self._why(seconds) from error

    def _why(self, seconds: float) -> UserError:
        if self._over == "memory":
            return UserError(
                f"the model's chat template takes more than {MEMORY // 2**20} MB of memory: write "
                "with --no-chat"
            )
        if self._over == "time":
            return UserError(
                f"the model's chat template takes more than {seconds:.0f} seconds: write with "
                "--no-chat"
            )
        return UserError("the model's chat template ends its process: write with --no-chat")

    def _watch(
        self, process: subprocess.Popen[bytes], seconds: float, over: threading.Event
    ) -> None:
        """End it where it does not keep its bounds."""
        looks = round(seconds / _LOOK)
        with suppress(psutil.Error, OSError):
            seen = psutil.Process(process.pid)
            for _ in range(looks):
                if over.wait(_LOOK):
                    return
                if seen.memory_info().rss > MEMORY:
                    self._over = "memory"
                    break
            else:
                self._over = "time"
            process.kill()


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        process.kill()
    process.communicate()
