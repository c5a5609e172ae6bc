"""Words of strangers as they may be shown: in a file's name, in what a model writes, in an error.

A control character would move a terminal's cursor or change its colours, and an override of the
direction of writing shows "gpj.exe" as "exe.jpg". Both are shown as what they are: \\x1b, \\u202e.
Standard library only.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """A text whose hidden characters are escapes; line feeds and tabs stay."""
    return _HIDDEN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
