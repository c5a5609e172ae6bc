"""What the window's other pages have chosen, as scripts need it. GUI thread."""

from __future__ import annotations

from engine.settings import Settings
from gui.studio.context import Context


def settings_for_rows(studio: Context) -> Settings:
    """Many rows and no early start: they are decoded together."""
    settings = studio.settings
    batch = max(settings.batch_size, Settings().batch_size)
    return settings.replace(batch_size=batch, early_sound=False)


def first_voice(studio: Context) -> str | None:
    """The voice of the Speak view, if it is a preset of this model."""
    voice = studio.state.get("speak.voice", "")
    known = studio.facts.voices if studio.facts is not None else ()
    return voice if voice in known else None


def model_is_here(studio: Context) -> bool:
    """Whether the chosen model can speak."""
    models = studio.backend.models()
    return any(model.id == studio.model and model.state == "here" for model in models)
