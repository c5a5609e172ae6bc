"""What is remembered between two starts: names and plain values in one JSON file."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, QTimer, Signal, Slot

from engine.errors import UserError
from engine.system.atomic_files import remove_leftovers
from engine.system.inner_files import set_aside, write_own
from engine.system.outside import JSON_BYTES, Unfit, read_outside
from engine.system.untrusted_json import parse_object, read_object
from gui.studio.worker import Errands

_Value = TypeVar("_Value", bool, int, float, str, list[Any], dict[str, Any])

_LATER = 1000  # milliseconds from a change to its writing
_WAIT = 500  # milliseconds that one window waits until another has written


class State(QObject):
    """Values by name ("window.geometry"), written a second after a change and at the end. What
    another window has changed meanwhile stays.

    A file full of rubbish is set aside and counts as an empty one; a value of another type than its
    default, as one that is not there; names that nobody asks for, of another version perhaps, are
    kept. problem: a sentence where the file could not be read, or "". was_reset(): settings are as
    at the first start: show them. GUI thread.
    """

    was_reset = Signal()

    def __init__(self, path: Path, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._errands = errands  # a disk may take its time
        self.problem = ""
        self._may_write = True
        self._values = self._read()
        remove_leftovers(path.parent, {path.name})
        self._written = {name: json.dumps(value) for name, value in self._values.items()}
        self._on_its_way: dict[str, Any] = {}  # to the disk, which may take its time
        self._writing = 0  # errands
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
        if not self._later.isActive():  # who types on and on is not put off
            self._later.start()

    def reset(self, kept: Collection[str]) -> None:
        """Forget every value but those of these names."""
        for name in self._values.keys() - set(kept):
            self._values[name] = None  # in the file too, where another window's values stay
        self._later.start()
        self.was_reset.emit()

    def save(self) -> None:
        """Write now if anything changed, as at the end of the program."""
        self._later.stop()
        if changed := self._on_its_way | self._changed():
            _merge(self.path, changed, self._values)

    def _save_later(self) -> None:
        if changed := self._changed():
            self._on_its_way |= changed
            self._writing += 1
            errand = self._errands.ask(_merge, self.path, changed, dict(self._values))
            errand.done.connect(self._on_written)

    @Slot(object)
    def _on_written(self, nothing: object) -> None:
        self._writing -= 1
        if not self._writing:
            self._on_its_way = {}

    def _changed(self) -> dict[str, Any]:
        """What is to be written: from now on it counts as that."""
        if not self._may_write:
            return {}
        texts = {name: json.dumps(value) for name, value in self._values.items()}
        names = [name for name, text in texts.items() if self._written.get(name) != text]
        self._written = texts
        return {name: json.loads(texts[name]) for name in names}

    def _read(self) -> dict[str, Any]:
        try:
            data = read_outside(self.path, JSON_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, Unfit) as error:
            self._may_write = False  # it may be whole, and nobody knows what it says
            self.problem = self.tr(
                "The window's settings cannot be read ({0}): they are as at the first start, and "
                "what you change is forgotten at the end."
            ).format(getattr(error, "strerror", None) or error)
            return {}
        try:
            return parse_object(data, infinity=True)
        except ValueError:
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


def state_path() -> Path:
    """Where the window's state belongs on this system, for this user."""
    kind = QStandardPaths.StandardLocation.AppConfigLocation
    return Path(QStandardPaths.writableLocation(kind)) / "window.json"


def takes_path() -> Path:
    """Where the takes of this user are kept."""
    kind = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / "takes"


def _merge(path: Path, changed: dict[str, Any], whole: dict[str, Any]) -> None:
    """Write what changed into what the file says now; whole: where it says nothing of use. Any
    thread."""
    # On a full or read-only disk the program works, and forgets.
    with suppress(UserError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = QLockFile(str(path.with_name(f".{path.name}.lock")))
        lock.tryLock(_WAIT)  # two windows do not read before either has written; without it, too
        try:
            known = _stored(path)
            values = whole if known is None else known | changed
            text = json.dumps(values, indent=1, ensure_ascii=False)
            write_own(path, text.encode("utf-8", "replace") + b"\n", known=known is not None)
        finally:
            lock.unlock()


def _stored(path: Path) -> dict[str, Any] | None:
    """What a file says; None where there is none, or it is full of rubbish."""
    try:
        return read_object(path, infinity=True)
    except (FileNotFoundError, ValueError):
        return None
