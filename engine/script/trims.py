"""What of a take is used where words were cut off it: a stretch of its sound and of its row's text.
The take itself stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.audio.join import trimmed
from engine.errors import UserError
from engine.listening.alignment import MISSING
from engine.listening.heard import Heard
from engine.listening.marks import MarkedWord, marked_words, places
from engine.script.quality import Measures

_BESIDE = 0.03  # seconds kept before and after a word, where no other one sounds
_CLOSE = 1e-6  # seconds: times that are equal but for rounding


@dataclass(frozen=True, kw_only=True, slots=True)
class Trim:
    """A stretch of one take. key: of the take; for another one it says nothing. begin, end: seconds
    of it, None where it is not cut. text: what is left of its row's text. at: the letter of it at
    which that begins."""

    key: str
    begin: float | None = None
    end: float | None = None
    text: str = ""
    at: int = 0


def kept(measures: Measures, trim: Trim | None = None) -> tuple[float, float]:
    """Where what is used of a take begins and ends, in seconds of it: without the silence at its
    ends, and without what was cut off."""
    begin, end = trimmed(measures.lead, measures.tail, measures.seconds)
    if trim is not None:
        begin = begin if trim.begin is None else max(begin, trim.begin)
        end = end if trim.end is None else min(end, trim.end)
    return begin, max(begin, end)


def kept_seconds(measures: Measures, trim: Trim | None = None) -> float:
    """How long what is used of a take is."""
    begin, end = kept(measures, trim)
    return end - begin


def kept_letters(text: str, trim: Trim | None) -> tuple[int, int]:
    """The letters [first, last) of a row's text that are left; all of them where the text is
    another one by now that is spoken alike."""
    if trim is not None and trim.text and text.startswith(trim.text, trim.at):
        return trim.at, trim.at + len(trim.text)
    return 0, len(text)


def kept_text(text: str, trim: Trim | None) -> str:
    """What is left of a row's text."""
    first, last = kept_letters(text, trim)
    return text[first:last]


def are_kept(text: str, words: Iterable[str], trim: Trim | None) -> list[bool]:
    """Which words of a row's text are left. words: all of them, in order."""
    first, last = kept_letters(text, trim)
    return [first <= start and end <= last for start, end in places(text, words)]


def marks_kept(text: str, words: Sequence[MarkedWord], trim: Trim | None) -> list[bool]:
    """The same of `marked_words`: what was heard besides is left between words that are."""
    if trim is None:
        return [True] * len(words)
    meant = are_kept(text, (word.text for word in words if not word.besides), trim)
    around = [trim.begin is None, *meant, trim.end is None]
    found, at = [], 1  # place of the next meant word among those around
    for word in words:
        if word.besides:
            found.append(around[at - 1] and around[at])
        else:
            found.append(around[at])
            at += 1
    return found


def can_begin(word: MarkedWord) -> bool:
    """Whether a take can be cut at this word: it is in the text, and it sounds."""
    return not word.besides and word.kind != MISSING


def cut(
    before: Trim | None,
    key: str,
    text: str,
    heard: Heard,
    measures: Measures,
    *,
    begin: int | None = None,
    end: int | None = None,
) -> Trim:
    """A take that begins at one of its words, or ends after one: in the gap between words. begin,
    end: their numbers among `marked_words`; None leaves that side as it is, unless nothing would
    be left. before: what was cut off already. text: of its row. Raises UserError for a word that
    does not sound there."""
    words = marked_words(text, heard, *trimmed(measures.lead, measures.tail, measures.seconds))
    old = before if before is not None and before.key == key else None
    first, last = kept_letters(text, old)
    start, stop = (None, None) if old is None else (old.begin, old.end)
    sounding = [(word.start, word.end) for word in heard.words]
    sounding += [(word.start, word.end) for word in words if can_begin(word)]
    if begin is not None:
        word = _the_word(words, begin)
        earlier = (ends for _, ends in sounding if ends <= word.start + _CLOSE)
        start = min(word.start, max(word.start - _BESIDE, max(earlier, default=0.0)))
        first = _place(text, words, begin)[0]
    if end is not None:
        word = _the_word(words, end)
        later = (begins for begins, _ in sounding if begins >= word.end - _CLOSE)
        stop = max(word.end, min(word.end + _BESIDE, min(later, default=measures.seconds)))
        last = _place(text, words, end)[1]
    if first >= last or (start is not None and stop is not None and start >= stop):
        if begin is not None:
            stop, last = None, len(text)
        else:
            start, first = None, 0
    return Trim(
        key=key,
        begin=None if start is None else round(max(start, 0.0), 3),
        end=None if stop is None else round(stop, 3),
        text=text[first:last],
        at=first,
    )


def _the_word(words: Sequence[MarkedWord], number: int) -> MarkedWord:
    if not 0 <= number < len(words):
        raise UserError(f"the take has no word {number + 1}")
    word = words[number]
    if not can_begin(word):
        raise UserError(
            f"“{word.text.strip()}” was not heard where the text has it: trim at another word"
        )
    return word


def _place(text: str, words: Sequence[MarkedWord], number: int) -> tuple[int, int]:
    meant = [word.text for word in words if not word.besides]
    return places(text, meant)[sum(not word.besides for word in words[:number])]
