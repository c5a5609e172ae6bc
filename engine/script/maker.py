"""What speaks, by content: the hashes under which takes are kept. No framework is imported."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from engine.models.fingerprint import model_hash, voice_hash
from engine.script.project import Project
from engine.script.selection import Maker
from engine.settings import Settings


def identify(project: Project, settings: Settings, model: Path) -> Maker:
    """The maker of a project's takes. Raises UserError for a voice or model that is not there."""
    return Maker(
        model=model_hash(model),
        settings=token_settings(settings),
        voices={
            name: voice_hash(project.voice_path(name), model) for name in project.voices_in_use()
        },
    )


def token_settings(settings: Settings) -> dict[str, Any]:
    """The settings that change tokens, as they are on this machine."""
    changing = {
        option.name: getattr(settings, option.name)
        for option in dataclasses.fields(settings)
        if not option.metadata["exact"]
    }
    if changing["precision"] == "auto":
        from engine.bark.engine import choose  # torch: only this machine's answer needs it

        changing["precision"] = choose(settings).precision
    return changing
