"""Sentences of the engine in the language of the window.

The engine says everything in English, with names and numbers filled in. Here such a sentence is
found again by its words, among those that resources/translations/update.py has listed.
"""

from __future__ import annotations

import functools
import re
from contextlib import suppress

from PySide6.QtCore import QCoreApplication

from engine.system.shown import shown
from gui.look.resources import RESOURCES

_LIST = RESOURCES / "translations" / "engine.txt"
_FIELD = re.compile(r"\{(\d)\}")


def translated(sentence: str) -> str:
    """A sentence of the engine in the language of the window, any other as it is; what is hidden in
    a name that it quotes is an escape."""
    translation, parts = _found(sentence)
    return shown(_filled(translation, parts) if translation else sentence)


def sentence(words: str) -> str:
    """What the engine says, which begins small and has no point, as a sentence of its own."""
    told = ended(translated(words))
    return told[:1].upper() + told[1:]


def ended(words: str) -> str:
    """Words with the point of the window's language at their end."""
    return QCoreApplication.translate("Sentences", "{0}.").format(words.rstrip(".。"))


def translated_through(words: str) -> str:
    """The same for several sentences with a point between (A · B), and for what is filled in."""
    first, point, rest = words.partition(" · ")
    if point:
        return f"{translated_through(first)} · {translated_through(rest)}"
    translation, parts = _found(words)
    return _filled(translation, tuple(map(translated_through, parts))) if translation else words


def _found(sentence: str) -> tuple[str, tuple[str, ...]]:
    """The translation of a sentence of the engine and what is filled in; "" for any other, and
    where the window speaks English."""
    for pattern, template in _patterns():
        if (found := pattern.fullmatch(sentence)) is None:
            continue
        translation = QCoreApplication.translate("Engine", template)
        return ("", ()) if translation == template else (translation, found.groups())
    return "", ()


def _filled(template: str, parts: tuple[str, ...]) -> str:
    return _FIELD.sub(lambda field: parts[int(field[1])], template)


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with the most words of their own first: a template of few words fits much."""
    templates: list[str] = []
    with suppress(OSError):
        templates = _LIST.read_text(encoding="utf-8").splitlines()
    templates.sort(key=lambda template: -len(_FIELD.sub("", template)))
    return tuple((re.compile(_pattern(template), re.DOTALL), template) for template in templates)


def _pattern(template: str) -> str:
    words = _FIELD.split(template)[::2]  # the numbers of the fields are between them
    return "(.*?)".join(map(re.escape, words))
