"""How a document is to be read, where its reader would have to guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """notes: footnotes and endnotes are spoken at the end of their chapter. speakers: names before
    a colon are who speaks; else they are text. encoding: of a text; None finds it. columns: of a
    table, field → name of its column, as {"text": "Dialogue"}.
    """

    notes: bool = False
    speakers: bool = True
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


USUAL = Reading()
