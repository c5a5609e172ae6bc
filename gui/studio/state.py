"""What is remembered between two starts: names and plain values in one JSON file."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QStandardPaths, QTimer

from engine.errors import UserError
from engine.system.atomic_files import remove_leftovers, write_atomically
from engine.system.inner_files import set_aside
from gui.studio.worker import Errands

_Value = TypeVar("_Value", bool, int, float, str, list[Any], dict[str, Any])

_LATER = 1000  # milliseconds from a change to its writing


class State(QObject):
    """Values by name ("window.geometry"), written a second after a change and at the end.

    A file full of rubbish is set aside and counts as an empty one; a value of another type than its
    default, as one that is not there; names that nobody asks for, of another version perhaps, are
    kept. problem: a sentence where the file could not be read, or "". GUI thread.
    """

    def __init__(self, path: Path, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._errands = errands  # a disk may take its time
        self.problem = ""
        self._may_write = True
        self._values = self._read()
        remove_leftovers(path.parent, {path.name})
        self._written = self._text()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER)
        self._later.timeout.connect(self._save_later)

    def get(self, name: str, default: _Value) -> _Value:
        """What was stored under a name, if it has the default's type, else the default."""
        value = self._values.get(name, default)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        return value if type(value) is type(default) else default

    def set(self, name: str, value: bool | int | float | str | list[Any] | dict[str, Any]) -> None:
        """Remember a value made of what JSON knows."""
        self._values[name] = value
        self._later.start()

    def save(self) -> None:
        """Write now if anything changed, as at the end of the program."""
        self._later.stop()
        text = self._text()
        if text != self._written and self._may_write:
            self._written = text
            _write(self.path, text)

    def _save_later(self) -> None:
        text = self._text()
        if text != self._written and self._may_write:
            self._written = text
            self._errands.ask(_write, self.path, text)

    def _read(self) -> dict[str, Any]:
        try:
            data = self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, MemoryError) as error:
            self._may_write = False  # it may be whole, and nobody knows what it says
            self.problem = self.tr(
                "The window's settings cannot be read ({0}): they are as at the first start, and "
                "what you change is forgotten at the end."
            ).format(getattr(error, "strerror", None) or error)
            return {}
        try:
            stored = json.loads(data.decode("utf-8"))
            if isinstance(stored, dict):
                return stored
        except (ValueError, RecursionError):
            pass
        with suppress(OSError):
            aside = set_aside(self.path)
            self.problem = self.tr(
                "The window's settings were damaged: they are as at the first start. The damaged "
                "file is called {0} now."
            ).format(aside.name)
            return {}
        self._may_write = False
        return {}

    def _text(self) -> str:
        return json.dumps(self._values, indent=1, ensure_ascii=False)


def state_path() -> Path:
    """Where the window's state belongs on this system, for this user."""
    kind = QStandardPaths.StandardLocation.AppConfigLocation
    return Path(QStandardPaths.writableLocation(kind)) / "window.json"


def takes_path() -> Path:
    """Where the takes of this user are kept."""
    kind = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / "takes"


def _write(path: Path, text: str) -> None:
    # On a full or read-only disk the program works, and forgets.
    with suppress(UserError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode("utf-8", "replace") + b"\n")
