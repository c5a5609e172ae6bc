"""What a deck tells whoever plays with it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.audio.device import NoDevice
from engine.errors import UserError


@dataclass(frozen=True)
class Ended:
    """The track `ticket` has been heard to its end."""

    ticket: int


@dataclass(frozen=True)
class Refused:
    """Nothing can be played; the deck stands still. at: seconds into the track."""

    ticket: int
    error: UserError
    at: float


@dataclass(frozen=True)
class Moved:
    """The sound goes on on the default device. lost: the name of the one of before; None: it was
    the default one. why: what it says, where it is not gone."""

    lost: str | None
    why: NoDevice | None = None


@dataclass(frozen=True)
class Devices:
    """What can play. error: why nothing can."""

    names: tuple[str, ...]
    error: UserError | None


Report = Ended | Refused | Moved | Devices
