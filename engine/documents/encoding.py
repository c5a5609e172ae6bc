"""Bytes into text: which encoding, and no characters that nobody can say."""

from __future__ import annotations

import re

from engine.errors import UserError

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\xad\ufffe\uffff]")  # \xad: soft hyphen
_ENCODINGS = [  # those that are met; among a hundred, a rare one often fits better
    *(f"cp{number}" for number in range(1250, 1258)),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "koi8_r", "iso8859_2", "mac_roman"),
]


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
    text = NOT_TEXT.sub("", text)
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
