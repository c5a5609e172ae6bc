"""What was decided about a row, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.script.quality import Measures, Verdict
from engine.script.trims import Trim


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What the user decided about a row. start: takes before this one do not count any more.
    take, key: the take that was chosen. locked: whatever changes, this take stays. trim: what of
    one of its takes is used."""

    start: int = 0
    take: int | None = None
    key: str | None = None
    locked: bool = False
    trim: Trim | None = None

    def trim_of(self, key: str | None) -> Trim | None:
        """What of this take is used; None for all of it."""
        return self.trim if self.trim is not None and self.trim.key == key else None


@dataclass(frozen=True, kw_only=True, slots=True)
class RowState:
    """Where a row stands.

    status: "waiting" (a take is still to be made), "good", "kept" (chosen by the user), "locked",
    or "failed" (no take is good; `take` is the best). take, key: its take, None before the first.
    next: the number of the take to make, None where there is nothing to do. made: takes that
    count. earlier: of a row without a take that counts, the last one that was made otherwise: by
    another model, in another voice, with other settings; `measures` are that one's then. lost: the
    key of a take that has to be there and cannot be had: locked, or withheld by the store. locked:
    such a take is. way: the place in Standing.ways of how its take was made; None where nobody
    knows. trim: what of the take that `measures` is of is used; None for all of it.
    """

    id: str
    status: str
    take: int | None = None
    key: str | None = None
    next: int | None = None
    made: int = 0
    earlier: str | None = None
    lost: str | None = None
    locked: bool = False
    verdict: Verdict = field(default_factory=Verdict)
    measures: Measures | None = None
    way: int | None = None
    trim: Trim | None = None

    @property
    def settled(self) -> bool:
        """Nothing is to be made."""
        return self.status != "waiting"

    @property
    def is_locked(self) -> bool:
        """The user has locked it, also where its take cannot be had."""
        return self.status == "locked" or self.locked


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeInfo:
    """One take of a row. number: counted from 0, as in SpeechRow; -1 for one that was made
    otherwise (see RowState.earlier). path: a file that also serves as a voice. way: as in
    RowState."""

    number: int
    key: str
    path: Path
    measures: Measures
    verdict: Verdict
    way: int | None = None
