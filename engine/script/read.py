"""Files into scripts: TXT, Markdown, SRT, VTT, CSV, TSV, EPUB. Any thread.

Files come from anywhere, so sizes are checked before anything is unpacked, nothing in a file is
executed or fetched, and whatever is wrong ends in one UserError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from engine.api import UserError
from engine.script.read_epub import read_epub
from engine.script.read_subtitles import read_subtitles
from engine.script.read_table import read_table
from engine.script.read_text import read_markdown, read_text
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

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\xad\ufffe\uffff]")  # \xad: soft hyphen
_ENCODINGS = [  # those that are met; among a hundred, a rare one often fits better
    *(f"cp{number}" for number in range(1250, 1258)),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "koi8_r", "iso8859_2", "mac_roman"),
]
_SCRIPTS = (
    ("ja", "\u3040-\u30ff"),
    ("ko", "\uac00-\ud7af"),
    ("zh", "\u4e00-\u9fff"),
    ("ru", "\u0400-\u04ff"),
    ("hi", "\u0900-\u097f"),
)


def read(path: Path, *, language: str | None = None) -> Script:
    """The script in a file, its rows as long as they come: `split_script` shortens them.

    language: ISO 639-1 code; None takes the book's own, or guesses from the letters. What was
    guessed or left out stands in Script.notes. Raises UserError with one sentence.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    data = _load(path, MAX_EPUB_BYTES if suffix == ".epub" else MAX_BYTES)
    title = _NOT_TEXT.sub("", path.stem).strip() or "script"
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


# ── letters ───────────────────────────────────────────────────────────────────────────────────


def decode(data: bytes, name: str) -> tuple[str, str]:
    """The text, cleaned, and a sentence about its encoding, "" when that was certain.

    Raises UserError where it is no text.
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return clean(data.decode(encoding, "replace")), ""
    note = ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        broken = text.count("\ufffd")
        if broken * 20 < len(data) - len(text):  # most of it is UTF-8
            note = f"{broken} broken characters were replaced by \ufffd."
        else:
            text, note = _decode_other(data)
    if _is_binary(text):
        text, note = _decode_wide(data), ""
    if not text or _is_binary(text):
        raise UserError(f"{name} is no text file: save it as text in UTF-8")
    return clean(text), note


def _is_binary(text: str) -> bool:
    sample = text[:100_000]
    return "\0" in sample or len(_CONTROL.findall(sample)) > 10 + len(sample) // 50


def clean(text: str) -> str:
    """Line ends become line feeds; control characters and half surrogates go."""
    text = _LINE_ENDS.sub("\n", text)
    text = _NOT_TEXT.sub("", text)
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _decode_other(data: bytes) -> tuple[str, str]:
    """Bytes that are no UTF-8 as text, with a note; "" where they seem to be no text."""
    if b"\0" in data[:100_000]:
        return _decode_wide(data), ""
    from charset_normalizer import from_bytes  # takes a while to import

    # The lines that tell something, so that a long text is judged as quickly as a short one.
    lines = (line[:500] for line in data[:4_000_000].splitlines() if not line.isascii())
    telling = b"\n".join(lines)[:50_000] or data[-50_000:]
    found = list(from_bytes(telling, cp_isolation=_ENCODINGS))
    if not found:
        return "", ""
    best = found[0]
    for other in found:  # of equals, the most common one
        if other.encoding == "cp1252" and other.chaos <= best.chaos:
            best = other
    note = f"The text was read as {best.encoding}. If letters look wrong, save it as UTF-8."
    return data.decode(best.encoding, "replace"), note


def _decode_wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of most letters is zero. "" where it is not."""
    even, odd = data[0:20_000:2].count(0), data[1:20_000:2].count(0)
    many = min(len(data), 20_000) // 2 * 0.3
    if odd > many and even * 10 < odd:
        return data.decode("utf-16-le", "replace")
    if even > many and odd * 10 < even:
        return data.decode("utf-16-be", "replace")
    return ""


def guess_language(text: str) -> str:
    """From the letters alone: sentence ends need no more. "en" for all that is written in Latin."""
    sample = text[:20_000]
    for language, letters in _SCRIPTS:
        if len(re.findall(f"[{letters}]", sample)) * 10 > len(sample):
            return language
    return "en"
