"""Voice files on their way to the nodes: by content, and as long as a row needs them."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import UserError
from engine.script.take_file import TOKENS, UNREADABLE
from engine.system.arrays import read_npz
from engine.system.outside import VOICE_BYTES, open_outside


class Voices:
    """The files that open rows speak with. For one thread at a time.

    Of a take that serves as a voice only the tokens travel. What they hold is checked by the node,
    as it is on one machine.
    """

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}  # name → file
        self._users: dict[str, int] = {}
        self._names: dict[str, str] = {}  # path → name, of those that are held

    def hold(self, voice: str | None) -> str | None:
        """The name under which a voice as in SpeechRow travels: a file's is its hash with .npz
        behind it. To be given back with `release`. Raises UserError for a file that is not
        there, or no voice."""
        if voice is None or not voice.lower().endswith(".npz"):
            return voice
        name = self._names.get(voice)
        if name is None:
            data = _tokens(Path(voice))
            name = f"{hashlib.sha256(data).hexdigest()}.npz"
            self._data[name] = data
            self._names[voice] = name
        self._users[name] = self._users.get(name, 0) + 1
        return name

    def release(self, name: str | None) -> None:
        """A row does not need it any more."""
        if name not in self._users or name is None:
            return
        self._users[name] -= 1
        if not self._users[name]:
            del self._users[name], self._data[name]
            self._names = {path: own for path, own in self._names.items() if own != name}

    def __getitem__(self, name: str) -> bytes:
        return self._data[name]

    def __contains__(self, name: object) -> bool:
        return name in self._data


def _tokens(path: Path) -> bytes:
    try:
        with open_outside(path, VOICE_BYTES) as file:
            arrays: dict[str, Any] = read_npz(file, TOKENS.values(), VOICE_BYTES)
    except FileNotFoundError as error:
        raise UserError(f"there is no voice file {path}") from error
    except (OSError, *UNREADABLE) as error:
        raise UserError(f"{path} is no voice file, or a damaged one (.npz)") from error
    data = io.BytesIO()
    np.savez(data, **arrays)
    return data.getvalue()
