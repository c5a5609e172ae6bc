"""How texts are read by what speaks them: Japanese as moras, where it wants that."""

from __future__ import annotations

from engine.errors import UserError
from engine.script.recipe import Maker
from engine.spoken.openjtalk import as_moras

JAPANESE, MORAS = "japanese", "moras"  # a setting of a Maker


def as_read(maker: Maker | None, text: str) -> str:
    """A text as the model is given it. text: as it is spoken, in words.

    The text itself where packages are lacking that read it: that is said before it is to speak.
    """
    if maker is None or maker.settings.get(JAPANESE) != MORAS:
        return text
    try:
        return as_moras(text)
    except UserError:
        return text
