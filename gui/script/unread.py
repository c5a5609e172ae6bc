"""Which rows what speaks cannot read: found before anything is spoken. Errand threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from engine.script.project import Project
from engine.script.rows import ScriptRow
from gui.script.speaker import Speaker

_AT_ONCE = 500  # texts that are asked about


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Unread:
    """rows: id → why the row cannot be read. asked: of which model, with which replacements, and
    whether numbers are in words.
    known: text → why it cannot be read, or "", so that a text is asked about once."""

    rows: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, str, bool] = ("", "", False)
    known: Mapping[str, str] = field(default_factory=dict)


def unread_of(
    project: Project,
    rows: Iterable[ScriptRow],
    speaker: Speaker,
    before: Unread,
    tick: Callable[[], None],
) -> Unread:
    """The rows of a script that cannot be read, of what is spoken and not of what is written."""
    model = speaker.model
    if project.pinned and project.maker is not None:
        model = project.maker.model
    elif not speaker.is_here:
        return before
    asked = (model, project.recipe.replacements, project.recipe.numbers)
    known = dict(before.known) if before.asked == asked else {}
    rows = tuple(rows)
    new = [text for text in dict.fromkeys(row.text for row in rows) if text not in known]
    for first in range(0, len(new), _AT_ONCE):
        some = new[first : first + _AT_ONCE]
        spoken = [project.said(text) for text in some]
        answers = speaker.backend.unreadable(project, speaker.model, spoken)
        if answers is None:
            return before
        known |= zip(some, answers, strict=True)
        tick()
    found = {row.id: why for row in rows if (why := known[row.text])}
    return Unread(rows=found, asked=asked, known=known)
