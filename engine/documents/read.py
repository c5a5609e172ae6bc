"""Files into scripts: TXT, Markdown, SRT, VTT, CSV, TSV, EPUB. Any thread.

Files come from anywhere, so sizes are checked before anything is unpacked, nothing in a file is
executed or fetched, and whatever is wrong ends in one UserError.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.documents.encoding import NOT_TEXT, clean, decode
from engine.documents.epub import read_epub
from engine.documents.language import guess_language
from engine.documents.markdown import read_markdown
from engine.documents.plain_text import read_text
from engine.documents.subtitles import read_subtitles
from engine.documents.table import read_table
from engine.errors import UserError
from engine.script.rows import Script

MAX_BYTES = 16 * 2**20  # of a text; War and Peace has 3.2 million
MAX_EPUB_BYTES = 500 * 2**20  # pictures are not read

_READERS: dict[str, Callable[[str, str], Script]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".srt": read_subtitles,
    ".vtt": read_subtitles,
    ".csv": read_table,
    ".tsv": read_table,
    ".tab": read_table,
}
SUFFIXES = (*_READERS, ".epub")  # what a file dialog offers


def read(path: Path, *, language: str | None = None) -> Script:
    """The script in a file, its rows as long as they come: `split_script` shortens them.

    language: ISO 639-1 code; None takes the book's own, or guesses from the letters. What was
    guessed or left out stands in Script.notes. Raises UserError with one sentence.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    data = _load(path, MAX_EPUB_BYTES if suffix == ".epub" else MAX_BYTES)
    title = NOT_TEXT.sub("", path.stem).strip() or "script"
    if suffix == ".epub":
        script = read_epub(data, title, path.name)
    else:
        text, note = decode(data, path.name)
        if not text.strip():
            raise UserError(f"{path.name} has no words to speak: choose another file")
        script = _READERS.get(suffix, read_text)(text, title)
        script = script.replace(
            language=guess_language(text), notes=(*([note] if note else []), *script.notes)
        )
    if not script.rows:
        raise UserError(f"{path.name} has no words to speak: choose another file")
    return script if language is None else script.replace(language=language)


def read_string(text: str, title: str) -> Script:
    """A pasted text as a script, read as a .txt file is. May have no rows."""
    script = read_text(clean(text), title)
    return script.replace(language=guess_language(text))


def _load(path: Path, limit: int) -> bytes:
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder: name a file in it")
        if not path.is_file():
            raise UserError(f"there is no file {path}: check its name")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"cannot read {path}: {reason}") from error
    except ValueError as error:  # a zero byte in the name
        raise UserError(f"there is no file {path!s}: check its name") from error
    if len(data) > limit:
        raise UserError(
            f"{path.name} is larger than {limit // 2**20} MB: split it into several files"
        )
    if not data:
        raise UserError(f"{path.name} is empty: choose another file")
    return data
