"""Subtitles by words: WebVTT with times inside, ASS karaoke, LRC, and JSON for programs. Standard
library only at import."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.recordings.subtitles import SUBTITLES
from engine.script.rows import ScriptRow
from engine.system.marks import marked

if TYPE_CHECKING:
    from engine.listening.heard import Word


@dataclass(frozen=True, slots=True)
class SungRow:
    """A row that has times, and its words in seconds of the recording; joined they are its text."""

    row: ScriptRow
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        """Seconds."""
        return self.row.start or 0.0

    @property
    def end(self) -> float:
        """Seconds."""
        return self.row.end or 0.0


def write_word_vtt(rows: Sequence[SungRow]) -> str:
    """WebVTT: what was said already is past, what comes is future (`::cue(:past)`)."""
    cues = (
        f"{_clock(one.start)} --> {_clock(one.end)}\n{_voice(one.row)}{_inner(one)}\n"
        for one in rows
    )
    return "\n".join(("WEBVTT\n", *cues))


def write_ass(rows: Sequence[SungRow]) -> str:
    r"""ASS karaoke: \k is the hundredths of a second that a word lasts."""
    head = (
        "[Script Info]\nScriptType: v4.00+\nPlayResX: 1280\nPlayResY: 720\nWrapStyle: 0\n\n"
        "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, "
        "OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, "
        "Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n"
        "Style: Default,Arial,48,&H00FFFFFF,&H00808080,&H00000000,&H64000000,0,0,0,0,100,100,0,0,"
        "1,2,0,2,40,40,40,1\n\n"
        "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, "
        "Text\n"
    )
    lines = (
        f"Dialogue: 0,{_centiseconds(one.start)},{_centiseconds(one.end)},Default,"
        f"{one.row.speaker.replace(',', ' ')},0,0,0,,{_karaoke(one)}\n"
        for one in rows
    )
    return head + "".join(lines)


def write_lrc(rows: Sequence[SungRow]) -> str:
    """LRC as players show it while they sing, with the time of each word."""
    lines = []
    for one in rows:
        words = "".join(f"<{_minutes(word.start)}>{_line(word.text)}" for word in one.words)
        lines.append(f"[{_minutes(one.start)}]{words}<{_minutes(one.end)}>\n")
    return "".join(lines)


def write_word_json(rows: Sequence[SungRow]) -> str:
    """Every word with its start and end in seconds, by rows."""
    values = {
        "rows": [
            {
                "row": one.row.id,
                "speaker": one.row.speaker,
                "start": round(one.start, 3),
                "end": round(one.end, 3),
                "words": [
                    {
                        "text": word.text.strip(),
                        "start": round(word.start, 3),
                        "end": round(word.end, 3),
                    }
                    for word in one.words
                ],
            }
            for one in rows
        ]
    }
    return json.dumps(marked(values), ensure_ascii=False, indent=1) + "\n"


WORD_SUBTITLES: dict[str, Callable[[Sequence[SungRow]], str]] = {
    "words.vtt": write_word_vtt,
    "ass": write_ass,
    "lrc": write_lrc,
    "words.json": write_word_json,
}
"""By the ending of the file."""
KINDS = (*SUBTITLES, *WORD_SUBTITLES)  # of all subtitles


def _inner(one: SungRow) -> str:
    parts = [_escaped(word.text) for word in one.words]
    for place, word in enumerate(one.words):
        if place and one.start < word.start < one.end:  # a cue's own start is not repeated
            parts[place] = f"<{_clock(word.start)}>{parts[place]}"
    return "".join(parts)


def _karaoke(one: SungRow) -> str:
    at, parts = one.start, list[str]()
    for word in one.words:
        silence, length = round((word.start - at) * 100), round((word.end - word.start) * 100)
        if silence > 0:
            parts.append(rf"{{\k{silence}}}")
        text = _line(word.text).replace("{", "(").replace("}", ")").replace("\\", "/")
        parts.append(rf"{{\k{max(length, 0)}}}{text}")
        at = word.end
    return "".join(parts)


def _voice(row: ScriptRow) -> str:
    return f"<v {_escaped(row.speaker)}>" if row.speaker else ""


def _escaped(text: str) -> str:
    return html.escape(_line(text).replace("-->", "→"), quote=False)


def _line(text: str) -> str:
    return text.replace("\n", " ")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def _centiseconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 100), 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 100), 6000)
    return f"{minutes:02}:{rest // 100:02}.{rest % 100:02}"
