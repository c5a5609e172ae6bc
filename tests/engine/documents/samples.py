"""What several tests of documents read, and how they look at it."""

from __future__ import annotations

from engine.script.rows import Script


def texts(script: Script) -> list[str]:
    return [row.text for row in script.rows]


def spoken(script: Script) -> list[tuple[str, str]]:
    return [(row.speaker, row.text) for row in script.rows]


FRENCH = "Où est la bibliothèque ? Là-bas, à côté de l'église.\n\nÇa va très bien, merci.\n"
RUSSIAN = "Это было тёмной ночью. Мы шли по дороге и молчали.\n\nПотом он сказал: пойдём домой.\n"
