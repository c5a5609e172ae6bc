"""tokenizer.json of a stranger. The library that reads it ends the whole process where it cannot
have the memory that a table in it declares: that is looked at first."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from engine.system.panics import panics_as_errors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_NAME = b"precompiled_charsmap"
_TABLE = re.compile(rb'"precompiled_charsmap"\s*:\s*(?:null|"([A-Za-z0-9+/=]*)")')
# ASCII behind a \u, as no program writes it: the name above in disguise.
_DISGUISED = re.compile(rb"(?<!\\)(?:\\\\)*\\u00[2-7]")


def tokenizer_from(data: bytes) -> Tokenizer:
    """The tokenizer that JSON describes. Raises ValueError, and what the library does."""
    from tokenizers import Tokenizer

    _check_tables(data)
    with panics_as_errors():
        return Tokenizer.from_buffer(data)


def _check_tables(data: bytes) -> None:
    """A table of letters begins with the bytes of its first part."""
    if b"\\u00" in data and _DISGUISED.search(data):
        raise ValueError("it writes plain letters as numbers")
    tables = _TABLE.findall(data) if _NAME in data else []
    if len(tables) != data.count(_NAME):
        raise ValueError("a table of letters in it is none")
    for table in filter(None, tables):
        held = base64.b64decode(table)  # raises a ValueError
        if len(held) < 4 or int.from_bytes(held[:4], "little") > len(held) - 4:
            raise ValueError("a table of letters in it is longer than it is")
