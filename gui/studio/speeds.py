"""How fast this machine was with a model and its settings: for the time that is left."""

from __future__ import annotations

import dataclasses
from typing import Any

from engine.settings import Settings
from gui.studio.state import State

_NAME = "speeds"  # in the state: seconds of work for one of sound
_KEPT = 40


def way(model: str, settings: Settings, many: bool = False) -> str:
    """What decides how fast a machine speaks. many: rows of a script, checked beside the work."""
    words = ("script",) if many else ()
    return " ".join(map(str, (*words, model, *dataclasses.astuple(settings))))


def speed(state: State, way: str) -> float:
    """Seconds of work for one of sound; 0 where that was never measured."""
    known = state.get(_NAME, {}).get(way, 0.0)
    return known if isinstance(known, float) and known > 0 else 0.0


def learn(state: State, way: str, work: float, sound: float) -> None:
    """Remember seconds of work for seconds of sound."""
    if work <= 0 or sound <= 0:
        return
    speeds: dict[str, Any] = dict(state.get(_NAME, {}))
    before = speed(state, way)
    speeds.pop(way, None)  # the last one used is last
    speeds[way] = round((before + work / sound) / 2 if before else work / sound, 4)
    state.set(_NAME, dict(list(speeds.items())[-_KEPT:]))
