"""What was heard of the takes of a project: its `heard.jsonl`, a take a line, by the take's key and
the recogniser that heard it. What is damaged counts as not heard."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.listening.alignment import compare
from engine.listening.heard import Heard
from engine.listening.verdict import Outcome, fault, outcome, tolerance
from engine.script.quality import Verdict
from engine.script.recipe import Recipe
from engine.system.inner_files import Linked
from engine.system.inner_lines import InnerLines
from engine.system.untrusted_json import parse_object, whole

NAME = "heard.jsonl"
# Badness of a take that is not understood; what comes to it by how unlikely what was meant is to
# the recogniser, which tells more of a take than its errors do; else its share of errors.
_WEIGHT, _UNLIKELY, _SHARE = 15.0, 10.0, 40.0
# Mean probability, or of its logarithm, from which on a take without errors has no equal.
_SURE, _CLEAR = 0.8, -0.5
# Mean probability of what was meant from which on a word that is heard otherwise is the
# recogniser's slip. Of the teacher's sound, 193 rows of the training, 11.9 % fail without it and
# 6.7 with it; 41.5 and 37.3 % where one word of the text is another one.
_BELIEVED = 0.62
_DAMAGE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hearing:
    """What was heard of a take, and how that differs from its text."""

    heard: Heard
    outcome: Outcome

    @classmethod
    def of(cls, text: str, heard: Heard) -> Hearing:
        """text: as it was spoken."""
        return cls(heard=heard, outcome=outcome(compare(text, heard)))


class Hearings:
    """Of one project. Any thread; `put` from one."""

    def __init__(self, folder: Path, may_write: Callable[[], None] = lambda: None) -> None:
        """The file is read when it is first asked. may_write: as in Store."""
        self.folder = folder
        self._may_write = may_write
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Hearing] | None = None
        self._lines = InnerLines(folder, NAME)

    def of(self, key: str, by: str) -> Hearing | None:
        """What the recogniser of this content heard of a take; None where it did not yet."""
        return self._all().get((key, by))

    def put(self, key: str, by: str, hearing: Hearing) -> None:
        """Keep what was heard. Raises UserError where the disk refuses."""
        known, sound = self._all(), hearing.heard.to_plain()
        hearing = dataclasses.replace(hearing, heard=Heard.from_plain(sound))  # as it will be read
        self._may_write()
        values = {
            "key": key,
            "by": by,
            **dataclasses.asdict(hearing.outcome),
            "sound": sound,
        }
        line = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        with self._lock:
            self._lines.append(line)
            known[key, by] = hearing

    def added(self, verdict: Verdict, key: str, recipe: Recipe) -> Verdict:
        """The verdict on a take with what was heard of it, where that counts: a fault, or a doubt,
        by which further takes are tried and the best of them is kept."""
        if not recipe.listen or (hearing := self.of(key, recipe.listen)) is None:
            return verdict
        found = hearing.outcome
        reasons = fault(found, tolerance(hearing.heard.language, recipe.misheard))
        likely, probable = hearing.heard.likely, hearing.heard.probable
        if recipe.believed and probable is not None and probable >= _BELIEVED:
            reasons = ()
        weight = _WEIGHT * bool(reasons)
        if recipe.probable and probable is not None:
            if found.errors or probable < _SURE:
                weight += _UNLIKELY * (1 - probable)
        elif likely is None:
            weight += _SHARE * found.error
        elif found.errors or likely < _CLEAR:
            weight -= _UNLIKELY * min(likely, _CLEAR)
        return Verdict((*verdict.reasons, *reasons), verdict.badness + weight)

    def _all(self) -> dict[tuple[str, str], Hearing]:
        with self._lock:
            if self._known is None:
                self._known = {}
                lines: list[bytes] = []
                with suppress(OSError, ValueError, MemoryError, Linked):
                    lines = self._lines.read()
                for line in lines:
                    with suppress(*_DAMAGE):
                        self._read(parse_object(line))
            return self._known

    def _read(self, values: dict[str, Any]) -> None:
        assert self._known is not None
        numbers = {name: whole(values[name]) for name in ("meant", "heard", "errors", "run")}
        words = tuple(map(str, values["words"]))
        found = Outcome(**numbers, missing_end=whole(values["missing_end"]), words=words)
        hearing = Hearing(heard=Heard.from_plain(values["sound"]), outcome=found)
        self._known[str(values["key"]), str(values["by"])] = hearing
