"""What rules for figures are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Say = Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], Say]

N = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)"  # 1,234.5
START = r"(?<![\w.,/:])"  # of a number: not within a word or another number
END = r"(?![\w/:]|[.,]\d)"
TO = r"\s?[-–—]\s?"  # of a range


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of these, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def compiled(*rules: tuple[str, Say]) -> tuple[Rule, ...]:
    """Patterns ready to be applied one after the other."""
    return tuple((re.compile(pattern), say) for pattern, say in rules)


def applied(rules: Iterable[Rule], text: str) -> str:
    """A text after all rules."""
    for pattern, say in rules:
        text = pattern.sub(say, text)
    return text
