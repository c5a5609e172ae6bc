"""The first double click: no terminal to write to, no packages yet, and still something to see.

The set-up runs as a program of its own, `main.py set-up`, and what it says is shown in a small
window of tkinter; where Python lacks that, in a terminal; where there is none, a notification says
that it goes on and where its log is. Standard library only.
"""

from __future__ import annotations

import locale
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import IO, Any

from engine.system.programs import find_program

_TERMINALS = (
    ("x-terminal-emulator", "-e"),
    ("gnome-terminal", "--wait", "--"),
    ("konsole", "-e"),
    ("xfce4-terminal", "--disable-server", "-x"),
    ("xterm", "-e"),
)
_WORDS = {
    "title": ("Bark Studio", "Bark Studio"),
    "first": (
        "Bark Studio is setting itself up. This happens once and takes some minutes: "
        "PyTorch is large.",
        "Bark Studio を準備しています。初回のみの作業で、PyTorch のダウンロードに数分かかります。",
    ),
    "stop": ("Cancel", "キャンセル"),
    "close": ("Close", "閉じる"),
    "failed": ("The set-up failed.", "準備に失敗しました。"),
    "log": ("Setting up. The log is {log}", "準備しています。ログ: {log}"),
}


def is_double_click() -> bool:
    """Whether somebody sees a screen and no terminal."""
    written = any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
    screen = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return screen and not written


def set_up(command: Sequence[str], log: Path) -> int:
    """Run the command that sets up, in view; its exit code. log: where its words go as well."""
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
    try:
        import tkinter

        window = _Window(tkinter, command, log)
    except Exception:  # no tkinter, or no screen that it can use
        return _in_terminal(command, log)
    return window.run()


def show(sentence: str) -> None:
    """Show one sentence: why the program does not start."""
    try:
        import tkinter
        from tkinter import messagebox

        root = tkinter.Tk()
        root.withdraw()
        messagebox.showerror(_say("title"), sentence, parent=root)
        root.destroy()
    except Exception:  # as above
        _notify(sentence)


def _say(word: str) -> str:
    try:
        language = locale.getlocale()[0] or os.environ.get("LANG", "")
    except ValueError:
        language = ""
    return _WORDS[word][language.startswith(("ja", "Japanese"))]


class _Window:
    """A bar that moves, the last line of the set-up, and a button that ends it."""

    def __init__(self, tkinter: Any, command: Sequence[str], log: Path) -> None:
        from tkinter import ttk

        self._lines: queue.Queue[str | None] = queue.Queue()
        self._last = ""
        self._log = _open(log)
        self.root = tkinter.Tk(className="bark-studio")
        self.root.title(_say("title"))
        self.root.resizable(False, False)
        if self.root.tk.call("tk", "windowingsystem") == "x11":
            ttk.Style().theme_use("clam")  # the plainest is the default there
        self.root.protocol("WM_DELETE_WINDOW", self._on_button)
        frame = ttk.Frame(self.root, padding=20)
        frame.grid()
        ttk.Label(frame, text=_say("first"), wraplength=420).grid(sticky="w")
        self._bar = ttk.Progressbar(frame, mode="indeterminate", length=420)
        self._bar.grid(pady=(14, 8), sticky="we")
        self._bar.start(20)
        self._line = ttk.Label(frame, text=" ", width=60, foreground="gray40")
        self._line.grid(sticky="w")
        self._button = ttk.Button(frame, text=_say("stop"), command=self._on_button)
        self._button.grid(pady=(14, 0), sticky="e")
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=self._read, daemon=True).start()

    def run(self) -> int:
        """Stay until the set-up has ended well, or the user closes; the exit code."""
        self.root.after(50, self._look)
        self.root.mainloop()
        self._stop()
        if self._log is not None:
            self._log.close()
        return self._child.wait()

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if line.strip():
                self._lines.put(line.strip())
        self._lines.put(None)

    def _look(self) -> None:
        try:
            while (line := self._lines.get_nowait()) is not None:
                self._last = line
                self._line["text"] = line[:58] + ("…" if len(line) > 58 else "")
                if self._log is not None:
                    self._log.write(line + "\n")
        except queue.Empty:
            self.root.after(100, self._look)
            return
        if self._child.wait() == 0:
            self.root.destroy()
            return
        self._bar.grid_remove()
        self._line["text"] = ""
        self._line["width"] = 0
        self._line["wraplength"] = 420
        self._line["text"] = f"{_say('failed')}\n{self._last}"
        self._button["text"] = _say("close")

    def _on_button(self) -> None:
        self.root.destroy()

    def _stop(self) -> None:
        """End the set-up and the pip that it started, where they still run."""
        if self._child.poll() is None:
            if os.name == "posix":
                import signal

                os.killpg(self._child.pid, signal.SIGINT)
            else:
                self._child.terminate()


def _in_terminal(command: Sequence[str], log: Path) -> int:
    for name, *options in _TERMINALS:
        if terminal := find_program(name):
            return subprocess.call([terminal, *options, *command])
    _notify(_say("log").format(log=log))
    with _open(log) or nullcontext() as file:
        return subprocess.call(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)


def _notify(sentence: str) -> None:
    if tool := find_program("notify-send"):
        subprocess.call([tool, "--icon=bark-studio", _say("title"), sentence])
    elif sys.platform == "win32":
        import ctypes

        box: Any = getattr(ctypes, "windll").user32.MessageBoxW  # noqa: B009
        box(None, sentence, _say("title"), 0x30)


def _open(log: Path) -> IO[str] | None:
    try:
        return log.open("w", encoding="utf-8")
    except OSError:
        return None
