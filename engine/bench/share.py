"""A share of words with its bounds. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A share of words, or a difference of two, and between which it lies with 95 % confidence, by
    drawing the sentences anew."""

    value: float
    low: float
    high: float

    def in_words(self) -> str:
        """ "4.2 % (1.0 … 8.5)"."""
        value, low, high = (100 * part for part in (self.value, self.low, self.high))
        return f"{value:.1f} % ({low:.1f} … {high:.1f})"

    def as_difference(self) -> str:
        """ "+0.5 (−1.2 … 2.1)", in points of a hundred."""
        value, low, high = (100 * part for part in (self.value, self.low, self.high))
        return f"{value:+.1f} ({low:.1f} … {high:.1f})".replace("-", "−")
