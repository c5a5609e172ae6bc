"""What a reader leaves out: counted by kind, and said in one line."""

from __future__ import annotations

from collections.abc import Iterable

from engine.documents.words import one_line
from engine.script.rows import LeftOut

_EXAMPLES = 5
_SHORT = 60  # characters of an example
_ONE = {  # what → one of it
    "blocks of code": "block of code",
    "pages that cannot be found": "page that cannot be found",
    "pages beside the text": "page beside the text",
    "pages without text": "page without text",
    "pictures without a text": "picture without a text",
    "hidden passages": "hidden passage",
    "cues without words": "cue without words",
    "cues without a time": "cue without a time",
    "lines of the contents": "line of the contents",
    "pages that are too full": "page that is too full",
    "tables of contents": "table of contents",
    "rows without words": "row without words",
    "lines beside the main text": "line beside the main text",
    "page heads and feet": "page head or foot",
    "marks of the engine": "mark of the engine",
    "notes of the editor": "note of the editor",
    "explanations of marks": "explanation of marks",
    "covers that sound files cannot have": "cover that sound files cannot have",
}


class Omissions:
    """Counts while a document is read."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[str]] = {}

    def add(self, what: str, example: str = "", count: int = 1) -> None:
        """what: in the plural, such as "notes"."""
        if not count:
            return
        self._counts[what] = self._counts.get(what, 0) + count
        examples = self._examples.setdefault(what, [])
        if example and len(examples) < _EXAMPLES:
            short = one_line(example[:1000])
            examples.append(short if len(short) <= _SHORT else f"{short[: _SHORT - 1]}…")

    def listed(self) -> tuple[LeftOut, ...]:
        """For the manifest."""
        return tuple(
            LeftOut(what, count, tuple(self._examples[what]))
            for what, count in self._counts.items()
        )

    def sentence(self) -> str:
        """For people; "" where nothing was left out."""
        return sentence_of(self.listed())


def in_words(one: LeftOut) -> str:
    """ "3 notes", "1 note"."""
    single = _ONE.get(one.what, one.what.removesuffix("s"))
    return f"{one.count} {single if one.count == 1 else one.what}"


def sentence_of(listed: Iterable[LeftOut]) -> str:
    """All that was left out, for people; "" where nothing was."""
    parts = [in_words(one) for one in listed]
    return f"Left out: {', '.join(parts)}." if parts else ""
