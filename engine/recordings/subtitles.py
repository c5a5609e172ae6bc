"""Rows that have times as subtitles: SRT and WebVTT."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator

from engine.errors import UserError
from engine.script.rows import ScriptRow


def write_srt(rows: Iterable[ScriptRow]) -> str:
    """Rows that have times as an SRT text; parts of one subtitle become one again.

    Raises UserError for a row without a time.
    """
    cues = (
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n"
        f"{f'{speaker}: ' if speaker else ''}{text}\n"
        for number, (start, end, speaker, text) in enumerate(_timed(rows), 1)
    )
    return "\n".join(cues)


def write_vtt(rows: Iterable[ScriptRow]) -> str:
    """Rows that have times as a WebVTT text. Raises UserError for a row without a time."""
    escape: Callable[[str], str] = lambda text: html.escape(text, quote=False)  # noqa: E731
    cues = (
        f"{_clock(start, '.')} --> {_clock(end, '.')}\n"
        f"{f'<v {escape(speaker)}>' if speaker else ''}{escape(text)}\n"
        for start, end, speaker, text in _timed(rows)
    )
    return "\n".join(("WEBVTT\n", *cues))


def _timed(rows: Iterable[ScriptRow]) -> Iterator[tuple[float, float, str, str]]:
    """(start, end, speaker, text without blank lines) of each cue."""
    waiting: tuple[float, float, str, str] | None = None
    whole = ""
    for row in rows:
        if row.start is None or row.end is None:
            raise UserError(f"row {row.id} has no time: subtitles need a start and an end")
        text = "\n".join(filter(None, (line.strip() for line in row.text.split("\n"))))
        text = text.replace("-->", "→")
        if waiting and row.part_of and row.part_of == whole:
            waiting = (waiting[0], row.end, waiting[2], f"{waiting[3]} {text}")
            continue
        if waiting:
            yield waiting
        waiting, whole = (row.start, row.end, row.speaker, text), row.part_of
    if waiting:
        yield waiting


def _clock(seconds: float, mark: str) -> str:
    """00:00:01,500 for 1.5 s; mark: "," for SRT, "." for VTT."""
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{mark}{milliseconds % 1000:03}"


SUBTITLES: dict[str, Callable[[list[ScriptRow]], str]] = {"srt": write_srt, "vtt": write_vtt}
