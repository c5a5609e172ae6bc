"""RTF into rows, by striprtf."""

from __future__ import annotations

import re
from typing import Any

from engine.documents.blocks import script_of
from engine.documents.encoding import clean
from engine.documents.language import guess_language
from engine.documents.left_out import Omissions
from engine.documents.plain_text import text_blocks
from engine.documents.reading import USUAL, Reading
from engine.errors import UserError
from engine.script.rows import Script

MAX_BYTES = 16 * 2**20
_PICTURE = re.compile(r"\\pict\b")
_FOOTNOTE = re.compile(r"\\footnote\b")


def read_rtf(data: bytes, title: str, name: str, reading: Reading = USUAL) -> Script:
    """The text of an RTF file, a paragraph each. name: of the file, for sentences. Raises
    UserError."""
    from striprtf import striprtf

    if len(data) > MAX_BYTES:
        raise UserError(
            f"{name} is larger than {MAX_BYTES // 2**20} MB: split it into several files"
        )
    if not data.lstrip().startswith(b"{\\rtf"):
        raise UserError(f"{name} is no RTF: give it the ending of what it is")
    # Line feeds mean nothing in RTF, and end the searches of the library that else never end.
    source = data.decode("latin-1").replace("{\\f", "\n{\\f")
    convert: Any = striprtf.rtf_to_text
    omitted = Omissions()
    omitted.add("pictures without a text", "", len(_PICTURE.findall(source)))
    omitted.add("notes", "", len(_FOOTNOTE.findall(source)))
    try:
        text = clean(convert(source, errors="replace"))
    except Exception as error:  # whatever a broken file makes of the library
        raise UserError(f"{name} is no RTF that can be read: save it as text") from error
    # A line is a paragraph here; blank lines between them mean nothing.
    blocks = text_blocks(re.sub(r"\n+", "\n\n", text), omitted)
    return script_of(blocks, title, omitted, reading).replace(language=guess_language(text))
