"""A judge of settings: each speaks the same sentences, and a recogniser says what of them it heard
otherwise. Standard library only at import."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.bench.rounds import Measured, Rounds
from engine.bench.runner import Pool, Tell, Values
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.bench.understood import Understood
    from engine.listening.heard import Recogniser


class Judge:
    """Hears what was measured. name: what the report calls it. texts: the sentences."""

    def __init__(
        self, name: str, recogniser: Recogniser, texts: Sequence[str], language: str = "en"
    ) -> None:
        self.name, self.texts = name, tuple(texts)
        self._recogniser, self._language = recogniser, language

    def about(self) -> Values:
        """For the report."""
        return {"name": self.name, "sentences": len(self.texts), "language": self._language}

    def hear(self, done: Rounds, pool: Pool, tell: Tell) -> dict[str, Values]:
        """By case of ours: the share of words that were heard otherwise, and the difference to the
        reference, each with its bounds. A case that refuses, or dies, is left out. Raises UserError
        where the recogniser cannot hear."""
        reference = self._of(done.reference, pool, tell)
        if reference is None:
            return {}
        found = {done.reference.case.name: self._values(reference, None)}
        for measured in done.cases:
            if measured.case.description["side"] != "ours" or measured.refused:
                continue
            if (heard := self._of(measured, pool, tell)) is not None:
                found[measured.case.name] = self._values(heard, reference)
        return found

    def _of(self, measured: Measured, pool: Pool, tell: Tell) -> Understood | None:
        import numpy as np

        from engine.bench.understood import understood

        case = measured.case
        try:
            pool.start(case)
            tell(f"{case.name}: speaking {len(self.texts)} sentences")
            rate = pool.run(case, "sentences")["rate"]
        except UserError as error:
            tell(f"{case.name} cannot be judged: {error}")
            return None
        with np.load(Path(case.description["witness"])) as kept:
            sounds = [kept[name] for name in sorted(kept.files)]
        tell(f"{case.name}: listening")
        return understood(self._recogniser, self.texts, sounds, rate, self._language)

    def _values(self, heard: Understood, reference: Understood | None) -> Values:
        values: Values = {"share": dataclasses.asdict(heard.share)}
        if reference is not None:
            values["difference"] = dataclasses.asdict(heard.against(reference))
        return values
