"""What travels between the driver and a node: plain values that pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.api import SpeechRequest, SpeechRow, SpeechSampling, Take
from engine.settings import Settings

Id = tuple[int, str]  # which script, and the key of the take


@dataclass(frozen=True, slots=True)
class How:
    """How a row is spoken: what a SpeechRequest says beside its rows."""

    sampling: SpeechSampling
    max_seconds: float | None
    semantic_tokens: int | None

    def request(self, rows: tuple[SpeechRow, ...]) -> SpeechRequest:
        """These rows, spoken so."""
        return SpeechRequest(
            rows=rows,
            sampling=self.sampling,
            max_seconds=self.max_seconds,
            semantic_tokens=self.semantic_tokens,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """A row for a node. A voice that is a file is named by the hash of its content, with .npz
    behind it; the file travels once."""

    id: Id
    row: SpeechRow
    how: How


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A take that is finished. cost: seconds of the node since the one before."""

    id: Id
    take: Take
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that this node cannot speak, and why."""

    id: Id
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """What a node's request had to say: notes as in Speech."""

    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """The node has failed by a fault of the program: it makes nothing any more."""

    reason: str


Result = Made | Refused | Ended | Broken


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What every node of a fleet speaks with. version: of the program. model: its hash; place,
    name: where the driver has it, and what people call it. tokens: the pinned settings that change
    tokens, with the word of the arithmetic. settings: of the run, for what changes none."""

    version: str
    model: str
    place: Path
    name: str
    tokens: Mapping[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
