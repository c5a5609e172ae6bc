"""What was heard of the rows of a script. GUI thread: what is asked here was read with the rows."""

from __future__ import annotations

from functools import lru_cache

from engine.listening.heard import Heard
from engine.listening.marks import MarkedWord, marked_words
from engine.script.hearings import Hearing
from engine.script.project import Project
from engine.script.rows import ScriptRow
from engine.script.trims import kept


def hearing_of(project: Project | None, key: str | None) -> Hearing | None:
    """What the recogniser of a project heard of a take; None where it did not."""
    if project is None or key is None or not project.recipe.listen:
        return None
    return project.hearings.of(key, project.recipe.listen)


def words_of(project: Project | None, row: ScriptRow, key: str | None) -> tuple[MarkedWord, ...]:
    """The words of a row as a take of it says them, in seconds of the take; () where it was not
    heard."""
    hearing = hearing_of(project, key)
    if hearing is None or project is None or key is None:
        return ()
    measures = project.store.measures(key)
    if measures is None:
        return ()
    return _marked(row.text, hearing.heard, *kept(measures))


@lru_cache(maxsize=64)  # a panel asks again at every look
def _marked(text: str, heard: Heard, begin: float, end: float) -> tuple[MarkedWord, ...]:
    return marked_words(text, heard, begin, end)
