"""Texts that are read and not continued: requests and answers, more of the shared words.

Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import TextRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonRequest:
    """What other numbers change for a text, which is read and not continued.

    tokens: of the text, from its beginning, that are looked at; they take time.
    """

    text: str
    tokens: int = 1024

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("there is no text to compare by: type a few sentences")
        if self.tokens < 2:
            raise ValueError(f"at least 2 tokens must be looked at, not {self.tokens}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A text as a model reads it with some numbers.

    precision: of the weights; key_values: of what was read. perplexity: e ** the mean of how
    unlikely each token was; lower is better. differ: after how many tokens another one is the
    likeliest than with float32. step_bytes: of weights that a step reads. why: where it cannot be
    had, a sentence; the figures are 0 then.
    """

    precision: str
    key_values: str
    perplexity: float = 0.0
    differ: int = 0
    step_bytes: int = 0
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The answer to a ComparisonRequest. rows: float32, exact, comes first. tokens: how many were
    foretold; left_out: tokens of the text that were not looked at."""

    rows: tuple[Compared, ...]
    tokens: int
    left_out: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRequest:
    """How likely each token of a written text was, before temperature and penalty.

    written: the request that wrote it, with its prompt alone. tokens: of the text. count: how many
    of the likeliest tokens are told for each.
    """

    written: TextRequest
    tokens: tuple[int, ...]
    count: int = 5

    def __post_init__(self) -> None:
        if not self.tokens:
            raise ValueError("there is no text whose probabilities could be told")
        if not 0 <= self.count <= 100:
            raise ValueError(f"0 to 100 of the likeliest tokens are told, not {self.count}")


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenScore:
    """A token of a text. text: what it adds, "" where it is a part of a character. likeliest: texts
    and probabilities, the likeliest first, the token itself among them."""

    text: str
    probability: float
    likeliest: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """The answer to a ScoreRequest. rest: of the text behind the last whole character."""

    tokens: tuple[TokenScore, ...]
    rest: str = ""


TextWork = TextRequest | ComparisonRequest | ScoreRequest  # what a text engine does
