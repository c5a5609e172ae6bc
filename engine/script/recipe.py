"""How rows are spoken: the recipe of a project, and what speaks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.api import SpeechSampling

HISTORIES = ("constant", "continue")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How every row of a project is spoken.

    seed: of all rows. takes: a row that fails its check is spoken again until it has so many.
    history: "constant" gives every row the voice of its speaker; a speaker without a voice keeps
    the one that the model makes up for the first row of some length. "continue" lets each row
    continue the speaker's row before it, which forces an order: such rows cannot be spoken
    together. anchor: with "continue", every so many rows start from the speaker's voice again; 0
    is never.
    replacements: how words are written for the voice, as `Pronunciation.parse` reads it.
    numbers: whether figures and abbreviations are spoken in words (engine/spoken), after the
    replacements. False is what was begun before there were any words for them.
    max_seconds, semantic_tokens: as in SpeechRequest.
    listen: hash of the recogniser that hears every take, "" for none. listener: what people call
    it. misheard: errors for each word from which a take is spoken again; None is the usual
    tolerance of the language. probable: of the takes that were heard, the best is the one in which
    the mean probability of what was meant is the highest; False, what was begun before that was
    asked, is by the mean of its logarithms. believed: a take in which what was meant is probable on
    the whole is good, though a word of it was heard otherwise; False for what was begun before.
    """

    sampling: SpeechSampling = field(default_factory=SpeechSampling)
    seed: int = 0
    takes: int = 3
    history: str = "constant"
    anchor: int = 0
    replacements: str = ""
    numbers: bool = False
    max_seconds: float | None = None
    semantic_tokens: int | None = None
    listen: str = ""
    listener: str = ""
    misheard: float | None = None
    probable: bool = False
    believed: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.takes <= 100:
            raise ValueError(f"a row has 1 to 100 takes, not {self.takes}")
        if self.history not in HISTORIES:
            raise ValueError(f"history is one of {', '.join(HISTORIES)}, not {self.history!r}")
        if self.misheard is not None and not 0 <= self.misheard <= 1:
            raise ValueError(f"a take may mishear a share of 0 to 1, not {self.misheard:g}")
        if self.anchor < 0 or (self.anchor and self.history == "constant"):
            raise ValueError("an anchor every N rows belongs to the history continue; N is above 0")

    @property
    def tries(self) -> int:
        """How many takes a row that fails its check has at most: where nothing is drawn, a second
        one would be the first again."""
        stages = (self.sampling.semantic, self.sampling.coarse, self.sampling.fine)
        return 1 if all(stage.temperature == 0 for stage in stages) else self.takes


@dataclass(frozen=True, kw_only=True, slots=True)
class Maker:
    """What speaks, by content: two makers that are equal give equal takes.

    model: hash of the checkpoint. settings: those that change tokens, none of them "auto"; with
    them "arithmetic", the word of engine/bark/arithmetic.py, for every precision but float32, and
    "japanese": "moras" where the model reads Japanese so (engine/script/reading.py).
    voices: hash of every voice of the script, by the name that the rows use. name: what people
    call the model, as `find_here` takes it; "" where nobody said.
    """

    model: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    voices: Mapping[str, str] = field(default_factory=dict)
    name: str = field(default="", compare=False)

    def speaks_as(self, other: Maker) -> bool:
        """Whether both give equal takes of rows in an equal voice."""
        return (self.model, dict(self.settings)) == (other.model, dict(other.settings))

    def to_plain(self) -> dict[str, Any]:
        """For JSON; without a name where nobody said one, as version 0.1.0 wrote it."""
        values = dataclasses.asdict(self)
        return values if self.name else {k: v for k, v in values.items() if k != "name"}

    def in_words(self) -> str:
        """The model, and how it computes: "starter-voice, int8-avx512vnni"."""
        return ", ".join(filter(None, (self.model_in_words(), self.settings_in_words())))

    def settings_in_words(self) -> str:
        """How it computes alone: "int8-avx512vnni, unpadded"."""
        word = str(self.settings.get("arithmetic") or self.settings.get("precision", ""))
        others = (
            name.replace("_", " ")
            for name, value in self.settings.items()
            if value is True and name != "early_sound"
        )
        return ", ".join(filter(None, (word, *others)))

    def model_in_words(self) -> str:
        """Its name and the beginning of its hash: two editions of one model differ in that."""
        return f"{self.name} ({self.model[:8]})" if self.name else self.model[:8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way in which takes of a project were made, and count."""

    maker: Maker
    recipe: Recipe

    def to_plain(self) -> dict[str, Any]:
        """What a row was made with, for lists."""
        sampling = dataclasses.asdict(self.recipe.sampling)
        return {
            "model": self.maker.model,
            **({"name": self.maker.name} if self.maker.name else {}),
            "settings": dict(self.maker.settings),
            "seed": self.recipe.seed,
            "sampling": sampling,
        }
