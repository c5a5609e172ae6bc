"""Which lines of a plain text are the titles of its chapters."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = (
    r"(?:\d{1,4}|[ivxlcdm]{1,9}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|"
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|final|"
    r"eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|"
    r"un|une|deux|trois|quatre|cinq|sept|huit|neuf|dix|premier|première|"
    r"uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|primer[oa]?|"
    r"due|tre|quattro|cinque|sei|sette|otto|nove|dieci|prim[oa]|second[oa]|terz[oa]|"
    r"um|dois|três|quatro|sete|oito|dez|pierwszy|drugi|trzeci|"
    r"перв\w{2}|втор\w{2}|треть\w|четв[её]рт\w{2}|пят\w{2}|шест\w{2}|седьм\w{2}|восьм\w{2}|"
    r"девят\w{2}|десят\w{2}|[a-z])"
)
_WORD = (
    r"(?:chapter|part|book|act|scene|canto|stave|letter|kapitel|teil|buch|akt|szene|chapitre|"
    r"partie|livre|cap[ií]tulo|libro|acto|capitolo|parte|atto|rozdział|część|глава|часть|книга)"
)
_TITLED = re.compile(
    rf"(?:{_WORD}(?:\s+|\.(?=\d))|ch\.?\s?(?=\d))(?:the\s+)?{_NUMBER}\.?(?:\s*[.:—–-]\s*\S.*)?"
    r"|(?:prologue|epilogue|foreword|introduction|preface|afterword|prolog|epilog|prólogo|epílogo|"
    r"vorwort|nachwort|avant-propos|prefazione)\.?"
    r"|第\s*[\d０-９一二三四五六七八九十百千万〇零两兩廿卅壹贰貳叁參肆伍陆陸柒捌玖拾佰仟]+\s*[章回部話话節节編巻卷].*"
    r"|제\s*\d{1,4}\s*[장부편화].*|(?:บทที่|ตอนที่|ภาคที่)\s*[\d๐-๙]{1,4}.*"
    r"|(?:序章|終章|プロローグ|エピローグ|あとがき|楔子|尾声)",
    re.I,
)
# "Chapter 3 The Rope": with nothing between the number and the name.
_NAMED = re.compile(
    r"(?i:chapter|kapitel|chapitre|cap[ií]tulo|capitolo|rozdział|глава|ch\.?)(?:\s+|\.\s?|(?=\d))"
    r"(?:\d{1,4}|[IVXLC]{1,9})\s+(?P<name>[^\W_].*)"
)
_BARE = re.compile(rf"{_WORD}\s+(?:the\s+)?{_NUMBER}\.?", re.I)
_NUMERAL = re.compile(r"(?P<roman>[IVXLC]{1,9})[.:]?(?:\s+(?P<title>\S.{0,70}))?")
_DIGITS = re.compile(r"(?P<digits>\d{1,3})[.:]?(?:\s+(?P<title>\S.{0,70}))?")
_ROMAN = re.compile(r"(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ENDS_A_SENTENCE = re.compile(r"[.!?…,;。！？][\"'”’»)]*$")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_LONGEST = 80  # characters of a title


def titles(groups: Sequence[tuple[int, Sequence[str]]]) -> set[int]:
    """Which groups of lines (number of the first, lines) are titles, by their place in `groups`.

    "Chapter 3", "CHAPTER I." over the line with its name, or numerals that count up through the
    text: "Act natural." is none.
    """
    found = {at for at, (_, lines) in enumerate(groups) if _is_title(lines)}
    for pattern in (_NUMERAL, _DIGITS):
        found |= _counted(groups, pattern)
    return found


def _is_title(lines: Sequence[str]) -> bool:
    if len(lines) == 1:
        return len(lines[0]) <= _LONGEST and (
            _TITLED.fullmatch(lines[0]) is not None or _is_named(lines[0])
        )
    return (
        len(lines) == 2
        and _BARE.fullmatch(lines[0]) is not None
        and len(lines[1]) <= _LONGEST
        and (not lines[1][0].islower())
        and (lines[1].isupper() or not _ENDS_A_SENTENCE.search(lines[1].rstrip(".")))
    )


def _is_named(line: str) -> bool:
    match = _NAMED.fullmatch(line)
    name = match["name"] if match else ""
    return name[:1].isupper() and not _ENDS_A_SENTENCE.search(name)


def _counted(groups: Sequence[tuple[int, Sequence[str]]], pattern: re.Pattern[str]) -> set[int]:
    """Lines that are a number, or a number and a title, and count from 1 (a part of a book may
    begin later), with text between them."""
    runs: list[list[int]] = []
    last = 0
    for at, (_, lines) in enumerate(groups):
        match = pattern.fullmatch(lines[0]) if len(lines) == 1 else None
        if match is None:
            continue
        title = match["title"] or ""
        if title and (_ENDS_A_SENTENCE.search(title) or title[0].islower()):
            continue  # an item of a list
        value = _value(match)
        if value == last + 1 and runs and at > runs[-1][-1] + 1:
            runs[-1].append(at)
        elif value == 1:
            runs.append([at])
        elif value > 1 and len(match["roman"] if match.re is _NUMERAL else "") > 1 and not title:
            runs.append([at, at])  # a Roman numeral alone on a line is nothing else
        else:
            continue
        last = value
    return {at for run in runs if len(run) > 1 for at in run}


def _value(match: re.Match[str]) -> int:
    if "digits" in match.re.groupindex:
        return int(match["digits"])
    roman = match["roman"]
    if not _ROMAN.fullmatch(roman):
        return 0
    values = [_VALUES[letter] for letter in roman]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )
