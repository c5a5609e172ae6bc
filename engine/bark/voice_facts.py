"""What a checkpoint says of its voices, beside their tokens: voices.json.

    {"af_heart": {"languages": ["en"], "kind": "woman"}, "joe": {"instead": "am_michael"}}

The last is a voice of an earlier edition: whoever asks for it hears another one, and is told so.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from engine.api import VoiceFacts
from engine.system.untrusted_json import read_object

FILE = "voices.json"
_KINDS = ("woman", "man")
_CODE = re.compile(r"[a-z]{2,3}")


def read_voice_facts(folder: Path) -> dict[str, VoiceFacts]:
    """Voice → what is known of it; {} for a checkpoint that says nothing. What is no fact is no
    damage: nothing is spoken by it."""
    try:
        stored = read_object(folder / FILE)
    except (OSError, ValueError):
        return {}
    found = {name: _facts(values) for name, values in stored.items() if isinstance(values, dict)}
    return {name: facts for name, facts in found.items() if facts != VoiceFacts()}


def _facts(values: dict[str, Any]) -> VoiceFacts:
    languages, kind, instead = (values.get(key) for key in ("languages", "kind", "instead"))
    codes = languages if isinstance(languages, list) else []
    return VoiceFacts(
        languages=tuple(code for code in codes if isinstance(code, str) and _CODE.fullmatch(code)),
        kind=kind if kind in _KINDS else "",
        instead=instead if isinstance(instead, str) else "",
    )


def stand_in(folder: Path, name: str | None) -> str:
    """The preset that speaks in place of a voice of an earlier edition; "" for any other name."""
    if name is None or name.lower().endswith(".npz"):
        return ""
    facts = read_voice_facts(folder).get(name)
    return "" if facts is None else facts.instead
