"""English dates, years and times of day → words."""

from __future__ import annotations

import re

from engine.spoken.english_numbers import (
    cardinal,
    counted,
    label,
    ordinal,
    plural,
    two_figures,
    year,
)
from engine.spoken.english_words import MONTH_NAMES, MONTHS
from engine.spoken.patterns import END, START, TO, Rule, any_of, compiled

_HALF = r"(?:[aApP]\.?\s?[mM]\b\.?)"
_MONTH = rf"(?:{'|'.join(MONTH_NAMES)}|(?:{any_of(set(MONTHS) - {'May'})})\b\.?)"


_YEAR_AFTER = re.compile(
    r"\b(?:in|since|until|till|by|during|circa|from|mid|early|late|summer|winter|spring|autumn|fall|"
    r"year|season|election|war)[ -]$",
    re.IGNORECASE,
)
_COUNT_AFTER = re.compile(
    r"\b(?:about|over|nearly|almost|some|exactly|than|only|least|most|another|under|up to|close to|all|times)\s$",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\s+(?:or so\s+)?(?:more\s+|other\s+)?(?:[a-z]{2,}[a-rt-z]s|people|men|women|children|feet|"
    r"sheep|of|men)\b(?!['’])"
)


def _month(name: str) -> str:
    return MONTHS.get(name.rstrip("."), name)


# ── dates and years ───────────────────────────────────────────────────────────────────────────


def _date_numbers(found: re.Match[str]) -> str:
    """Year, month, day, in whatever order they are written."""
    parts = re.split(r"[-/.]", found[0])
    if len(parts[0]) == 4:
        years, month, day = parts
    elif int(parts[0]) > 12 or "." in found[0]:
        day, month, years = parts
    else:
        month, day, years = parts
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return found[0]
    said = f"{MONTH_NAMES[int(month) - 1]} {ordinal(day)}"
    return f"{said}, {year(years) if len(years) == 4 else two_figures(int(years))}"


def _month_day(found: re.Match[str]) -> str:
    until = f" to {ordinal(found['until'])}" if found["until"] else ""
    then = f", {year(found['year'])}" if found["year"] else ""
    return f"{_month(found['month'])} {ordinal(found['day'])}{until}{then}"


def _day_month(found: re.Match[str]) -> str:
    until = f" to {ordinal(found['until'])}" if found["until"] else ""
    the = "" if found["the"] else "the "
    then = f" {year(found['year'])}" if found["year"] else ""
    day = f"{ordinal(found['day'])}{until}"
    return f"{found['the'] or the}{day} of {_month(found['month'])}{then}"


def _years(found: re.Match[str]) -> str:
    first, last = found[1], found[2]
    whole = last if len(last) == 4 else first[: 4 - len(last)] + last
    short = len(last) == 2 and int(last) > 9
    return f"{year(first)} to {two_figures(int(last)) if short else year(whole)}"


def _decade(found: re.Match[str]) -> str:
    number = found[1]
    if len(number) == 2:
        return plural(cardinal(number))
    return plural(year(number)) if number[1:] != "000" else f"{cardinal(number)}s"


def year_alone(found: re.Match[str]) -> str:
    """Four figures are a year, unless they count something."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    counts = _THINGS.match(after) or _COUNT_AFTER.search(before) or found[0] >= "2100"
    return cardinal(found[0]) if counts and not _YEAR_AFTER.search(before) else year(found[0])


def _era(found: re.Match[str]) -> str:
    number = _old_year(found[1])
    return f"{number} {' '.join(found[2].replace('.', ''))}"


def _anno(found: re.Match[str]) -> str:
    return f"A D {_old_year(found[1])}"


def _old_year(number: str) -> str:
    return year(number) if len(number) == 4 else label(number)


# ── times ─────────────────────────────────────────────────────────────────────────────────────


def _time(found: re.Match[str]) -> str:
    hours, minutes, seconds = found[1], found[2], found[3]
    half = (found[4] or "").strip()
    if int(hours) > 24 or int(minutes) > 59:
        return f"{counted(hours)} to {counted(minutes)}"
    if seconds:
        parts = ((hours, "hour"), (minutes, "minute"), (seconds, "second"))
        return " ".join(
            f"{cardinal(part)} {unit}{'' if int(part) == 1 else 's'}" for part, unit in parts
        )
    hour = cardinal(str(int(hours)))
    if int(minutes) == 0:
        if half:
            return f"{hour} {_half(half)}"
        if int(hours) in (0, 24):
            return "midnight"
        return f"{hour} o'clock" if int(hours) < 13 else f"{hour} hundred hours"
    said = f"{hour} {two_figures(int(minutes))}"
    return f"{said} {_half(half)}" if half else said


def _half(word: str) -> str:
    return f"{word[0].lower()}.m."


def _hour(found: re.Match[str]) -> str:
    said = cardinal(found[2])
    if found[1]:
        said = f"{cardinal(found[1])} to {said}"
    return f"{said} {_half(found[3])}"


DATE_RULES: tuple[Rule, ...] = compiled(
    (
        rf"{START}(?:\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}|\d{{1,2}}([-/.])\d{{1,2}}\1(?:\d{{4}}|\d\d))(?![\w/]|[-.]\d)",
        _date_numbers,
    ),
    (
        rf"(?P<the>\b[Tt]he )?{START}(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:{TO}(?P<until>[0-3]?\d)(?:st|nd|rd|th)?)? (?:of )?(?P<month>{_MONTH})(?:,? (?P<year>\d{{4}})\b)?",
        _day_month,
    ),
    (
        rf"\b(?P<month>{_MONTH}) (?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:{TO}(?P<until>[0-3]?\d)(?:st|nd|rd|th)?)?{END}(?:,? (?P<year>\d{{4}})\b)?",
        _month_day,
    ),
    (
        rf"\b{_MONTH},? (\d{{4}})\b",
        lambda m: f"{_month(m[0].split()[0].rstrip(','))} {year(m[1])}",
    ),
    (rf"{START}(\d{{1,4}})\s?(BCE|CE|BC|AD|B\.C\.E\.|B\.C\.|A\.D\.|C\.E\.)(?!\w)", _era),
    (rf"\b(?:AD|A\.D\.) (\d{{1,4}}){END}", _anno),
    (rf"{START}(1\d{{3}}|20\d\d){TO}(1\d{{3}}|20\d\d|\d\d)(?![\w%°/-]|[.,]\d)", _years),
    (rf"{START}['’]?(1\d\d0|20\d0|\d0)['’]?s\b", _decade),
    (r"(?<![\w])['’](\d\d)(?![\w'’]|[.,]\d)", lambda m: two_figures(int(m[1]))),
    # times
    (rf"(?<=\d:\d\d){TO}(?=\d{{1,2}}:\d\d)", lambda m: " to "),
    (rf"{START}(\d{{1,2}}):(\d\d)(?::(\d\d))?(?!\d|:)(\s?{_HALF}(?!\w))?", _time),
    (rf"{START}(?:(\d{{1,2}}){TO})?(\d{{1,2}})\s?({_HALF})(?!\w)", _hour),
    (r"\b24/7\b", lambda m: "twenty-four seven"),
    (r"\b9/11\b", lambda m: "nine eleven"),
    (r"\b50[/-]50\b", lambda m: "fifty-fifty"),
)
