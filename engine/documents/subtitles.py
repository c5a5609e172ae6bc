"""Subtitles into rows: marks of ASS, which SRT files have as well, are read by pysubs2.

The cues of SRT and VTT are found by engine.documents.cues: pysubs2 1.8 cuts a cue where its words
name two times, drops "a < b > c", numbers on a last line and the ids of cues, says a cue without a
readable time within the one before it, and reads neither hours above 99 nor times without hours,
with spaces or with frames.
"""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Iterator

from engine.documents.blocks import with_notes
from engine.documents.cues import Cue, cues_of, without_rolling
from engine.documents.left_out import Omissions
from engine.documents.reading import USUAL, Reading
from engine.documents.speakers import label, speakers
from engine.documents.tags import cut_tags
from engine.documents.words import has_words, one_line
from engine.errors import UserError
from engine.script.rows import Ids, Script, ScriptRow
from engine.script.split import split_row

_STYLE = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<[\d:.]{5,12}>")
_BRACED = re.compile(r"\{([^\\{}\n][^{}\n]{0,200})\}")
_DRAWING = re.compile(r"\{[^{}\n]{0,200}\\p[1-9]")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,50})?\s+([^<>\n]{1,100})>")
_RUBY = re.compile(r"<ruby[^<>\n]{0,50}>(.{0,500}?)</ruby>", re.S)
_READ = re.compile(r"[^<>]{0,200}<rt[^<>\n]{0,50}>([^<>]{0,200})</rt>")
_BRACKETED = re.compile(r"[\[(]([^\[\]()\n:：]{1,40})[\])]\s?[:：]\s*(.*)")
_TURN = re.compile(r"^\s*(?:>{2,3}|[-–—‐]+)\s*(?=\S)")  # somebody else speaks


def read_subtitles(text: str, title: str, reading: Reading = USUAL) -> Script:
    """The cues of an SRT or VTT text, a row for everyone who speaks in one. Raises UserError."""
    omitted = Omissions()
    cues, unread = cues_of(text.split("\n"))
    for words in unread:
        omitted.add("cues without a time", words)
    if not cues:
        raise UserError(f"{title} has no subtitles: a line such as 00:00:01,000 --> 00:00:02,000")
    named = {name.strip() for cue in cues for name in _VOICE.findall(cue.text)}
    plain = [Cue(c.name, c.line, c.start, c.end, _words(c.text)) for c in cues]
    return _script(without_rolling(plain), title, reading, omitted, frozenset(named))


def read_ass(text: str, title: str, reading: Reading = USUAL) -> Script:
    """The events of an ASS or SSA text. Raises UserError."""
    import pysubs2

    omitted = Omissions()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            events = pysubs2.SSAFile.from_string(text, format_="ass" if "V4+" in text else "ssa")
    except Exception as error:  # whatever a broken file makes of the parser
        raise UserError(f"{title} has no subtitles that can be read: save it as SRT") from error
    cues: dict[Cue, None] = {}  # text that is drawn in several layers counts once
    named = set()
    for event in sorted(events, key=lambda event: event.start):
        if event.is_comment:
            omitted.add("comments", _as_ass(event.text))
            continue
        words = _as_ass(event.text).replace("\xa0", " ")
        if name := one_line(event.name)[:40]:
            named.add(name)
            words = "\n".join(f"{name}: {part}" if not at else part
                              for at, part in enumerate(words.split("\n")))  # fmt: skip
        cues[Cue("", 0, event.start / 1000, event.end / 1000, words)] = None
    if not cues:
        raise UserError(f"{title} has no subtitles: a line that begins with Dialogue:")
    return _script(list(cues), title, reading, omitted, frozenset(named))


def _words(body: str) -> str:
    """A cue without its marks: <v Anna>Hello becomes Anna: Hello."""
    body = _RUBY.sub(lambda ruby: _READ.sub(r"\1", ruby[1]), body)
    body = _VOICE.sub(lambda match: f"\n{match[1].strip()}: ", body)
    body = _STYLE.sub("", body)
    if "\\" in body:  # what stands in braces without a backslash is shown, so it is spoken
        body = _as_ass(_BRACED.sub(r"(\1)", body))
    return html.unescape(body.strip())


def _as_ass(text: str) -> str:
    """The words of a text with marks of ASS: {\\an8}, \\N, \\h; "" where it is a drawing. Its own
    look for drawings, and what is left open, take pysubs2 the square of the length."""
    import pysubs2

    if _DRAWING.search(text):
        return ""
    closed = text.rfind("}") + 1
    event = pysubs2.SSAEvent(text=text[:closed] + text[closed:].replace("{", "("))
    words: str = event.plaintext
    return words


def _script(
    cues: list[Cue], title: str, reading: Reading, omitted: Omissions, named: frozenset[str]
) -> Script:
    lines = (_TURN.sub("", line, count=1) for cue in cues for line in cue.text.split("\n"))
    known = named | speakers(lines, is_script=True) if reading.speakers else frozenset()
    rows: list[ScriptRow] = []
    ids = Ids()
    backwards = negative = 0
    for cue in cues:
        start, end = cue.start, cue.end
        if end < start:
            start, end, backwards = end, start, backwards + 1
        if start < 0:
            start, end, negative = 0.0, max(end, 0.0), negative + 1
        said = list(_said(cue.text, known, named, reading.speakers))
        if not said:
            omitted.add("cues without words", cue.text)
            continue
        row = ScriptRow(
            id=ids.take(cue.name or str(len(rows) + 1)),
            text="x",
            line=cue.line,
            start=start,
            end=end,
        )
        parts = split_row(row, [words for _, words, _, _ in said], ids, together=len(said) > 1)
        for part, (speaker, _, voice, pause) in zip(parts, said, strict=True):
            rows.append(part.replace(speaker=speaker, voice=voice, pause=pause))
    notes = []
    if backwards:
        notes.append(
            f"Subtitles that ended before they began: {backwards}; they were turned round."
        )
    if negative:
        notes.append(f"Subtitles that began before zero: {negative}; they begin there now.")
    script = Script(title=title, rows=tuple(rows), kind="subtitles", notes=tuple(notes))
    return with_notes(script, omitted)


def _said(
    text: str, known: frozenset[str], named: frozenset[str], with_speakers: bool
) -> Iterator[tuple[str, str, str | None, float | None]]:
    """(speaker, words, voice, pause) of everyone who speaks in a cue."""
    turns: list[tuple[str, list[str]]] = [("", [])]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    dashes = sum(_TURN.match(line) is not None for line in lines)
    for line in lines:
        name, rest = "", line
        mark = _TURN.match(line)
        if mark and (dashes > 1 or line.startswith(">>")):
            rest = line[mark.end() :]
        bracketed = _BRACKETED.fullmatch(rest) if with_speakers else None
        if bracketed and has_words(bracketed[1]):
            name, rest = one_line(bracketed[1]), bracketed[2]
        elif (match := label(rest, known)) and not match["how"]:
            name, rest = one_line(match["name"]), match["text"]
        elif not with_speakers and named and (match := label(rest, named)):
            rest = match["text"]  # <v Anna> is no word
        turn = mark is not None and dashes > 1
        if name or turn or (mark and line.startswith(">>")):
            turns.append((name, [rest] if rest else []))
        else:
            turns[-1][1].append(rest)
    for speaker, words in turns:
        spoken, voice, pause = _spoken("\n".join(words))
        if speaker and not has_words(spoken):  # a label and nothing else is what is said
            spoken, speaker = f"{speaker}:", ""
        if has_words(spoken):
            yield speaker, spoken, voice, pause


def _spoken(text: str) -> tuple[str, str | None, float | None]:
    """The words of a cue without its tags, the voice and the pause that they ask for."""
    voice, pause, pieces = None, None, []
    for piece, wanted_voice, wanted_pause in cut_tags(text):
        voice = voice or wanted_voice
        pause = wanted_pause if pause is None else pause
        pieces.append(piece)
    lines = (line.strip() for line in "\n".join(pieces).split("\n"))
    return "\n".join(filter(None, lines)), voice or None, pause
