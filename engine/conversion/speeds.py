"""How fast this machine spoke with a model and its settings the last time, for what is predicted.

Standard library only at import.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from contextlib import suppress
from pathlib import Path

from engine.errors import UserError
from engine.models.fingerprint import model_hash
from engine.settings import Settings
from engine.system.inner_files import write_own
from engine.system.outside import Unfit
from engine.system.paths import own_folder
from engine.system.untrusted_json import finite, read_object

_KEPT = 40  # ways to speak that are remembered
_lock = threading.Lock()


def way(model: Path, settings: Settings) -> str:
    """What decides how fast a machine speaks; "" of a model that cannot be read."""
    with suppress(UserError, OSError):
        return " ".join((model_hash(model)[:16], *map(str, dataclasses.astuple(settings))))
    return ""


class Speeds:
    """Seconds of work for one of sound, by `way`, in one JSON file of the user's. Any thread.

    A file full of rubbish counts as an empty one, and is written anew.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or own_folder() / "speeds.json"

    def of(self, way: str) -> float | None:
        """The last speed; None where that was never measured."""
        return self._read().get(way)

    def learn(self, way: str, work: float, sound: float) -> None:
        """Remember seconds of work for seconds of sound. A disk that refuses changes nothing."""
        if not way or work <= 0 or sound <= 0:
            return
        with _lock, suppress(UserError, OSError):
            known = self._read()
            is_ours = bool(known)
            known.pop(way, None)  # the last one used is last
            known[way] = round(work / sound, 4)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            kept = dict(list(known.items())[-_KEPT:])
            write_own(self.path, json.dumps(kept).encode() + b"\n", known=is_ours)

    def _read(self) -> dict[str, float]:
        try:
            stored = read_object(self.path).items()
            return {key: finite(value) for key, value in stored if 0 < finite(value) < 1e5}
        except (OSError, ValueError, Unfit):
            return {}
