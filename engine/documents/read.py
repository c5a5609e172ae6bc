"""Files into scripts, by what their names end in. Any thread.

Files come from anywhere, so sizes are checked before anything is unpacked, nothing in a file is
executed or fetched, and whatever is wrong ends in one UserError. A reader is imported when a file
needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.documents.encoding import NOT_TEXT, clean, decode
from engine.documents.language import guess_language
from engine.documents.plain_text import read_text
from engine.documents.reading import USUAL, Reading
from engine.errors import UserError, reason_of
from engine.script.rows import Script
from engine.system.outside import open_outside
from engine.system.presence import is_file

if TYPE_CHECKING:
    from engine.documents.table import Look

MAX_BYTES = 16 * 2**20  # of a text; War and Peace has 3.2 million
MAX_PACKED_BYTES = 500 * 2**20  # pictures are not read


class _Reader(NamedTuple):
    """function: of a module of this folder. Of a text it takes the text and the title, of other
    files their bytes, the title and the file's name; and the Reading."""

    module: str
    function: str
    is_text: bool = True


_READERS = {
    ".txt": _Reader("plain_text", "read_text"),
    ".text": _Reader("plain_text", "read_text"),
    ".md": _Reader("markdown", "read_markdown"),
    ".markdown": _Reader("markdown", "read_markdown"),
    ".srt": _Reader("subtitles", "read_subtitles"),
    ".vtt": _Reader("subtitles", "read_subtitles"),
    ".ass": _Reader("subtitles", "read_ass"),
    ".ssa": _Reader("subtitles", "read_ass"),
    ".csv": _Reader("table", "read_table"),
    ".tsv": _Reader("table", "read_table"),
    ".tab": _Reader("table", "read_table"),
    ".epub": _Reader("epub", "read_epub", is_text=False),
    ".html": _Reader("html", "read_html", is_text=False),
    ".htm": _Reader("html", "read_html", is_text=False),
    ".xhtml": _Reader("html", "read_html", is_text=False),
    ".docx": _Reader("docx", "read_docx", is_text=False),
    ".odt": _Reader("odt", "read_odt", is_text=False),
    ".fb2": _Reader("fb2", "read_fb2", is_text=False),
    ".rtf": _Reader("rtf", "read_rtf", is_text=False),
    ".pdf": _Reader("pdf", "read_pdf", is_text=False),
}
SUFFIXES = tuple(_READERS)  # what a file dialog offers


def read(path: Path, *, language: str | None = None, reading: Reading = USUAL) -> Script:
    """The script in a file, its rows as long as they come: `split_script` shortens them.

    language: ISO 639-1 code; None takes the book's own, or guesses from the letters. What was
    guessed or left out stands in Script.notes. Raises UserError with one sentence.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None and is_file(path):
        raise UserError(f"{path.name} is of no kind that is read: {', '.join(SUFFIXES)} are")
    reader = reader or _READERS[".txt"]
    data = _load(path, MAX_BYTES if reader.is_text else MAX_PACKED_BYTES)
    title = NOT_TEXT.sub("", path.stem).strip() or "script"
    function = _function(reader)
    if reader.is_text:
        text, note = decode(data, path.name, reading.encoding)
        if not text.strip():
            raise UserError(f"{path.name} has no words to speak: choose another file")
        script: Script = function(text, title, reading)
        script = script.replace(
            language=guess_language(text), notes=(*([note] if note else []), *script.notes)
        )
    else:
        script = function(data, title, path.name, reading)
    if not script.rows:
        raise UserError(f"{path.name} has no words to speak: choose another file")
    return script if language is None else script.replace(language=language)


def look_at_table(path: Path, reading: Reading = USUAL) -> Look:
    """The first rows of a table, for somebody who chooses its columns. Raises UserError."""
    from engine.documents.table import look

    return look(decode(_load(path, MAX_BYTES), path.name, reading.encoding)[0], reading)


def is_table(path: Path) -> bool:
    """Whether a file is read as a table."""
    return path.suffix.lower() in (".csv", ".tsv", ".tab")


def is_text(path: Path) -> bool:
    """Whether a file's encoding can be said."""
    reader = _READERS.get(path.suffix.lower(), _READERS[".txt"])
    return reader.is_text or reader.module == "html"


def told(script: Script) -> tuple[str, ...]:
    """What a user hears of how a text was read: its notes, and who was taken for a speaker."""
    names = [name for name in script.speakers if name]
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return (*script.notes, *([f"Taken for speakers: {shown}."] if names else []))


def read_string(text: str, title: str) -> Script:
    """A pasted text as a script, read as a .txt file is. May have no rows."""
    script = read_text(clean(text), title)
    return script.replace(language=guess_language(text))


def _function(reader: _Reader) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(
        import_module(f"engine.documents.{reader.module}"), reader.function
    )
    return function


def _load(path: Path, limit: int) -> bytes:
    try:
        with open_outside(path) as file:
            data = file.read(limit + 1)
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder: name a file in it") from error
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}: check its name") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {reason_of(error)}") from error
    except ValueError as error:  # a zero byte in the name
        raise UserError(f"there is no file {path!s}: check its name") from error
    if len(data) > limit:
        raise UserError(
            f"{path.name} is larger than {limit // 2**20} MB: split it into several files"
        )
    if not data:
        raise UserError(f"{path.name} is empty: choose another file")
    return data
