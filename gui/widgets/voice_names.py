"""The names of voices: what a preset's name and its model say, and whether a file is a voice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QLocale

from engine.models.info import ModelFacts
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
    """A voice of a model by what its name says, or the model. language: "" where neither says one.
    number: -1 for a voice that has a name of its own. kind: "woman", "man" or ""."""

    name: str
    language: str
    number: int
    version: str
    kind: str = ""


def parse(name: str, facts: ModelFacts | None = None) -> Preset:
    """ "v2/en_speaker_6" → English, 6, v2; other names as the model says."""
    found = _PRESET.match(name)
    if found is not None:
        return Preset(name, found[2], int(found[3]), found[1] or "")
    about = None if facts is None else facts.about.get(name)
    if about is None:
        return Preset(name, "", -1, "")
    return Preset(name, next(iter(about.languages), ""), -1, "", about.kind)


def languages_of(name: str, facts: ModelFacts | None) -> tuple[str, ...]:
    """All that a voice speaks, as its name or the model says; () where neither does."""
    about = None if facts is None else facts.about.get(name)
    if about is not None and about.languages:
        return about.languages
    language = parse(name, facts).language
    return (language,) if language else ()


def own_title(preset: Preset) -> str:
    """A voice with a name of its own, and its kind: "af_heart (woman)"."""
    if preset.kind == "woman":
        return QCoreApplication.translate("VoiceNames", "{} (woman)").format(preset.name)
    if preset.kind == "man":
        return QCoreApplication.translate("VoiceNames", "{} (man)").format(preset.name)
    return preset.name


def stand_in(name: str | None, facts: ModelFacts | None) -> str:
    """Who speaks in place of a voice that an earlier edition of the model had, else ""."""
    about = None if facts is None or name is None else facts.about.get(name)
    return "" if about is None else about.instead


def language_name(code: str) -> str:
    """The language in its own words."""
    return _LANGUAGES.get(code) or QLocale(code).nativeLanguageName() or code


def checked(backend: Backend, path: Path, model: str) -> str:
    """The path of a voice that suits the model. Errand thread. Raises UserError."""
    backend.check_voice(path, model)
    return str(path)
