"""Rows of speakable length, by predicted seconds: split at sentence, clause, word; merge crumbs.

Any thread. A text of a million characters takes about a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from math import inf

from engine.models.info import ModelFacts
from engine.script.pace import START, TAG, Pace, letters
from engine.script.rows import PARAGRAPH_PAUSE, Ids, Script, ScriptRow

LONGEST = 11.0  # seconds; Bark ends at some 13.6, and a prediction is off by a fifth at times
SHORTEST = 1.5  # seconds; what is shorter is spoken unstably

_SONG = re.compile(r"♪[^♪\n]*♪[^\w\s\[♪]*\s*")  # with the marks after it
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")

_OPENING = re.escape("([{«‹“‘„‚「『（《〈【")
_CLOSING = re.escape(")]}»›”’」』）》〉】")
_WIDE = "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
_WIDE_STOP = (
    "。！？、，；：…‥・ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ\uff01-\uff0f\uff1a-\uff20"
)
# Something that is never broken: a tag, a word with the spaces after it, or one wide character
# with the marks that must not begin a line.
_ATOM = re.compile(
    rf"(?:{TAG.pattern}|[{_OPENING}]*{_WIDE}[{_CLOSING}{_WIDE_STOP}]*"
    rf"|(?:(?!{_WIDE}|{TAG.pattern})\S)+)\s*"
)
_WORD_ATOM = re.compile(r"\S+\s*")
_CLAUSE_END = re.compile(rf"(?:[,;:–—…][\"'{_CLOSING}]*\s+|^-\s+|\n\s*|[、，；：…][{_CLOSING}]*)$")
_MARKS = re.compile(r"[^\w♪]*")


def room(facts: ModelFacts | None) -> tuple[float, float]:
    """Seconds and letters that a row may have, for `split`. facts: None of an unknown model."""
    return (LONGEST, inf) if facts is None else (min(LONGEST, facts.safe_seconds), facts.max_tokens)


def split(
    text: str,
    *,
    pace: Pace = START,
    language: str = "en",
    longest: float = LONGEST,
    shortest: float = SHORTEST,
    most: float = inf,
) -> list[str]:
    """Pieces of a text, each a sentence or part of one, predicted to last ≤ `longest` seconds.

    most: letters that the model takes in one row. Only white space between pieces is lost. A piece
    is longer only where it is a single word or tag; pieces under `shortest` join a neighbour in
    their paragraph. A piece of the result is not split again. Blank text gives [].
    """
    longest_letters = min(longest * pace.rate, most)
    shortest_letters = min(shortest * pace.rate, longest_letters)
    text = text.strip()
    done: list[str] = []
    waiting = [text] if text else []
    while waiting:
        piece = waiting.pop()
        if letters(piece) <= shortest_letters and "\n" not in piece:
            done.append(piece)
            continue
        # A sentence end may show only when the text before it is gone: until nothing changes.
        parts = list(_split_once(piece, language, longest_letters, shortest_letters))
        if len(parts) == 1:
            done.append(piece)
        else:
            waiting += reversed(parts)
    return done


def split_script(
    script: Script,
    *,
    pace_of: Callable[[ScriptRow], Pace] = lambda row: START,
    longest: float = LONGEST,
    shortest: float = SHORTEST,
    most: float = inf,
) -> Script:
    """The script with rows of speakable length. Splitting it again changes nothing.

    A row's parts are called id, id-2, id-3 …; of a table or of subtitles they stay one recording
    (part_of), and a subtitle's time is shared out. In prose, rows that are too short join a
    neighbour of the same speaker and chapter.
    """
    ids = Ids(row.id for row in script.rows)
    rows: list[ScriptRow] = []
    for row in script.rows:
        parts = split(
            row.text,
            pace=pace_of(row),
            language=script.language,
            longest=longest,
            shortest=shortest,
            most=most,
        )
        rows += (
            [row.replace(text=parts[0])]
            if len(parts) == 1
            else split_row(row, parts, ids, together=script.kind != "text")
        )
    if script.kind == "text":
        count = len(rows) + 1
        while len(rows) < count:  # a row that has grown may now go with the one before it
            count = len(rows)
            rows = _merge_short(rows, pace_of, script.language, longest, shortest, most)
    return script.replace(rows=tuple(rows))


def split_row(row: ScriptRow, texts: list[str], ids: Ids, *, together: bool) -> list[ScriptRow]:
    """The row as several, one for each text. New ids are taken from `ids`, the script's own.

    together: the parts stay one recording, as in a table or in subtitles.
    """
    total = sum(map(letters, texts)) or 1.0
    start, end = row.start, row.end
    rows = []
    at = start
    for number, text in enumerate(texts):
        changes: dict[str, object] = {"text": text}
        if number:
            changes |= {"id": ids.take(row.id), "pause": None}
        if together:
            changes["part_of"] = row.part_of or row.id
        if start is not None and end is not None and at is not None:
            until = min(end, at + (end - start) * letters(text) / total)
            changes |= {"start": at, "end": end if number == len(texts) - 1 else until}
            at = until
        rows.append(row.replace(**changes))
    return rows


def can_merge(first: ScriptRow, second: ScriptRow) -> bool:
    """Whether two neighbours can become one row: the same speaker, chapter, recording."""
    same = ("speaker", "voice", "chapter", "direction", "heading", "part_of")
    return all(getattr(first, name) == getattr(second, name) for name in same) and not second.file


def merge_rows(first: ScriptRow, second: ScriptRow) -> ScriptRow:
    """Two neighbours as one row; the first one's id stays, the pause between them goes."""
    between = "\n" if second.pause else " "  # a line feed is a good place to split again
    return first.replace(text=f"{first.text}{between}{second.text}", end=second.end or first.end)


def _merge_short(
    rows: list[ScriptRow],
    pace_of: Callable[[ScriptRow], Pace],
    language: str,
    longest: float,
    shortest: float,
    most: float,
) -> list[ScriptRow]:
    merged: list[ScriptRow] = []
    seconds: list[float] = []  # of each merged row
    for row in rows:
        pace = pace_of(row)
        here = pace.seconds(row.text)
        if (
            merged
            and min(seconds[-1], here) < shortest
            and not row.heading
            and row.pause in (None, PARAGRAPH_PAUSE)
            and can_merge(merged[-1], row)
        ):
            both = merge_rows(merged[-1], row)
            limits = {"longest": longest, "shortest": shortest, "most": most}
            if len(split(both.text, pace=pace, language=language, **limits)) == 1:
                merged[-1], seconds[-1] = both, pace.seconds(both.text)
                continue
        merged.append(row)
        seconds.append(here)
    return merged


# ── one text ──────────────────────────────────────────────────────────────────────────────────


def _split_once(text: str, language: str, longest: float, shortest: float) -> Iterator[str]:
    """Stripped pieces; lengths in letters."""
    for paragraph in _PARAGRAPH.split(text):
        pieces: list[str] = []
        for sentence in sentences(paragraph, language):
            if letters(sentence.strip()) <= longest:
                pieces.append(sentence)
            else:
                pieces += _break_up(sentence, language, longest, shortest)
        yield from (piece.strip() for piece in _join_short(pieces, longest, shortest))


def sentences(text: str, language: str = "en", *, open_quotes: bool = False) -> list[str]:
    """The sentences of a paragraph with the white space after them; joined they are the text.

    Tags and ♪ songs ♪ are never split. open_quotes: also between sentences within quotes or
    brackets.
    """
    # sentencex works on a copy of equal length, in which nothing that must stay whole shows an
    # end. Other white space than " " makes it panic (1.0.32), a line feed ends every sentence.
    copy = re.sub(r"\s", " ", text)
    if "♪" in copy:
        copy = _SONG.sub(lambda song: "x" * len(song[0]), copy)
    if "[" in copy:
        copy = TAG.sub(lambda tag: f"[{'x' * (len(tag[0]) - 2)}]", copy)
    if open_quotes:
        copy = re.sub(rf"(?:(?<=\s)|^)\"(?=\S)|[{_OPENING}](?=\w)", "X", copy)
        copy = re.sub(rf"\"|(?<=[^\w\s])[{_CLOSING}]", " ", copy)
    found, at = [], 0
    for sentence in _segment(language, copy):
        found.append(text[at : at + len(sentence)])
        at += len(sentence)
    if at < len(text):  # it left something out: never lose a character
        found.append(text[at:])
    return [sentence for sentence in found if sentence.strip()] if text.strip() else []


def _segment(language: str, text: str) -> Iterable[str]:
    import sentencex  # not before there is a text: the window must be up in a second

    try:
        return list(sentencex.segment(language, text))
    except BaseException as error:  # a panic of its Rust code is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            return [text]
        raise


def _break_up(sentence: str, language: str, longest: float, shortest: float) -> list[str]:
    """A sentence that is too long, as pieces with the white space after them."""
    inner = sentences(sentence, language, open_quotes=True)
    pieces: list[str] = []
    for part in inner:
        if letters(part.strip()) <= longest:
            pieces.append(part)
        else:
            pieces += _break_lines(_atoms(part, longest), longest, shortest)
    return pieces


def _atoms(text: str, longest: float) -> list[str]:
    """What a long sentence may be cut between; joined they are the text."""
    atoms: list[str] = []
    at = 0
    for song in _SONG.finditer(text):
        if letters(song[0]) <= longest:
            atoms += [*_ATOM.findall(text[at : song.start()]), song[0]]
            at = song.end()
    atoms += _ATOM.findall(text[at:])
    if sum(map(len, atoms)) != len(text):  # white space before the first word
        return _WORD_ATOM.findall(text)
    return atoms


def _break_lines(atoms: list[str], longest: float, shortest: float) -> list[str]:
    """Even lines of at most `longest` letters, preferably ending with a clause."""
    heard = [letters(atom) for atom in atoms]
    bare = [letters(atom.rstrip()) for atom in atoms]
    left = sum(heard)
    lines: list[str] = []
    first = 0
    while first < len(atoms):
        wanted = left / -(-left // longest)  # an even share of what is left
        so_far, best, best_cost = 0.0, first + 1, float("inf")
        for last in range(first, len(atoms)):
            if so_far + bare[last] > longest:
                break
            so_far += heard[last]
            if last == len(atoms) - 1:
                best = last + 1
                break
            cost = abs(so_far - wanted) / longest
            if not _CLAUSE_END.search(atoms[last]):
                cost += 0.35
            if so_far < shortest:
                cost += 1.0
            if cost < best_cost:
                best, best_cost = last + 1, cost
        lines.append("".join(atoms[first:best]))
        left -= sum(heard[first:best])
        first = best
    return lines


def _join_short(pieces: list[str], longest: float, shortest: float) -> list[str]:
    """Join pieces under `shortest`, and those without a word, to the neighbour."""
    joined: list[str] = []
    for piece in pieces:
        if joined:
            both = letters((joined[-1] + piece).strip())
            alone = _too_short(joined[-1], shortest) or _too_short(piece, shortest)
            if alone and both <= longest:
                joined[-1] += piece
                continue
        joined.append(piece)
    return joined


def _too_short(piece: str, shortest: float) -> bool:
    return letters(piece.strip()) < shortest or _MARKS.fullmatch(piece) is not None
