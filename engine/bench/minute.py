"""A minute of `bench speech` in a process of its own: what precision and rows together bring.

Standard library only.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time

from engine.errors import UserError
from engine.models.info import Tell
from engine.system.paths import ROOT

_MINUTES = 1
_EXPECTED = 75  # seconds, with the start and the end
_LOOK = 0.2  # seconds
_ENDS = 20  # seconds that its processes take to end, at most


def command(model: str) -> list[str]:
    """The arguments of main.py."""
    wanted = ["--vary", "precision,batch", "--batch", "1,8", "--tokens", "32"]
    return ["bench", "speech", "--model", model, *wanted, "--minutes", str(_MINUTES)]


def run(model: str, tell: Tell) -> None:
    """Measure; the report is kept by the command itself. tell: seconds done, of so many expected.

    Raises UserError where it cannot be measured; lets Cancelled of `tell` pass, after the end of
    all its processes.
    """
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), *command(model)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            while process.poll() is None:
                tell(min(round(time.monotonic() - began), _EXPECTED - 1), _EXPECTED)
                time.sleep(_LOOK)
        finally:
            _end(process)
        if process.returncode:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").strip().splitlines() or ["no reason"]
            raise UserError(f"it could not be measured: {lines[-1].removeprefix('bark-studio: ')}")
    tell(_EXPECTED, _EXPECTED)


def _end(process: subprocess.Popen[bytes]) -> None:
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
