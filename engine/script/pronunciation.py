"""A list of replacements: how words that a voice gets wrong are written for it.

The script shows the text as it was written; what is spoken goes through `saying`.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

from engine.errors import UserError, reason_of
from engine.script.recipe import Recipe
from engine.script.rows import Script
from engine.spoken.language import language_of
from engine.spoken.normalise import spoken_as
from engine.system.outside import TEXT_BYTES, read_outside

SECONDS = 0.25  # that one rule may take for one row; a catastrophic pattern would take years
ROW_SECONDS = 5.0  # and all of them together
MAX_GROUPS = 100  # of a pattern that a replacement repeats
MAX_RULES = 10_000
_ROWS = 300  # by which the language of a script is known
MAX_LENGTH = 20_000  # characters of a row after its replacements

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_GROUP = regex.compile(r"\\(?:g<(?=\w))?(\d+|(?<=<)\w+)")
_HUGE_REPEAT = regex.compile(r"\{\d*,?\d{4,}")  # a{1000000000} takes gigabytes to compile


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """Rules in the order in which they are applied. Any thread."""

    rules: tuple[tuple[Any, str, str], ...] = ()  # compiled pattern, replacement, as written

    @classmethod
    def parse(cls, text: str) -> Pronunciation:
        """Lines such as `SQL==sequel` (whole words, in that case) or `/(\\d+)km/==\\1 kilometres`.
        Both apostrophes are one, and so are é as one character and as two.

        Blank lines and lines that begin with # are skipped. Raises UserError that names the line.
        """
        rules: list[tuple[Any, str, str]] = []
        for number, line in enumerate(unicodedata.normalize("NFC", text).splitlines(), 1):
            rule = line.strip()
            if not rule or rule.startswith("#"):
                continue
            wanted, equals, spoken = rule.partition("==")
            if rule.startswith("/") and "/==" in rule:
                wanted, equals, spoken = rule.partition("/==")
                wanted, is_pattern = wanted[1:], True
            else:
                wanted, spoken, is_pattern = wanted.strip(), spoken.strip(), False
            if not equals or not wanted or len(rules) >= MAX_RULES:
                raise UserError(
                    f"line {number} of the replacements, {rule[:40]!r}: write from==to, or "
                    f"/pattern/==to, at most {MAX_RULES} of them"
                )
            try:
                if is_pattern:
                    if len(wanted) > 300 or _HUGE_REPEAT.search(wanted):
                        raise ValueError("the pattern is too large")
                    pattern, groups = regex.compile(wanted), _GROUP.findall(spoken)
                    if len(groups) > MAX_GROUPS:
                        raise ValueError("it repeats too many groups")
                    for group in groups:
                        if group not in pattern.groupindex and int(group) > pattern.groups:
                            raise ValueError(f"there is no group {group}")
                else:
                    pattern = regex.compile(_whole_words(wanted), regex.V1)
            except (regex.error, IndexError, TimeoutError, ValueError, RecursionError) as error:
                raise UserError(
                    f"line {number} of the replacements, {rule[:40]!r}: {error}; mend the pattern"
                ) from error
            rules.append((pattern, spoken if is_pattern else _literal(spoken), rule))
        return cls(tuple(rules))

    @classmethod
    def load(cls, path: Path) -> Pronunciation:
        """Read a UTF-8 file of rules. Raises UserError."""
        try:
            return cls.parse(read_outside(path, TEXT_BYTES).decode("utf-8-sig"))
        except OSError as error:
            raise UserError(f"cannot read {path}: {reason_of(error)}") from error
        except UnicodeDecodeError as error:
            raise UserError(f"{path} is no text: save it in UTF-8") from error

    def apply(self, text: str) -> str:
        """What is spoken for a text; the text itself where nothing would be left of it.

        Raises UserError for a rule that takes too long or makes the text endless.
        """
        spoken = composed = unicodedata.normalize("NFC", text)
        end = time.thread_time() + ROW_SECONDS  # other programs' work does not count
        most = max(MAX_LENGTH, 4 * len(text))
        for pattern, replacement, rule in self.rules:
            growing = _Growing(replacement, most)
            left = min(SECONDS, max(0.001, end - time.thread_time()))
            try:
                spoken = pattern.sub(growing, spoken, timeout=left)
            except (TimeoutError, regex.error, IndexError) as error:
                raise UserError(
                    f"the replacement {rule[:40]!r} takes too long or fails: mend its pattern"
                ) from error
            if growing.too_long or len(spoken) > most:
                raise UserError(f"the replacement {rule[:40]!r} makes a row far too long: mend it")
        return spoken if spoken.strip() and spoken != composed else text


class _Growing:
    """Gives what is spoken for each match, and nothing more once that is too long."""

    def __init__(self, replacement: str, most: int) -> None:
        self._replacement, self._left = replacement, most

    def __call__(self, match: Any) -> str:
        if self.too_long:
            return ""
        spoken: str = match.expand(self._replacement)
        self._left -= len(spoken)
        return "" if self.too_long else spoken

    @property
    def too_long(self) -> bool:
        return self._left < 0


def saying(recipe: Recipe, language: str) -> Callable[[str], str]:
    """What turns a text into what is spoken for it: the user's replacements, then the numbers.

    Raises UserError for replacements that cannot be read.
    """
    pronunciation = Pronunciation.parse(recipe.replacements)

    def say(text: str) -> str:
        said = pronunciation.apply(text) if pronunciation.rules else text
        return spoken_as(said, language) if recipe.numbers else said

    return say


def language_of_numbers(script: Script) -> str:
    """In which language the figures of a script are spoken, an ISO 639-1 code."""
    sample = " ".join(row.text for row in script.rows[:_ROWS])
    return language_of(sample, script.language)


def _whole_words(wanted: str) -> str:
    """A pattern for these words where they stand alone. Scripts without spaces have no such place:
    灯台 is found in 古い灯台へ, and SQL in SQLを."""
    words = regex.sub("['’]", "['’]", regex.escape(wanted))
    before = "" if _UNSPACED.match(wanted[0]) else rf"(?<![\w--{_UNSPACED.pattern}])"
    after = "" if _UNSPACED.match(wanted[-1]) else rf"(?![\w--{_UNSPACED.pattern}])"
    return f"{before}{words}{after}"


def _literal(text: str) -> str:
    """So that a backslash in a replacement means itself."""
    return text.replace("\\", "\\\\")
