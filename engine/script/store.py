"""Takes on the disk, each under the hash of everything that made it.

    takes/1f/1f0c….npz          tokens, sound and measures of one take; a voice file as well
    takes/1f/1f0c….npz.damaged  what was a take, and cannot be read any more
    takes.jsonl                 measures of all takes, so that a project opens without reading them

The list is only a shortcut: what it lacks is read from the takes themselves. A take is taken for
damaged only by what is in it. Where the disk refuses to give it, and where a newer program made it,
it is withheld: it stays, and nothing is made in its place.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api import Take
from engine.errors import UserError, reason_of
from engine.script.quality import Measures
from engine.script.take_file import (
    FORMAT,
    MOST,
    TOKENS,
    UNREADABLE,
    Newer,
    note_of,
    parse,
    write_take,
)
from engine.system.inner_files import (
    Linked,
    inner_entries,
    inner_file,
    inner_path,
    read_inner,
    remove_inner,
    set_aside,
)
from engine.system.inner_lines import InnerLines
from engine.system.untrusted_json import parse_object

_KEY = re.compile("[0-9a-f]{40}")
_LIST = "takes.jsonl"


class DamagedTake(UserError):
    """A take is no take any more and is forgotten: rendering again makes it anew."""


def is_key(value: object) -> bool:
    """Whether this can name a take, and so a file of one."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


@lru_cache(50_000)
def origin(text: str, speaker: str) -> str:
    """What a take is a take of, however it was made: 16 hexadecimal digits."""
    words = f"{speaker}\n{text}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(words).hexdigest()[:16]


def take_key(parts: Mapping[str, Any]) -> str:
    """The hash of plain values, whatever the order of their names: 40 hexadecimal digits."""
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:40]


class Store:
    """The takes of a project. `put` and `refuse` from one thread, everything else from any."""

    def __init__(self, folder: Path, may_write: Callable[[], None] = lambda: None) -> None:
        """Read the list. may_write: asked before anything is changed; raises UserError where that
        is not ours to do. Raises UserError where the disk refuses, and where there is a link."""
        self.folder = folder
        self._may_write = may_write
        self._lock = threading.Lock()
        self._lines = InnerLines(folder, _LIST)
        self._measures: dict[str, Measures] = {}
        self._refused: dict[str, Measures] = {}  # not on the disk yet
        self._withheld: dict[str, str] = {}  # key → why a take that is there cannot be had
        self._of: dict[str, list[str]] = {}  # origin → keys, the last one made last
        try:
            self._measures = self._read_list()
        except (OSError, MemoryError, ValueError) as error:
            raise UserError(f"{folder} cannot be read: {reason_of(error)}; try again") from error

    def __contains__(self, key: str) -> bool:
        return key in self._measures

    def __len__(self) -> int:
        return len(self._measures)

    @property
    def keys(self) -> tuple[str, ...]:
        """All takes, in the order of the list."""
        return tuple(self._measures)

    def measures(self, key: str) -> Measures | None:
        """What was measured of a take; None for one that is not here."""
        return self._measures.get(key)

    def withheld(self, key: str) -> str:
        """Why a take that is on the disk cannot be had now; "" for any other. It stays there, and
        none is to be made in its place."""
        return self._withheld.get(key, "")

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each take that is withheld."""
        return tuple(self._withheld.values())

    def takes_of(self, origin: str) -> list[str]:
        """All takes of a text, however they were made, the last one made last."""
        return [key for key in self._of.get(origin, ()) if key in self._measures]

    def path(self, key: str) -> Path:
        """Where a take is or would be; the path of an `.npz` that serves as a voice."""
        return self.folder / _name(key)

    def put(
        self,
        key: str,
        take: Take,
        measures: Measures,
        about: Mapping[str, Any],
        origin: str = "",
    ) -> None:
        """Keep a take, whole or not at all. about: plain values for whoever opens the file.
        origin: as `origin` gives it.

        Raises UserError when the disk refuses, and where a take is withheld under this key.
        """
        self._may_write()
        if key in self._withheld:
            raise UserError(self._withheld[key])
        note = {"measures": measures.to_dict(), "about": dict(about), "origin": origin}
        try:
            with inner_file(self.folder, _name(key)) as file:
                write_take(file, take, note)
        except MemoryError as error:
            raise UserError(f"cannot write {self.path(key)}: {reason_of(error)}") from error
        self._remember(key, measures, origin)

    def refuse(self, key: str, reason: str) -> None:
        """Note that there can be no such take, and why; until the program ends."""
        self._measures[key] = self._refused[key] = Measures(refused=reason)

    def keep_refusals(self) -> None:
        """Note on the disk what was refused. Raises UserError when that refuses."""
        while self._refused:
            key, measures = next(reversed(self._refused.items()))
            self._remember(key, measures)
            del self._refused[key]

    def load(self, key: str) -> Take:
        """A take with its tokens. Raises DamagedTake, and forgets it; UserError where the disk
        does not give it: it stays."""
        arrays = self._arrays(key, "audio", "sample_rate", *TOKENS.values())
        measures = self._measures.get(key)
        return Take(
            row=0,
            audio=arrays["audio"],
            sample_rate=int(arrays["sample_rate"]),
            ended=measures is not None and measures.ended,
            **{field: arrays[name] for field, name in TOKENS.items()},
        )

    def audio(self, key: str) -> tuple[NDArray[np.float32], int]:
        """The sound of a take, float32 (samples,), and its rate. Raises as `load` does."""
        arrays = self._arrays(key, "audio", "sample_rate")
        return arrays["audio"], int(arrays["sample_rate"])

    def note(self, key: str) -> dict[str, Any]:
        """What made a take: the `about` of `put`. {} for one that is not here."""
        try:
            return dict(note_of(self._arrays(key, "note"))["about"])
        except (UserError, *UNREADABLE):
            return {}

    def forget_all(self, keep: Collection[str] = ()) -> None:
        """Delete every take but these: the next run makes them anew. What the list does not name
        and what does not say itself that it is a take stays, and so does what is withheld.

        Raises UserError where the disk refuses.
        """
        self._may_write()
        with self._lock:
            gone = [key for key in self._measures if key not in keep]
            try:
                while gone:
                    remove_inner(self.folder, _name(gone[-1]))
                    self._measures.pop(gone.pop())
            except OSError as error:
                raise UserError(
                    f"cannot delete the takes in {self.folder}: {reason_of(error)}"
                ) from error
            finally:
                self._refused.clear()
                known = self._measures.keys()
                of = {origin: [k for k in keys if k in known] for origin, keys in self._of.items()}
                self._of = {origin: keys for origin, keys in of.items() if keys}
            self._write_list()

    # ── the list ──────────────────────────────────────────────────────────────────────────────

    def _write_list(self) -> None:
        """Write the list anew, of what is known."""
        of = {key: origin for origin, keys in self._of.items() for key in keys}
        lines = [_line(key, measures, of.get(key, "")) for key, measures in self._measures.items()]
        self._lines.write(lines)

    def _remember(self, key: str, measures: Measures, origin: str = "") -> None:
        self._may_write()
        line = _line(key, measures, origin)
        with self._lock:
            self._lines.append(line)
            self._measures[key] = measures
            self._belongs(key, origin)

    def _belongs(self, key: str, origin: str) -> None:
        if origin:
            self._of.setdefault(origin, []).append(key)

    def _read_list(self) -> dict[str, Measures]:
        listed: dict[str, Measures] = {}
        lines = self._lines.read()
        here = set(self._files())
        for line in lines:
            with suppress(ValueError, TypeError, AttributeError, KeyError, RecursionError):
                values = parse_object(line, infinity=True)  # it may be cut off by a crash
                key, of = str(values.pop("key")), str(values.pop("of", ""))
                if not is_key(key):
                    continue
                if values.pop("format", 1) > FORMAT:
                    if key in here:
                        self._withhold_newer(key)
                    continue
                listed[key] = Measures.from_dict(values)
                self._belongs(key, of)
        known = {key: m for key, m in listed.items() if key in here or m.refused}
        for key in here - known.keys() - self._withheld.keys():  # stored just before a crash
            try:
                stored = note_of(self._arrays(key, "note"))
                known[key] = Measures.from_dict(stored["measures"])
                self._belongs(key, str(stored.get("origin", "")))
            except UNREADABLE:
                self._damaged(key)
            except UserError:  # it is withheld, or set aside
                pass
        return known

    def _files(self) -> Iterator[str]:
        for folder in inner_entries(self.folder, "takes"):
            if folder.is_symlink():
                raise Linked(Path(folder.path))
            if folder.is_dir(follow_symlinks=False):
                for entry in inner_entries(self.folder, f"takes/{folder.name}"):
                    key = entry.name.removesuffix(".npz")
                    if is_key(key) and key[:2] == folder.name and entry.name.endswith(".npz"):
                        if entry.is_symlink():
                            raise Linked(Path(entry.path))
                        yield key

    # ── one take ──────────────────────────────────────────────────────────────────────────────

    def _arrays(self, key: str, *names: str) -> dict[str, NDArray[Any]]:
        try:
            data = read_inner(self.folder, _name(key), MOST)
        except FileNotFoundError as error:
            with self._lock:
                self._measures.pop(key, None)
            raise DamagedTake(
                f"the take {self.path(key)} is gone: start again, and it is made anew"
            ) from error
        except (OSError, MemoryError) as error:
            raise UserError(self._kept(key, error)) from error
        except ValueError as error:
            raise self._damaged(key) from error
        try:
            return parse(data, names)
        except MemoryError as error:
            raise UserError(self._kept(key, error)) from error
        except Newer as error:
            raise UserError(self._withhold_newer(key)) from error
        except UNREADABLE as error:
            raise self._damaged(key) from error

    def _kept(self, key: str, error: OSError | MemoryError) -> str:
        why = UserError(
            f"the take {self.path(key)} cannot be read now: {reason_of(error)}; it stays: try again"
        )
        # One that is listed was there when the project was opened: it is still known.
        return str(why) if key in self._measures else self._withhold(key, why)

    def _withhold_newer(self, key: str) -> str:
        why = UserError(f"the take {self.path(key)} is of a newer Bark Studio: update this one")
        return self._withhold(key, why)

    def _withhold(self, key: str, why: UserError) -> str:
        self._withheld[key] = str(why)
        self._measures.pop(key, None)
        return self._withheld[key]

    def _damaged(self, key: str) -> UserError:
        """Set a take aside that cannot be read, and forget it."""
        with self._lock:
            path = inner_path(self.folder, _name(key))
            try:
                self._may_write()
                aside = set_aside(path)
            except (OSError, UserError) as error:
                why = UserError(
                    f"the take {path} is damaged and cannot be renamed: {reason_of(error)}"
                )
                self._withhold(key, why)
                return why
            self._measures.pop(key, None)
        return DamagedTake(
            f"the take {path} is damaged, and is called {aside.name} now: start again, and it is "
            "made anew"
        )


def _name(key: str) -> str:
    if not is_key(key):  # nothing leaves the folder
        raise ValueError(f"{key!r} is no take's key")
    return f"takes/{key[:2]}/{key}.npz"


def _line(key: str, measures: Measures, origin: str) -> bytes:
    about = {"of": origin} if origin else {}
    return (
        json.dumps({"key": key, "format": FORMAT, **about, **measures.to_dict()}).encode() + b"\n"
    )
