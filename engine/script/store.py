"""Takes on the disk, each under the hash of everything that made it.

    takes/1f/1f0c….npz   tokens, sound and measures of one take; a voice file at the same time
    takes.jsonl          measures of all takes, so that a project opens without reading them

The list is only a shortcut: what it lacks is read from the takes themselves.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.api import Take
from engine.errors import UserError
from engine.script.quality import Measures
from engine.system.atomic_files import atomic_file

# The tokens carry the names that they have in a voice file: a take can be continued as it is.
_TOKENS = {"semantic": "semantic_prompt", "coarse": "coarse_prompt", "fine": "fine_prompt"}


class DamagedTake(UserError):
    """A take cannot be read and is forgotten: rendering again makes it anew."""


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

    def __init__(self, folder: Path) -> None:
        """Read the list. Nothing is written. Raises UserError where the disk refuses."""
        self.folder = folder
        self._list = folder / "takes.jsonl"
        self._lock = threading.Lock()
        self._ends_well = True  # the list's last line is whole
        self._measures: dict[str, Measures] = {}
        self._refused: dict[str, Measures] = {}  # not on the disk yet
        self._of: dict[str, list[str]] = {}  # origin → keys, the last one made last
        try:
            self._measures = self._read_list()
        except OSError as error:
            raise UserError(f"{folder} cannot be read: {error.strerror or error}") from error

    def __contains__(self, key: str) -> bool:
        return key in self._measures

    def __len__(self) -> int:
        return len(self._measures)

    def measures(self, key: str) -> Measures | None:
        """What was measured of a take; None for one that is not here."""
        return self._measures.get(key)

    def takes_of(self, origin: str) -> list[str]:
        """All takes of a text, however they were made, the last one made last."""
        return [key for key in self._of.get(origin, ()) if key in self._measures]

    def path(self, key: str) -> Path:
        """Where a take is or would be; the path of an `.npz` that serves as a voice."""
        return self.folder / "takes" / key[:2] / f"{key}.npz"

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

        Raises UserError when the disk refuses.
        """
        path = self.path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot make {path.parent}: {error.strerror or error}") from error
        note = {
            "row": take.row,
            "measures": measures.to_dict(),
            "about": dict(about),
            "origin": origin,
        }

        def write(file: BinaryIO) -> None:
            np.savez(
                file,
                audio=take.audio.astype(np.float32),
                sample_rate=np.int32(take.sample_rate),
                note=np.frombuffer(json.dumps(note).encode(), dtype=np.uint8),
                **{name: getattr(take, field) for field, name in _TOKENS.items()},
            )

        with atomic_file(path) as file:
            write(file)
        self._remember(key, measures, origin)

    def refuse(self, key: str, reason: str) -> None:
        """Note that there can be no such take, and why; until the program ends."""
        self._measures[key] = self._refused[key] = Measures(refused=reason)

    def keep_refusals(self) -> None:
        """Note on the disk what was refused. Raises UserError when that refuses."""
        while self._refused:
            self._remember(*self._refused.popitem())

    def load(self, key: str) -> Take:
        """A take with its tokens. Raises DamagedTake, and forgets it."""
        arrays = self._arrays(key, "audio", "sample_rate", *_TOKENS.values())
        measures = self._measures.get(key)
        return Take(
            row=0,
            audio=arrays["audio"],
            sample_rate=int(arrays["sample_rate"]),
            ended=measures is not None and measures.ended,
            **{field: arrays[name] for field, name in _TOKENS.items()},
        )

    def audio(self, key: str) -> tuple[NDArray[np.float32], int]:
        """The sound of a take, float32 (samples,), and its rate. Raises DamagedTake."""
        arrays = self._arrays(key, "audio", "sample_rate")
        return arrays["audio"], int(arrays["sample_rate"])

    def note(self, key: str) -> dict[str, Any]:
        """What made a take: the `about` of `put`. {} for one that is not here."""
        try:
            about = json.loads(self._arrays(key, "note")["note"].tobytes())["about"]
            return dict(about)
        except (UserError, ValueError, KeyError, TypeError):
            return {}

    def forget_all(self) -> None:
        """Delete every take: the next run makes them anew."""
        with self._lock:
            for key in self._files():
                with suppress(OSError):
                    self.path(key).unlink()
            with suppress(OSError):
                self._list.unlink()
            self._measures, self._refused, self._of, self._ends_well = {}, {}, {}, True

    # ── the list ──────────────────────────────────────────────────────────────────────────────

    def _remember(self, key: str, measures: Measures, origin: str = "") -> None:
        about = {"of": origin} if origin else {}
        line = json.dumps({"key": key, **about, **measures.to_dict()}).encode() + b"\n"
        with self._lock:
            try:
                with self._list.open("ab") as file:
                    file.write(line if self._ends_well else b"\n" + line)
                self._ends_well = True
            except OSError as error:
                self._ends_well = False
                raise UserError(
                    f"cannot write {self._list}: {(error.strerror or str(error)).lower()}; "
                    "free some space or choose another place"
                ) from error
            self._measures[key] = measures
            self._belongs(key, origin)

    def _belongs(self, key: str, origin: str) -> None:
        if origin:
            self._of.setdefault(origin, []).append(key)

    def _read_list(self) -> dict[str, Measures]:
        listed: dict[str, Measures] = {}
        data = self._list.read_bytes() if self._list.exists() else b""
        self._ends_well = not data or data.endswith(b"\n")
        for line in data.splitlines():
            with suppress(ValueError, TypeError, AttributeError, KeyError):  # cut off by a crash
                values = json.loads(line)
                key, of = str(values.pop("key")), str(values.pop("of", ""))
                listed[key] = Measures.from_dict(values)
                self._belongs(key, of)
        here = self._files()
        known = {key: m for key, m in listed.items() if key in here or m.refused}
        for key in here - known.keys():  # stored in the moment before a crash
            with suppress(UserError, ValueError, TypeError, KeyError):
                stored = json.loads(self._arrays(key, "note")["note"].tobytes())
                known[key] = Measures.from_dict(stored["measures"])
                self._belongs(key, str(stored.get("origin", "")))
        return known

    def _files(self) -> set[str]:
        keys: set[str] = set()
        with suppress(FileNotFoundError):
            for folder in os.scandir(self.folder / "takes"):
                if folder.is_dir():
                    names = (entry.name for entry in os.scandir(folder.path))
                    keys.update(name[:-4] for name in names if name.endswith(".npz"))
        return keys

    def _arrays(self, key: str, *names: str) -> dict[str, NDArray[Any]]:
        path = self.path(key)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                return {name: archive[name] for name in names}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            if path.exists():
                with self._lock, suppress(OSError):
                    path.unlink()
            self._measures.pop(key, None)
            raise DamagedTake(
                f"the take {path} is damaged or gone: start again, and it is made anew"
            ) from error
