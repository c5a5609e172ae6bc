"""A real run of the starter voice, for whoever reads results."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import ROOT

FILE = ROOT / "tests" / "fixtures" / "bench" / "starter-voice.json"
STORY = ROOT / "tests" / "fixtures" / "bench" / "story.json"


def report() -> dict[str, Any]:
    """A new copy of it each time."""
    values: dict[str, Any] = json.loads(FILE.read_bytes())
    return values


def story() -> dict[str, Any]:
    """The same of `bench story`."""
    values: dict[str, Any] = json.loads(STORY.read_bytes())
    return values
