"""SRT and WebVTT: subtitles into rows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from engine.documents.speakers import speakers, split_speaker
from engine.documents.tags import cut_tags
from engine.documents.words import has_words
from engine.errors import UserError
from engine.script.rows import Ids, Script, ScriptRow

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s{{0,9}}{_TIME}\s{{0,9}}-->\s{{0,9}}{_TIME}(?:\s.*)?")
_STYLE = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<[\d:.]{5,12}>|\{\\[^{}\n]{0,200}\}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,50})?\s+([^<>\n]{1,100})>")


def read_subtitles(text: str, title: str) -> Script:
    """The cues of an SRT or VTT text, one row each, with their times. Raises UserError."""
    cues = list(_cues(text.split("\n")))
    if not cues:
        raise UserError(f"{title} has no subtitles: a line such as 00:00:01,000 --> 00:00:02,000")
    bodies = [_STYLE.sub("", _named(body)).strip() for *_, body in cues]
    known = speakers(line for body in bodies for line in body.split("\n"))
    known |= {name.strip() for *_, body in cues for name in _VOICE.findall(body)}
    rows: list[ScriptRow] = []
    ids = Ids()
    silent = backwards = 0
    for (name, line, start, end, _), body in zip(cues, bodies, strict=True):
        if end < start:
            start, end, backwards = end, start, backwards + 1
        text = html.unescape(body)
        speaker, spoken = split_speaker(text, known)
        words, voice, pause = _spoken(spoken)
        if speaker and not has_words(words):  # a label and nothing else is what is said
            speaker = ""
            words, voice, pause = _spoken(text)
        if not has_words(words):
            silent += 1
            continue
        new = ids.take(name or str(len(rows) + 1))
        rows.append(
            ScriptRow(
                id=new,
                text=words,
                speaker=" ".join(speaker.split()),
                voice=voice,
                pause=pause,
                line=line,
                start=start,
                end=end,
            )
        )
    notes = []
    if silent:
        notes.append(f"{silent} subtitle{'s' if silent > 1 else ''} without words were left out.")
    if backwards:
        notes.append(f"{backwards} subtitles ended before they began; their times were swapped.")
    return Script(title=title, rows=tuple(rows), kind="subtitles", notes=tuple(notes))


def _spoken(text: str) -> tuple[str, str | None, float | None]:
    """The words of a cue without its tags, the voice and the pause that they ask for."""
    voice, pause, pieces = None, None, []
    for piece, wanted_voice, wanted_pause in cut_tags(text):
        voice = voice or wanted_voice
        pause = wanted_pause if pause is None else pause
        pieces.append(piece)
    lines = (line.strip() for line in "\n".join(pieces).split("\n"))
    return "\n".join(filter(None, lines)), voice or None, pause


def _cues(lines: list[str]) -> Iterator[tuple[str, int, float, float, str]]:
    """(id or "", line, start, end, text) of each cue.

    A cue ends where the next times stand, less the id above them: blank lines within are common.
    """
    found = [(at, match) for at, line in enumerate(lines) if (match := _TIMES.fullmatch(line))]
    for number, (at, match) in enumerate(found):
        stop = len(lines)
        if number + 1 < len(found):
            stop = found[number + 1][0]
            stop -= _is_id(lines, stop - 1, at)
        body = lines[at + 1 : stop]
        for end, line in enumerate(body):  # comments and styles of VTT begin after a blank line
            if line.startswith(("NOTE", "STYLE", "REGION")) and end and not body[end - 1].strip():
                body = body[:end]
                break
        before = found[number - 1][0] if number else -1
        name = lines[at - 1] if _is_id(lines, at - 1, before) else ""
        yield (
            " ".join(name.split())[:60],
            at + 1,
            _seconds(*match.groups()[:4]),
            _seconds(*match.groups()[4:]),
            "\n".join(body).strip(),
        )


def _is_id(lines: list[str], at: int, after: int) -> bool:
    """Whether line `at`, above some times, names its cue: it stands alone after a blank line."""
    if at <= after or not lines[at].strip():
        return False
    alone = at == 0 or not lines[at - 1].strip()
    return alone or (lines[at].strip().isdecimal() and at - 1 > after)


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int((fraction or "0").ljust(3, "0"))) / 1000


def _named(body: str) -> str:
    """<v Anna>Hello becomes Anna: Hello."""
    return _VOICE.sub(lambda match: f"{match[1].strip()}: ", body)
