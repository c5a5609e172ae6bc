"""How texts are read by what speaks them: Japanese as moras, where it wants that.

What reads them is updated, and reads a word otherwise then; a row that was spoken stays as it was.
So each reading is kept with the first take that is made of it, in `readings.jsonl`, a text a line,
and counts until all rows are spoken anew. What is damaged counts as not kept.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from engine.errors import UserError, reason_of
from engine.script.recipe import Maker
from engine.spoken.openjtalk import SPELLED, as_moras, by_whom
from engine.system.inner_files import Linked, remove_inner
from engine.system.inner_lines import InnerLines
from engine.system.untrusted_json import parse_object

JAPANESE, MORAS = "japanese", "moras"  # a setting of a Maker
NAME = "readings.jsonl"
_DAMAGE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def as_read(maker: Maker | None, text: str) -> str:
    """A text as the model is given it. text: as it is spoken, in words.

    The text itself where packages are lacking that read it: that is said before it is to speak.
    """
    if not _is_read(maker):
        return text
    try:
        return as_moras(text)
    except UserError:
        return text


class Readings:
    """Of one project. Any thread; `keep` from one.

    forgotten: how often all were; readings that were looked up before do not count any more.
    """

    def __init__(
        self, folder: Path | None = None, may_write: Callable[[], None] = lambda: None
    ) -> None:
        """The file is read when it is first asked. folder: None where nothing is kept. may_write:
        as in Store."""
        self.forgotten = 0
        self._folder, self._may_write = folder, may_write
        self._lock = threading.Lock()
        self._known: dict[str, tuple[str, str]] | None = None  # text → reading, by whom
        self._lines = None if folder is None else InnerLines(folder, NAME)

    def of(self, maker: Maker | None, text: str) -> str:
        """As `as_read`; as it was read before, where a take was made of it."""
        return self.kept(maker, text) or as_read(maker, text)

    def kept(self, maker: Maker | None, text: str) -> str:
        """How a text was read when a take was made of it; "" where there is none."""
        return self._all().get(text, ("", ""))[0] if _is_read(maker) else ""

    def keep(self, maker: Maker | None, text: str) -> None:
        """A take of a text is made. Raises UserError where the disk refuses."""
        known = self._all()
        if self._lines is None or text in known or (read := as_read(maker, text)) == text:
            return
        self._may_write()
        values = {"text": text, "read": read, "by": by_whom()}
        line = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        with self._lock:
            self._lines.append(line)
            known[text] = read, by_whom()

    def forget(self) -> None:
        """All is read anew from now on. Raises UserError where the disk refuses."""
        if self._folder is None or not self._all():
            return
        self._may_write()
        with self._lock:
            try:
                remove_inner(self._folder, NAME)
            except OSError as error:
                raise UserError(
                    f"cannot remove {self._folder / NAME}: {reason_of(error)}"
                ) from error
            self._known = {}
            self.forgotten += 1

    def differing(self, maker: Maker | None, texts: Iterable[str]) -> int:
        """How many of these texts are read otherwise than they would be read now. 0 where packages
        are lacking that read them, or a text cannot be had: nobody knows."""
        if not _is_read(maker):
            return 0
        now = by_whom()
        known = {text: read for text, (read, by) in self._all().items() if by != now}
        with suppress(UserError):
            if known:
                return sum(text in known and known[text] != as_moras(text) for text in texts)
        return 0

    def _all(self) -> dict[str, tuple[str, str]]:
        with self._lock:
            if self._known is None:
                self._known = {}
                lines: list[bytes] = []
                with suppress(OSError, ValueError, MemoryError, Linked):
                    lines = [] if self._lines is None else self._lines.read()
                for line in lines:
                    with suppress(*_DAMAGE):
                        values = parse_object(line)
                        text, read, by = (values[name] for name in ("text", "read", "by"))
                        if all(isinstance(value, str) for value in (text, read, by)):
                            self._add(text, read, by)
            return self._known

    def _add(self, text: str, read: str, by: str) -> None:
        assert self._known is not None
        if read.startswith(SPELLED) and read.strip(SPELLED).strip():  # else it is no reading
            self._known.setdefault(text, (read, by))


def _is_read(maker: Maker | None) -> bool:
    return maker is not None and maker.settings.get(JAPANESE) == MORAS
