"""The cues of SRT and WebVTT: times as leniently as files are written, rolling captions once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.documents.words import has_words, one_line

_TIME = r"(-?)(?:(\d{1,4}) ?: ?)?(\d{1,3}) ?: ?(\d{1,2})(?: ?([.,:;]) ?(\d{1,6}))?"
_TIMES = re.compile(rf"\s{{0,9}}{_TIME}\s{{0,9}}(?:-{{1,3}}|=|–|—|−)\s?>\s{{0,9}}{_TIME}(?:\s.*)?")
_LOOKS_TIMED = re.compile(r"\s{0,9}-?\d[\d:.,; ]{2,30}\S{0,12}\s{0,3}-{1,2}>")
_FRAMES = 25  # a second, where the last two digits follow a colon
_TINY = 0.1  # seconds; a caption of this length only holds the picture
_GAP = 0.15  # seconds between captions that roll


@dataclass(frozen=True, slots=True)
class Cue:
    """name: its id, or "". line: of its times. start, end: seconds, as they are written. text: its
    lines, with their marks."""

    name: str
    line: int
    start: float
    end: float
    text: str


def cues_of(lines: Sequence[str]) -> tuple[list[Cue], list[str]]:
    """The cues of a text, and those whose times cannot be read.

    A cue ends where the next times stand, less the id above them: blank lines within are common.
    """
    found: list[tuple[int, re.Match[str] | None]] = []
    for at, line in enumerate(lines):
        if ">" in line and ((match := _TIMES.fullmatch(line)) or _LOOKS_TIMED.match(line)):
            found.append((at, match))
    cues, unread = [], []
    for number, (at, match) in enumerate(found):
        stop = len(lines)
        if number + 1 < len(found):
            stop = found[number + 1][0]
            stop -= _is_id(lines, stop - 1, at)
        body = _without_comments(lines[at + 1 : stop])
        if stop < len(lines):
            body = _without_number(body, lines[stop])
        text = "\n".join(body).strip()
        if match is None:
            unread.append(one_line(f"{lines[at]} {text}"))
            continue
        before = found[number - 1][0] if number else -1
        name = lines[at - 1] if _is_id(lines, at - 1, before) else ""
        start, end = _seconds(*match.groups()[:6]), _seconds(*match.groups()[6:])
        cues.append(Cue(one_line(name)[:60], at + 1, start, end, text))
    return cues, unread


def _without_comments(body: Sequence[str]) -> Sequence[str]:
    """Comments and styles of VTT begin after a blank line."""
    for end, line in enumerate(body):
        if line.startswith(("NOTE", "STYLE", "REGION")) and end and not body[end - 1].strip():
            return body[:end]
    return body


def _without_number(body: Sequence[str], next_id: str) -> Sequence[str]:
    """Of a cue that was taken out only its number is left, which the next one has as well."""
    end = len(body)
    while end and not body[end - 1].strip():
        end -= 1
    alone = end > 1 and not body[end - 2].strip()
    number = body[end - 1].strip() if end else ""
    return body[: end - 1] if alone and number.isdecimal() and number == next_id.strip() else body


def _is_id(lines: Sequence[str], at: int, after: int) -> bool:
    """Whether line `at`, above some times, names its cue: it stands alone after a blank line."""
    if at <= after or not lines[at].strip():
        return False
    alone = at == 0 or not lines[at - 1].strip()
    return alone or (lines[at].strip().isdecimal() and at - 1 > after)


def _seconds(
    sign: str, hours: str | None, minutes: str, seconds: str, mark: str | None, part: str | None
) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    if mark == ":" and part is not None and len(part) <= 2:
        fraction = int(part) / _FRAMES
    elif mark == ":" and part is not None and hours is None:  # mm:ss:mmm
        fraction = int(part) / 1000
    else:
        fraction = float(f"0.{part or 0}")
    return (-1 if sign else 1) * round(whole + fraction, 6)


# ── rolling captions ──────────────────────────────────────────────────────────────────────────


def without_rolling(cues: Sequence[Cue]) -> list[Cue]:
    """Captions that keep the last line while the next one comes, each line once. What is said twice
    stays: only lines that go over from a caption to the next without a gap are the same ones."""
    lines = [[one_line(line) for line in cue.text.split("\n") if has_words(line)] for cue in cues]
    carried = [0, *(
        _carried(cues[at - 1], lines[at - 1], cue, lines[at]) for at, cue in enumerate(cues) if at
    )]  # fmt: skip
    rolling = sum(map(bool, carried))
    if rolling < 2 or rolling * 5 < len(cues):
        return list(_grown(cues))
    kept: list[Cue] = []
    for cue, words, count in zip(cues, lines, carried, strict=True):
        if count < len(words):
            kept.append(replace(cue, text="\n".join(words[count:])))
        elif kept and words:
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, cue.end))
    return kept


def _carried(before: Cue, shown: list[str], cue: Cue, lines: list[str]) -> int:
    """How many lines of a caption stood in the one before."""
    if cue.start > before.end + _GAP or not lines:
        return 0
    for count in range(min(len(shown), len(lines)), 0, -1):
        if shown[-count:] == lines[:count]:
            is_whole = count == len(lines)
            tiny = min(cue.end - cue.start, before.end - before.start) <= _TINY
            return count if not is_whole or tiny else 0
    return 0


def _grown(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Captions that grow word by word, once, as they are in the end."""
    run: list[Cue] = []
    for cue in cues:
        before = one_line(run[-1].text) if run else ""
        grows = before and one_line(cue.text).startswith(f"{before} ")
        if not (grows and cue.start <= run[-1].end + _GAP):
            yield from _settled(run)
            run = []
        run.append(cue)
    yield from _settled(run)


def _settled(run: list[Cue]) -> list[Cue]:
    """Two captions may begin alike by chance; three that grow do not."""
    return [replace(run[-1], start=run[0].start)] if len(run) >= 3 else run
