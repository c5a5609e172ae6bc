"""The language of the text chooses a voice that speaks it, and the first text of a Japanese window.

A voice is chosen when the language changes, so that whoever takes another one keeps it.
"""

from __future__ import annotations

from PySide6.QtCore import QLocale, QObject, Slot

from engine.models.info import ModelFacts
from gui.speak.text_box import TextBox
from gui.speak.voices import VoiceChooser
from gui.studio.context import Context
from gui.widgets.voice_names import language_name, languages_of

FIRST_TEXT = "音声生成を試してみましょう。"
_NEVER = "\0"  # no text is that
_OWN_LETTERS = {"ja", "zh", "ko", "hi", "ru"}  # languages that a text shows by its letters


class TextLanguage(QObject):
    """Watches what is typed. GUI thread."""

    def __init__(self, studio: Context, text_box: TextBox, voices: VoiceChooser) -> None:
        super().__init__(text_box)
        self._studio, self._text_box, self._voices = studio, text_box, voices
        self._is_first = studio.state.get("speak.text", _NEVER) == _NEVER
        self._replaced: tuple[str, str] | None = None  # the voice chosen here, and the one before
        text_box.counted.connect(self._on_counted)
        studio.facts_changed.connect(self._on_facts)

    @Slot(object)
    def _on_facts(self, facts: ModelFacts | None) -> None:
        """At the first start, a sentence to try, where the model can speak it."""
        if facts is None or not self._is_first:
            return
        self._is_first = False
        japanese = QLocale().language() == QLocale.Language.Japanese
        if japanese and facts.moras and not self._text_box.text():
            self._text_box.take(FIRST_TEXT)

    @Slot(str)
    def _on_counted(self, language: str) -> None:
        state = self._studio.state
        before = state.get("speak.language", "")
        if not language or language == before:
            return
        state.set("speak.language", language)
        voice = self._voices.value()
        # Of an earlier version, or none: a voice that was chosen then stays.
        if voice is None or voice.lower().endswith(".npz") or not before:
            return
        wanted = self._wanted(voice, language)
        if wanted is None:
            return
        self._replaced = wanted, voice
        self._voices.set_value(wanted)
        self._voices.changed.emit()
        if language in _OWN_LETTERS:
            words = self.tr("The text is in {0}: the voice {1} speaks it.")
            self._studio.say(words.format(language_name(language), wanted))
        else:
            words = self.tr("The text is in Latin letters: the voice {} speaks it.")
            self._studio.say(words.format(wanted))

    def _wanted(self, voice: str, language: str) -> str | None:
        """The voice that is to speak in place of this one; None where it stays."""
        if self._speaks(voice, language):
            return None
        if self._replaced is not None and self._replaced[0] == voice:
            before = self._replaced[1]
            if self._speaks(before, language):
                return before
        facts = self._studio.facts
        names = () if facts is None else facts.voices
        return next((name for name in names if language in languages_of(name, facts)), None)

    def _speaks(self, voice: str, language: str) -> bool:
        """Latin letters may be any language that is written in them."""
        spoken = languages_of(voice, self._studio.facts)
        if language in _OWN_LETTERS:
            return not spoken or language in spoken
        return not spoken or bool(set(spoken) - _OWN_LETTERS)
