"""The names of voices: what a preset's name says, and whether a file is a voice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QLocale

from gui.studio.backend import Backend

_PRESET = re.compile(r"(?:(v\d+)/)?([a-z]{2})_speaker_(\d+)$")

_LANGUAGES = {  # the languages of the published voices in their own words
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hi": "हिन्दी",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "tr": "Türkçe",
    "zh": "中文",
}


class Preset(NamedTuple):
    """A voice of a model by what its name says. language: "" where it says none."""

    name: str
    language: str
    number: int
    version: str


def parse(name: str) -> Preset:
    """ "v2/en_speaker_6" → English, 6, v2."""
    found = _PRESET.match(name)
    if found is None:
        return Preset(name, "", 0, "")
    return Preset(name, found[2], int(found[3]), found[1] or "")


def language_name(code: str) -> str:
    """The language in its own words."""
    return _LANGUAGES.get(code) or QLocale(code).nativeLanguageName() or code


def checked(backend: Backend, path: Path, model: str) -> str:
    """The path of a voice that suits the model. Errand thread. Raises UserError."""
    backend.check_voice(path, model)
    return str(path)
