"""What rules for figures are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from typing import Any

Say = Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], Say]

N = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)"  # 1,234.5
START = r"(?<![\w.,/:])"  # of a number: not within a word or another number
END = r"(?![\w/:]|[.,]\d)"
TO = r"\s?[-–—]\s?"  # of a range
_NOBODY: frozenset[str] = frozenset()


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of these, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def compiled(*rules: tuple[str, Say]) -> tuple[Rule, ...]:
    """Patterns ready to be applied one after the other."""
    return tuple((re.compile(pattern), say) for pattern, say in rules)


def applied(rules: Iterable[Rule], text: str) -> str:
    """A text after all rules. Most need a sign that most texts have not, and are not tried there."""
    letters = set(text)
    for pattern, say in rules:
        wanted = needed(pattern)
        if wanted and wanted.isdisjoint(letters):
            continue
        said = pattern.sub(say, text)
        if said != text:
            text, letters = said, set(said)
    return text


@cache
def needed(pattern: re.Pattern[str]) -> frozenset[str]:
    """Characters of which every text that matches has one, the rarest such; none where nobody can
    tell, and the pattern has to be tried. By the parser of `re`, which is not under its promises."""
    try:
        parsed = import_module("re._parser").parse(pattern.pattern, pattern.flags)
        return _NOBODY if parsed.state.flags & re.IGNORECASE else _of_all(parsed)
    except (ImportError, AttributeError, TypeError, ValueError):
        return _NOBODY


def _of_all(parts: Any) -> frozenset[str]:
    """Of what stands one after the other."""
    found = [one for one in (_of(str(name), what) for name, what in parts) if one]
    return min(found, key=_common, default=_NOBODY)


def _of(name: str, what: Any) -> frozenset[str]:
    if name == "LITERAL":
        return frozenset(chr(what))
    if name == "IN":
        alone = all(str(kind) == "LITERAL" for kind, _ in what)
        return frozenset(chr(code) for _, code in what) if alone else _NOBODY
    if name == "BRANCH":
        ways = [_of_all(way) for way in what[1]]
        return frozenset().union(*ways) if all(ways) else _NOBODY
    if name == "SUBPATTERN":
        return _NOBODY if what[1] & re.IGNORECASE else _of_all(what[3])
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _of_all(what[2]) if what[0] else _NOBODY
    return _of_all(what[1]) if name == "ASSERT" else _NOBODY


def _common(letters: frozenset[str]) -> int:
    """How likely a text has one of them."""
    return sum(
        20 if letter in " .," or letter.islower() or letter.isdigit() else 1 for letter in letters
    )
