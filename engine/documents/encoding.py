"""Bytes into text: which encoding, and no characters that nobody can say."""

from __future__ import annotations

import codecs
import re
import unicodedata
from contextlib import suppress

from engine.documents.words import without_ligatures
from engine.errors import UserError

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
_UNSEEN = "\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff"
NOT_TEXT = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x9f{_UNSEEN}]")
_NAMES = {"euc_jis_2004": "EUC-JP", "iso2022_jp_ext": "ISO-2022-JP", "big5hkscs": "Big5"}
_PAGE_CHARSET = re.compile(
    rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{1,40})|<meta[^>]{0,200}charset\s*=\s*[\"']?"
    rb"([\w.:-]{1,40})",
    re.I,
)
_SUPERSETS = {  # what files in the small encoding really hold
    "ascii": "cp1252", "us-ascii": "cp1252", "latin-1": "cp1252", "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932",
    "x-sjis": "cp932", "windows-31j": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs",
    "euc-jp": "euc_jis_2004", "iso-8859-9": "cp1254", "tis-620": "cp874", "iso-2022-jp":
    "iso2022_jp_ext",
}  # fmt: skip


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """The text, cleaned, and a sentence about its encoding, "" when that was certain.

    encoding: what the user says it is. Raises UserError where it is no text.
    """
    if encoding is not None:
        return _decode_as(data, name, encoding), ""
    if (marked := _by_mark(data)) is not None:
        return clean(marked), ""
    text, note = "", ""
    if b"\x1b$" in data:
        text, note = _decode_other(data)
    if not text or is_binary(text):
        try:
            text, note = data.decode("utf-8"), ""
        except UnicodeDecodeError:
            text = data.decode("utf-8", "replace")
            broken = text.count("\ufffd")
            if broken * 20 < len(data) - len(text):  # most of it is UTF-8
                note = f"{broken} broken characters were replaced by \ufffd."
            else:
                text, note = _decode_other(data)
    if is_binary(text):
        text, note = _decode_wide(data), ""
    if not text or is_binary(text):
        raise UserError(f"{name} is no text file: save it as text in UTF-8")
    return clean(text), note


def decode_page(data: bytes) -> str:
    """The text of an XHTML or HTML page: by its mark, its declaration, or as any text."""
    if (marked := _by_mark(data)) is not None:
        return marked
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _PAGE_CHARSET.search(data[:4000])
        if declared:
            with suppress(LookupError):
                return data.decode(_superset((declared[1] or declared[2]).decode()), "replace")
    text, _ = _decode_other(data)
    return text or _decode_wide(data) or data.decode("utf-8", "replace")


def _by_mark(data: bytes) -> str | None:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    return None


def _superset(encoding: str) -> str:
    name = encoding.strip().lower()
    return codecs.lookup(_SUPERSETS.get(name, name)).name


def _decode_as(data: bytes, name: str, encoding: str) -> str:
    try:
        found = codecs.lookup(_superset(encoding))
        if not found._is_text_encoding:
            raise LookupError
        text = data.decode(found.name)
    except LookupError as error:
        raise UserError(
            f"there is no encoding {encoding}: name one such as cp932 or latin-1"
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(
            f"{name} is not in {encoding}: leave the encoding out to have it found"
        ) from error
    return clean(text)


def is_binary(text: str) -> bool:
    """Whether it is no text, but what some program has written."""
    sample = text[:100_000]
    return "\0" in sample or len(_CONTROL.findall(sample)) > 10 + len(sample) // 50


def clean(text: str) -> str:
    """Line ends become line feeds; control characters and half surrogates go; é is one
    character (NFC)."""
    text = _LINE_ENDS.sub("\n", text)
    text = without_ligatures(NOT_TEXT.sub("", text))
    return unicodedata.normalize("NFC", re.sub("[\ud800-\udfff]", "\ufffd", text))


def _decode_other(data: bytes) -> tuple[str, str]:
    """Bytes that are no UTF-8 as text, with a note; "" where they seem to be no text."""
    if b"\0" in data[:100_000]:
        return _decode_wide(data), ""
    from engine.documents.charset import LEAST, guess

    encoding, score = guess(data)
    if score < LEAST:
        return "", ""
    shown = _NAMES.get(encoding, encoding)
    note = f"The text was read as {shown}. If letters look wrong, name its encoding."
    return data.decode(encoding, "replace"), note


def _decode_wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of most letters is zero. "" where it is not."""
    even, odd = data[0:20_000:2].count(0), data[1:20_000:2].count(0)
    many = min(len(data), 20_000) // 2 * 0.3
    if odd > many and even * 10 < odd:
        return data.decode("utf-16-le", "replace")
    if even > many and odd * 10 < even:
        return data.decode("utf-16-be", "replace")
    return ""
