"""A verdict on what was heard, in words: "2 of 9 words not heard: harbour, lit"."""

from __future__ import annotations

from dataclasses import dataclass

from engine.listening.alignment import ADDED, MISSING, REPEATED, WRONG, Comparison
from engine.listening.comparable import UNSPACED

_NAMED = 4  # words that a verdict names


@dataclass(frozen=True, kw_only=True, slots=True)
class Tolerance:
    """What is still good, wide enough for a recogniser's own mistakes. error: errors for each word
    that was meant. free: errors that are always forgiven. run: words in one stretch. end: words
    missing at the end."""

    error: float = 0.15
    free: int = 0
    run: int = 2
    end: int = 0


_WORDS = Tolerance()
_CHARACTERS = Tolerance(error=0.3, free=2, run=6, end=3)  # homophones in other characters


def tolerance(language: str, error: float | None = None) -> Tolerance:
    """The tolerance of a language, an ISO 639-1 code. error: another bound, as in Recipe."""
    base = language.lower().partition("-")[0]
    usual = _CHARACTERS if base in UNSPACED else _WORDS
    if error is None:
        return usual
    return Tolerance(error=error, free=usual.free, run=usual.run, end=usual.end)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of a comparison, as it is kept: a verdict does not change with the program.

    meant, heard: words. errors, run, missing_end: as in Comparison. words: how it differs,
    in sentences; () where it does not.
    """

    meant: int
    heard: int
    errors: int = 0
    run: int = 0
    missing_end: int = 0
    words: tuple[str, ...] = ()

    @property
    def error(self) -> float:
        """Errors for each word that was meant."""
        return self.errors / max(self.meant, 1)


def outcome(comparison: Comparison) -> Outcome:
    """What is kept of a comparison."""
    return Outcome(
        meant=len(comparison.meant),
        heard=len(comparison.heard),
        errors=comparison.errors,
        run=comparison.run,
        missing_end=comparison.missing_end,
        words=in_words(comparison),
    )


def fault(found: Outcome, allowed: Tolerance) -> tuple[str, ...]:
    """What is wrong, in words; () where that is within what is allowed."""
    if found.errors <= allowed.free or not found.meant:
        return ()
    if (
        found.error <= allowed.error
        and found.run <= allowed.run
        and found.missing_end <= allowed.end
    ):
        return ()
    return found.words


def in_words(comparison: Comparison) -> tuple[str, ...]:
    """How what was heard differs, a sentence for each kind; () where it does not."""
    total, reasons = len(comparison.meant), list[str]()
    if total and not comparison.heard:
        return ("no word is heard",)
    missing, wrong = comparison.words(MISSING), comparison.words(WRONG)
    if missing or wrong:
        words = [*missing, *wrong] if comparison.missing_end else [*wrong, *missing]
        reasons.append(f"{len(words)} of {total} words not heard: {_named(words)}")
    if repeated := comparison.words(REPEATED):
        reasons.append(f"says once more: {_named(repeated)}")
    if added := comparison.words(ADDED):
        reasons.append(f"heard besides: {_named(added)}")
    return tuple(reasons)


def _named(words: list[str]) -> str:
    more = len(words) - _NAMED
    return ", ".join(words[:_NAMED]) + (f" and {more} more" if more > 0 else "")
